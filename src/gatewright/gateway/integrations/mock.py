"""MOCK: the integration that answers by itself.

In: the rendered request template. Out: the status code that it names, and an empty body. Law: the request must be a
JSON object with an integer `statusCode`; anything else is the API's fault and answers 500. As the service does, field
names may stand without quotes and strings in single ones, because `{ statusCode: 200 }` is what CDK deploys.
Source: API Gateway developer guide, "Set up mock integrations in API Gateway".
"""

import json
import re
from typing import Any

_LOOSE = re.compile(r"""("(?:[^"\\]|\\.)*")|'((?:[^'\\]|\\.)*)'|([A-Za-z_$][A-Za-z0-9_$]*)(?=\s*:)""", re.DOTALL)
_LONGEST_LOOSE = 100_000  # characters; the second reading is for what people write by hand


def read_status(rendered: str) -> int:
    """Return the status code that a rendered request template names.

    Raises:
        ValueError: there is none, with the reason for the API's owner.
    """
    document = _read(rendered)
    if not isinstance(document, dict):
        raise ValueError(  # noqa: TRY004 - it is a wrong value to whoever wrote the template
            "a MOCK integration needs a JSON object with statusCode, and the rendered request is none"
        )
    status = document.get("statusCode")
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status[:4])
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
        raise ValueError("a MOCK integration needs an integer statusCode in its rendered request")
    return status


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(_LOOSE.sub(_tighten, text)) if len(text) <= _LONGEST_LOOSE else None
    except (ValueError, RecursionError):
        return None


def _tighten(found: re.Match[str]) -> str:
    strict, single, name = found.groups()
    if strict is not None:
        return str(strict)
    if single is not None:
        return '"' + re.sub(r'(?<!\\)"', r"\"", single.replace(r"\'", "'")) + '"'
    return f'"{name}"'
