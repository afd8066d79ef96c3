"""The payload of a request or response, as `$input` reads it.

In: the text of a body and its media type. Out: a Python value.
Law: a body is parsed at its first use and once. A body that is JSON by its media type (or has none) and is not, is the
client's fault (`BodyError`); any other body that is not JSON is one string, so that `$input.path('$').split('&')`
reads a form.
"""

import json

from gatewright.gateway.velocity.errors import BodyError, JavaException
from gatewright.gateway.velocity.values import quoted, to_json


class Payload:
    """A parsed body. `exact`: Python's own writer of JSON gives what Java's would."""

    __slots__ = ("exact", "value")

    def __init__(self, text: str, media_type: str) -> None:
        self.exact = True
        try:
            self.value = self._parse(text)
        except (ValueError, RecursionError) as error:
            if _is_json(media_type):
                raise BodyError(0, _reason(error)) from None
            self.value = text

    def _parse(self, text: str) -> object:
        return json.loads(text, parse_float=self._float, parse_constant=_refuse)

    def _float(self, text: str) -> float:
        self.exact = False  # Java prints 1e7 as 1.0E7
        return float(text)

    def as_json(self, value: object) -> str:
        """Return a part of the payload as JSON without blanks."""
        if isinstance(value, str):
            return quoted(value)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if self.exact else to_json(value)


def parse_json(text: str) -> object:
    """Parse the text of `$util.parseJson`.

    Raises:
        JavaException: it is not JSON.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise JavaException(f"not JSON: {_reason(error)}") from None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _reason(error: Exception) -> str:
    """Say what is wrong without a word of the body: it may hold secrets, and errors are logged."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number that is no JSON number"


def _is_json(media_type: str) -> bool:
    essence = media_type.partition(";")[0].strip().lower()
    return not essence or essence.endswith(("/json", "+json")) or "json" in essence
