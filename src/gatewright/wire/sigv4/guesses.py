"""The mistakes that clients are known to make when they sign, each as what the client would then have signed.

In: a request, what it claims, and what we signed in its place. Out: `Guess`es, in groups that can be wrong at the same
time. Law: pure and bounded by the request; a guess proves nothing and is never accepted: it only explains a refusal.
Sources: IAM user guide, "Troubleshoot signed requests for AWS APIs"; the signing code of the clients in our tests.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote, unquote, unquote_plus

import msgspec

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import EMPTY_HASH, to_bytes
from gatewright.wire.sigv4.scope import Authorization

_JSON_BYTES = 65_536  # larger bodies are not written anew
_PORT = "4566"


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A canonical request in its parts."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    names: str  # the SignedHeaders line
    payload: str
    gap: str = "\n"  # the empty line after the headers

    @property
    def text(self) -> str:
        """The canonical request."""
        block = "".join([f"{name}:{value}\n" for name, value in self.headers])
        return f"{self.method}\n{self.path}\n{self.query}\n{block}{self.gap}{self.names}\n{self.payload}"


class Guess(msgspec.Struct, frozen=True):
    """One mistake: what would then have been signed, in words, and what to do."""

    mistake: str
    remedy: str
    parts: Mapping[str, object]  # of `Signed`


def groups(request: Request, claim: Authorization, ours: Signed) -> tuple[tuple[Guess, ...], ...]:
    """Return every guess about the canonical request, grouped by the part that it is about."""
    found = (_host, _path, _query, _payload, _content_type, _values, _layout, _method)
    return tuple(_distinct(make(request, claim, ours), ours) for make in found)


def _distinct(guesses: Iterator[Guess], ours: Signed) -> tuple[Guess, ...]:
    """Leave out guesses that are what we signed ourselves, and repetitions."""
    kept: dict[tuple[object, ...], Guess] = {}
    for guess in guesses:
        if any(getattr(ours, name) != value for name, value in guess.parts.items()):
            kept.setdefault(tuple(guess.parts.items()), guess)
    return tuple(kept.values())


def _with(ours: Signed, name: str, value: str) -> dict[str, object]:
    return {"headers": tuple((known, value if known == name else seen) for known, seen in ours.headers)}


def _host(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    host = request.header("host") or ""
    name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "")
    api = _api_of(request)
    names = [name, "localhost", "127.0.0.1", request.header("x-forwarded-host") or name]
    names += [f"{claim.service}.{claim.region}.amazonaws.com", f"{claim.service}.amazonaws.com"]
    if api:
        names += [f"{api}.execute-api.{claim.region}.amazonaws.com", f"{api}.execute-api.{claim.region}.localhost"]
    remedy = (
        f"Sign the Host that is sent, with its port: {host}. Behind a proxy, let the proxy pass the client's Host on "
        "unchanged."
    )
    for candidate in dict.fromkeys(names):
        for ending in dict.fromkeys(("", f":{port}" if port else f":{_PORT}", ":80", ":443")):
            signed = candidate + ending
            yield Guess("it signed another Host", remedy, _with(ours, "host", signed))
    yield Guess("it signed the Host in lower case", remedy, _with(ours, "host", host.lower()))


def _api_of(request: Request) -> str:
    parts = request.path.split("/")
    if request.path.startswith("/_aws/execute-api/") and len(parts) > 3:
        return parts[3]
    if request.path.startswith("/restapis/") and len(parts) > 2:
        return parts[2]
    labels = request.host.split(".")
    return labels[0] if len(labels) > 2 and labels[1] == "execute-api" else ""


def _path(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    raw = request.path
    encode_twice = (
        "Encode the path once more than it is sent (every service but S3 wants this): %20 is signed as %2520."
    )
    as_sent = "Sign the path that is sent, with everything that stands before the stage."
    yield Guess("it signed the path as it was sent, not encoded once more", encode_twice, {"path": raw})
    yield Guess("it signed the decoded path", encode_twice, {"path": unquote(raw)})
    yield Guess("it encoded the decoded path once", encode_twice, {"path": quote(unquote(raw), safe="/~")})
    normal = "Drop empty and dot segments before signing (// and /./), or better, do not send them."
    yield Guess("it did not normalise the path", normal, {"path": quote(to_bytes(raw), safe="/~")})
    yield Guess(
        "it encoded the path twice", "Encode once.", {"path": quote(quote(to_bytes(raw), safe="/~"), safe="/~")}
    )
    slash = "Sign the path with the slash at its end exactly as it is sent."
    yield Guess("it signed the path without its last slash", slash, {"path": ours.path.rstrip("/") or "/"})
    yield Guess("it signed the path with a slash at its end", slash, {"path": ours.path + "/"})
    yield Guess("it signed no path", as_sent, {"path": "/"})
    yield Guess("it signed an empty path", as_sent, {"path": ""})
    for shorter in _shorter(ours.path):
        yield Guess("it signed only a part of the path", as_sent, {"path": shorter})


def _shorter(path: str) -> Iterator[str]:
    """Return the path below our own prefixes, and below the stage: what a client signs that adds them afterwards."""
    parts = path.split("/")
    if path.startswith("/_aws/execute-api/"):
        parts = ["", *parts[4:]]
        yield "/".join(parts)
    elif path.startswith("/restapis/") and len(parts) > 4:
        parts = ["", parts[3], *parts[5:]]
        yield "/".join(parts)
    if len(parts) > 1:
        yield "/" + "/".join(parts[2:])


def _query(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    raw = "&".join(part for part in request.query.split("&") if not part.startswith("X-Amz-Signature="))
    pairs = [part.partition("=")[::2] for part in raw.split("&") if part]
    remedy = "Sort the parameters by encoded name, then value; encode everything but A-Z a-z 0-9 - _ . ~ with %XX."
    yield Guess("it signed the parameters in the order sent", remedy, {"query": raw})
    yield Guess(
        "it signed the parameters encoded but not sorted",
        remedy,
        {"query": "&".join(f"{_again(name)}={_again(value)}" for name, value in pairs)},
    )
    plus = "Encode a space as %20 and a plus as %2B: a + in the query is read as a space."
    yield Guess(
        "it signed + where a plus was sent",
        plus,
        {"query": _sorted(pairs, lambda text: quote(unquote(text), safe="-_.~"))},
    )
    yield Guess("it signed spaces as +", plus, {"query": ours.query.replace("%20", "+")})
    empty = "A parameter without a value is signed with an equal-sign: name=."
    bare = "&".join(part.removesuffix("=") for part in ours.query.split("&"))
    yield Guess("it signed parameters without a value without their equal-sign", empty, {"query": bare})
    yield Guess("it signed no query", "Sign the whole query string.", {"query": ""})
    yield Guess(
        "it signed the parameters decoded",
        remedy,
        {"query": "&".join(f"{_plain(n)}={_plain(v)}" for n, v in sorted(pairs))},
    )
    yield Guess(
        "it encoded the parameters twice",
        "Encode each parameter once.",
        {"query": _sorted(pairs, lambda text: quote(_again(text), safe="-_.~"))},
    )
    without = [pair for pair in pairs if pair[0] != "X-Amz-Security-Token"]
    yield Guess(
        "it added the session token after it had signed",
        "Put X-Amz-Security-Token into the query before signing, so that the signature covers it.",
        {"query": _sorted(without, _again)},
    )


def _sorted(pairs: list[tuple[str, str]], encode: object) -> str:
    assert callable(encode)
    return "&".join(f"{name}={value}" for name, value in sorted((encode(name), encode(value)) for name, value in pairs))


def _again(text: str) -> str:
    return quote(unquote_plus(text), safe="-_.~")


def _plain(text: str) -> str:
    return unquote_plus(text)


def _payload(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    body = request.body
    covered = "Sign the SHA-256 of the very bytes that are sent."
    if body:
        yield Guess("it signed an empty body, and sent one", covered, {"payload": EMPTY_HASH})
    yield Guess(
        "it signed UNSIGNED-PAYLOAD",
        "Only S3 takes a body that is not signed: sign the SHA-256 of the body.",
        {"payload": "UNSIGNED-PAYLOAD"},
    )
    yield Guess("it signed no payload hash", covered, {"payload": ""})
    yield Guess("it wrote the payload hash in upper case", "Write it in lower case.", {"payload": ours.payload.upper()})
    changed = "The body was changed after it was signed (spacing, line breaks): sign the text that is sent."
    for other in _other_bodies(body):
        yield Guess("it signed another body", changed, {"payload": sha256(other).hexdigest()})


def _other_bodies(body: bytes) -> Iterator[bytes]:
    yield body + b"\n"
    yield body + b"\r\n"
    yield body.rstrip()
    yield body.replace(b"\r\n", b"\n")
    if 1 < len(body) <= _JSON_BYTES and body.lstrip()[:1] in (b"{", b"["):
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return
        for separators in ((",", ":"), (", ", ": ")):
            for ascii_only in (True, False):
                text = json.dumps(document, separators=separators, ensure_ascii=ascii_only)
                yield text.encode("utf-8", "surrogatepass")


def _content_type(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    seen = request.header("content-type")
    if seen is None or "content-type" not in claim.signed_headers:
        return
    bare = seen.partition(";")[0].strip()
    remedy = "The HTTP library changed Content-Type after signing: set it in full yourself, or leave it unsigned."
    for value in (
        bare,
        f"{bare}; charset=utf-8",
        f"{bare};charset=utf-8",
        f"{bare}; charset=UTF-8",
        f"{bare};charset=UTF-8",
    ):
        yield Guess("it signed another Content-Type", remedy, _with(ours, "content-type", value))
    for value in ("application/json", "application/x-amz-json-1.1", "application/x-www-form-urlencoded", ""):
        yield Guess("it signed another Content-Type", remedy, _with(ours, "content-type", value))


def _values(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    remedy = "Take blanks off both ends of a header's value, and make one of several in a row, before signing."
    raw = tuple((name, request.header(name) or "") for name, _ in ours.headers)
    yield Guess("it did not shorten runs of blanks in header values", remedy, {"headers": raw})
    for name, _ in ours.headers:
        values = request.header_values(name)
        if len(values) > 1:
            for value in (values[0], values[-1], ", ".join(values), ",".join(reversed(values))):
                yield Guess(
                    f"it signed {name}, which was sent {len(values)} times, in another way",
                    "Join the values of a repeated header by commas, in the order sent, or send it once.",
                    _with(ours, name, value),
                )
    for accept in ("*/*", "application/json", "application/json, text/plain, */*"):
        yield Guess(
            "it signed another Accept",
            "The HTTP library set Accept after signing: set it yourself, or leave it unsigned.",
            _with(ours, "accept", accept),
        )
    without = tuple(pair for pair in ours.headers if pair[0] != "x-amz-security-token")
    yield Guess(
        "it left the session token out of what it signed",
        "Add X-Amz-Security-Token to the headers before signing, so that the signature covers it.",
        {"headers": without},
    )
    yield Guess(
        "it left the session token out of what it signed",
        "Add X-Amz-Security-Token to the headers before signing, so that the signature covers it.",
        {"headers": without, "names": ";".join(name for name, _ in without)},
    )


def _layout(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    spelled = dict(zip([name for name, _ in request.headers], request.names, strict=True))
    lower = "Write header names in lower case in the canonical request."
    capital = tuple((spelled.get(name, name), value) for name, value in ours.headers)
    yield Guess("it did not write header names in lower case", lower, {"headers": capital})
    names = ";".join(name for name, _ in capital)
    yield Guess("it did not write header names in lower case", lower, {"headers": capital, "names": names})
    written = (request.header("authorization") or "").partition("SignedHeaders=")[2].partition(",")[0].strip()
    order = [name for name in written.split(";") if name]
    values = dict(ours.headers)
    if sorted(name.lower() for name in order) == sorted(values):
        as_listed = tuple((name, values[name.lower()]) for name in order)
        remedy = "Sort the signed headers by name, in lower case."
        yield Guess("it did not sort the signed headers", remedy, {"headers": as_listed, "names": written})
        lowered = tuple((name.lower(), value) for name, value in as_listed)
        yield Guess("it did not sort the signed headers", remedy, {"headers": lowered, "names": written.lower()})
    yield Guess(
        "it left out the empty line between the headers and their names",
        "End every header with a line break, and add an empty line before the names of the signed headers.",
        {"gap": ""},
    )


def _method(request: Request, claim: Authorization, ours: Signed) -> Iterator[Guess]:
    remedy = f"Sign the method that is sent, in capitals: {request.method}."
    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", request.method.lower()):
        yield Guess(f"it signed the method {method}", remedy, {"method": method})
