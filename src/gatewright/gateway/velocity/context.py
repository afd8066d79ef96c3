"""`$context` as a template may change it.

In: the gateway's own variables, which may be a lazy mapping. Out: the same to read, with what templates set laid over
it.
Law: a template writes to its own layer and never to the gateway's variables. One `Context` serves the request template
and the response template of one invocation: what the first sets, the second reads, as recorded on the real service.
An override is final: to override a parameter again, in either template, fails the second.
Source: API Gateway developer guide, "Use a mapping template to override an API's request and response parameters".
"""

from collections.abc import Iterator, Mapping, MutableMapping

from gatewright.gateway.velocity.errors import JavaException, TemplateError
from gatewright.gateway.velocity.values import shielded, to_text


class Overrides(dict[object, object]):
    """Parameters that templates override, each once. Header names do not depend on case."""

    __slots__ = ("_fold", "_taken")

    def __init__(self, parts: Mapping[object, object] | None = None, *, fold: bool = False) -> None:
        super().__init__(parts or {})
        self._fold = fold
        self._taken: set[str] = set()

    def __setitem__(self, name: object, value: object) -> None:
        """Override a parameter.

        Raises:
            JavaException: that has been done.
        """
        text = to_text(name)
        known = text.lower() if self._fold else text
        if known in self._taken:
            raise JavaException(f"{text[:100]} is overridden twice: set a variable, and override with it once")
        self._taken.add(known)
        super().__setitem__(name, value)


class Context(MutableMapping[str, object]):
    """The gateway's variables, and over them what templates have set."""

    __slots__ = ("_base", "_written")

    def __init__(self, base: Mapping[str, object]) -> None:
        self._base = base
        self._written: dict[str, object] | None = None  # made when a template first asks: most never do

    @property
    def _layer(self) -> dict[str, object]:
        if self._written is None:
            request = {"header": Overrides(fold=True), "path": Overrides(), "querystring": Overrides()}
            response = Overrides({"header": Overrides(fold=True)})
            self._written = {"requestOverride": request, "responseOverride": response}
        return self._written

    def get(self, name: object, default: object = None) -> object:
        """Return a variable, as templates last set it."""
        if self._written is not None or name in ("requestOverride", "responseOverride"):
            layer = self._layer
            if name in layer:
                return layer[name]
        return shielded(None, self._base.get(name, default))  # type: ignore[call-overload]

    def __getitem__(self, name: str) -> object:
        layer = self._layer
        return layer[name] if name in layer else shielded(None, self._base[name])

    def __setitem__(self, name: str, value: object) -> None:
        self._layer[name] = value

    def __delitem__(self, name: str) -> None:
        raise JavaException("variables of $context cannot be removed")

    def __iter__(self) -> Iterator[str]:
        yield from self._base
        yield from (name for name in self._layer if name not in self._base)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _part(self, *names: str) -> Mapping[object, object]:
        part: object = self._written or {}
        for name in names:
            part = part.get(name) if isinstance(part, Mapping) else None
        return part if isinstance(part, Mapping) else {}

    @property
    def response_status(self) -> int | None:
        """The status code that a template asked for; None where none did.

        Raises:
            TemplateError: it is not a status code.
        """
        status = self._part("responseOverride").get("status")
        if status is None:
            return None
        text = to_text(status)
        if not (len(text) == 3 and text.isascii() and text.isdigit() and "100" <= text <= "599"):
            raise TemplateError(0, f"$context.responseOverride.status is {text[:20]!r}, which is not a status code")
        return int(text)

    @property
    def response_headers(self) -> dict[str, list[str]]:
        """The response headers that a template asked for, each with its values."""
        return _values(self._part("responseOverride", "header"))

    @property
    def request_headers(self) -> dict[str, list[str]]:
        """The headers of the integration request that a template asked for."""
        return _values(self._part("requestOverride", "header"))

    @property
    def request_querystring(self) -> dict[str, list[str]]:
        """The query parameters of the integration request that a template asked for."""
        return _values(self._part("requestOverride", "querystring"))

    @property
    def request_path(self) -> dict[str, str]:
        """The path parameters of the integration request that a template asked for."""
        return {to_text(name): to_text(value) for name, value in self._part("requestOverride", "path").items()}


def _values(part: Mapping[object, object]) -> dict[str, list[str]]:
    return {
        to_text(name): [to_text(item) for item in value] if isinstance(value, list) else [to_text(value)]
        for name, value in part.items()
    }
