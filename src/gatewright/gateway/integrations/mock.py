"""MOCK: the integration that answers by itself.

In: the rendered request template. Out: the status code that it names; its answer has no body. Law: the request must be
an object with an integer `statusCode`; anything else is the API's fault and answers 500. Any integer selects an
integration response, also one that is no HTTP status; a number in quotes is none. Assumed: an integer is one of 32
bits, as Java's; a longer one, which a client may have written, is held against no `selectionPattern`. The object is
read as loosely as the service reads it, because `{statusCode: 200}` and `{"statusCode": 200,}` are what people deploy.
Source: API Gateway developer guide, "Set up mock integrations in API Gateway".
"""

import json
from typing import Any

from gatewright.gateway.integrations.loose_json import read_loose_json

_INTEGERS = range(-(2**31), 2**31)


def read_status(rendered: str) -> int:
    """Return the status code that a rendered request template names.

    Raises:
        ValueError: there is none, with the reason for the API's owner.
    """
    document = _read(rendered)
    status = document.get("statusCode") if isinstance(document, dict) else None
    if isinstance(status, int) and not isinstance(status, bool) and status in _INTEGERS:
        return status
    raise ValueError(
        "a MOCK integration needs a JSON object with an integer statusCode, without quotes, and the rendered request "
        + ("has none" if isinstance(document, dict) else "is no object")
    )


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return read_loose_json(text)
    except ValueError:
        return None
