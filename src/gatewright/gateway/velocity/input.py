"""`$input`: the payload and the parameters of the request, or the payload and headers of the integration's answer.

In: the body as text, the parameters of path, query string and header. Out: what a template may ask of them.
Law: nothing is parsed before a template asks. Source: API Gateway developer guide, "$input variables".

Assumed, where AWS's pages are silent:
- an empty body is `{}` for `$input.body` and `$input.json` (as the passthrough template of AWS's console shows), and
  nothing for `$input.path`;
- `$input.json` of a path that leads nowhere is `""`, of a null it is `null`; `$input.path` of either prints as nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from gatewright.gateway.velocity.jsonpath import MISSING, Budget, compile_path
from gatewright.gateway.velocity.payload import Payload
from gatewright.gateway.velocity.values import Method, Native, shielded

_NO_VALUES: Mapping[str, object] = {}


class Headers(Mapping[str, object]):
    """Headers that are found whatever the case of the name, and listed as they came."""

    __slots__ = ("_index", "_items")

    def __init__(self, items: Mapping[str, object]) -> None:
        self._items = items
        self._index: dict[str, str] = {name.lower(): name for name in items}

    def __getitem__(self, name: str) -> object:
        return self._items[self._index[name.lower()]]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def get(self, name: object, default: object = None) -> object:
        """Return a header by its name in any case."""
        known = self._index.get(name.lower()) if isinstance(name, str) else None
        return default if known is None else self._items[known]


class Input(Native):
    """What a template sees as `$input`. Make one for each request and one for each answer of an integration."""

    __slots__ = ("_body", "_budget", "_handed_out", "_header", "_path", "_payload", "_querystring")

    def __init__(
        self,
        body: str,
        path: Mapping[str, object] = _NO_VALUES,
        querystring: Mapping[str, object] = _NO_VALUES,
        header: Mapping[str, object] = _NO_VALUES,
    ) -> None:
        self._body = body
        self._path = path
        self._querystring = querystring
        self._header: Mapping[str, object] = header
        self._payload: Payload | None = None
        self._budget: Budget | None = None
        self._handed_out = False  # a template that holds a part of the payload may have changed it

    def text(self) -> str:
        """Return what `$input` on its own prints: nothing."""
        return ""

    def body(self) -> str:
        """Return the payload as it came; `{}` where there is none."""
        return self._body or "{}"

    def headers(self) -> Mapping[str, object]:
        """Return the headers, which are found whatever their case."""
        if not isinstance(self._header, Headers):
            self._header = Headers(self._header)
        return self._header

    def _find(self, path: str) -> object:
        if self._payload is None:
            media_type = self.headers().get("content-type", "")
            self._payload = Payload(self._body or "{}", media_type if isinstance(media_type, str) else "")
            self._budget = Budget()
        assert self._budget is not None
        return compile_path(path).find(self._payload.value, self._budget)

    def json(self, path: object = "$") -> object:
        """Return what a JSONPath expression finds, as JSON text.

        Raises:
            BodyError: the payload is not the JSON that it claims to be.
            JavaException: the expression is malformed, or searches too long.
        """
        if not isinstance(path, str):
            return None
        found = self._find(path)
        if found is MISSING:
            return '""'
        assert self._payload is not None
        if self._handed_out:
            self._payload.exact = False
        return self._payload.as_json(found)

    def path(self, path: object = "$") -> object:
        """Return what a JSONPath expression finds, for the template to walk through.

        Raises:
            BodyError: the payload is not the JSON that it claims to be.
            JavaException: the expression is malformed, or searches too long.
        """
        if not isinstance(path, str) or not self._body:
            return None
        found = self._find(path)
        self._handed_out = True
        return None if found is MISSING else found

    def params(self, name: object = None) -> object:
        """Return a parameter, looked for in path, query string and header, in this order; without a name, all."""
        if name is None:
            all_of_them = {"path": self._path, "querystring": self._querystring, "header": self.headers()}
            return {place: shielded(None, found) for place, found in all_of_them.items()}
        if not isinstance(name, str):
            return None
        for place in (self._path, self._querystring, self.headers()):
            value = place.get(name)
            if value is not None:
                return value
        return None

    properties: ClassVar[Mapping[str, Callable[..., object]]] = {"body": body}
    methods: ClassVar[Mapping[str, Method]] = {
        "json": (1, 1, json),
        "params": (0, 1, params),
        "path": (1, 1, path),
    }
