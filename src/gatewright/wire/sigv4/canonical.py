"""The text that is signed: the canonical request and the string to sign.

In: a request as received. Out: text, the same that every AWS client makes of what it sent. Law: nothing is decoded
that the router reads raw; two requests with the same canonical request are the same request, up to what AWS's rules
call equal (order of query parameters, spaces in header values, `//` and dot segments of the path outside S3).

AWS page: IAM user guide, "Create a signed AWS API request", steps 1 to 3.

Assumed, where AWS's page is silent: `+` in a query is a space; a `%` that escapes nothing is a literal `%`; an empty
parameter (`a=1&&b=2`) does not exist. This is the hot path: whatever needs no re-encoding is passed on untouched.
"""

from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

from gatewright.wire.http import Request
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused

EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of no bytes
S3_SERVICES = frozenset({"s3", "s3express", "s3-object-lambda", "s3-outposts"})  # sign the path as it is

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_PLAIN = _UNRESERVED + b"/"
_COMPONENT_PLAIN = _UNRESERVED + b"%"
_QUERY_PLAIN = _COMPONENT_PLAIN + b"&="
_ESCAPES = frozenset(f"{byte:02X}" for byte in range(256) if byte not in _UNRESERVED)


def to_bytes(text: str) -> bytes:
    """Return the bytes that were on the wire; text beyond latin-1 can only come from a client in process: UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def canonical_path(path: str, service: str) -> str:
    """Encode the path once more than it was received, after dropping `//`, `.` and `..`; for S3, do neither."""
    if service in S3_SERVICES:
        return quote_from_bytes(unquote_to_bytes(to_bytes(path)), safe="/") or "/"
    if "//" in path or "/." in path or not path.startswith("/"):
        path = _without_dots(path)
    if path.isascii() and not path.encode().translate(None, _PATH_PLAIN):
        return path
    return quote_from_bytes(to_bytes(path), safe="/")


def _without_dots(path: str) -> str:
    """Drop empty and dot segments, as AWS's clients do: `/a/.` is `/a`, `/a/./` is `/a/`."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    if not kept:
        return "/"
    return "/" + "/".join(kept) + ("/" if path.endswith("/") else "")


def canonical_query(query: str) -> str:
    """Sort the parameters by encoded name, then value, without `X-Amz-Signature`."""
    if not query:
        return ""
    plain = query.isascii() and not query.encode().translate(None, _QUERY_PLAIN)
    pairs = []
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        if not plain or "%" in part or "=" in value:
            name, value = _encoded(name), _encoded(value)
        if name != "X-Amz-Signature":
            pairs.append((name, value))
    if len(pairs) > 1:
        pairs.sort()
    return "&".join([f"{name}={value}" for name, value in pairs])


def _encoded(text: str) -> str:
    """Encode one name or value as AWS does, whichever way the client had encoded it."""
    if not text:
        return ""
    plain = text.isascii() and not text.encode().translate(None, _COMPONENT_PLAIN)
    if plain and ("%" not in text or _ESCAPES.issuperset([after[:2] for after in text.split("%")[1:]])):
        return text
    return quote_from_bytes(unquote_to_bytes(to_bytes(text.replace("+", " "))), safe="")


def canonical_headers(request: Request, signed_headers: tuple[str, ...]) -> str:
    """Return one line for each signed header; values of a repeated header are joined by commas in the order received.

    Raises:
        SignatureRefused: a header that is said to be signed was not sent.
    """
    index = request.index
    try:
        block = "".join([f"{name}:{index[name]}\n" for name in signed_headers])
    except KeyError as missing:
        raise SignatureRefused(
            Kind.UNSIGNED_HEADER,
            f"The header '{missing.args[0]}' is listed in SignedHeaders but is not in the request.",
        ) from None
    # A line break within a value is a folded header, as HTTP/1.0 clients wrote them; it becomes one line again.
    if "  " in block or "\t" in block or block.count("\n") != len(signed_headers):
        return "".join([f"{name}:{_folded(index[name])}\n" for name in signed_headers])
    return block


def _folded(value: str) -> str:
    """Make one space of each run of blanks; only ASCII ones, so that no byte above 0x7F is lost."""
    try:
        return " ".join([part.decode("latin-1") for part in value.encode("latin-1").split()])
    except UnicodeEncodeError:
        return " ".join(value.split())


def canonical_request(request: Request, signed_headers: tuple[str, ...], payload_hash: str, *, service: str) -> str:
    """Return the canonical request. `signed_headers` are lower-case and sorted; `payload_hash` is hexadecimal.

    Raises:
        SignatureRefused: a header that is said to be signed was not sent.
    """
    return (
        f"{request.method}\n{canonical_path(request.path, service)}\n{canonical_query(request.query)}\n"
        f"{canonical_headers(request, signed_headers)}\n{';'.join(signed_headers)}\n{payload_hash}"
    )


def string_to_sign(canonical: str, amz_date: str, scope: str) -> str:
    """Return the string to sign for a canonical request; `scope` is `date/region/service/aws4_request`."""
    return f"AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{sha256(to_bytes(canonical)).hexdigest()}"


_HIDDEN_HEADERS = ("x-amz-security-token:", "x-api-key:", "cookie:", "x-amz-access-token:")


def shown(canonical: str) -> str:
    """Return a canonical request that may be shown and logged: what authenticates by itself gives only its length."""
    lines = canonical.split("\n")
    for number, line in enumerate(lines):
        if line.startswith(_HIDDEN_HEADERS):
            name, _, value = line.partition(":")
            lines[number] = f"{name}:({len(value)} characters, not shown)"
    if len(lines) > 2 and "X-Amz-Security-Token=" in lines[2]:
        before, mark, rest = lines[2].partition("X-Amz-Security-Token=")
        value, separator, after = rest.partition("&")
        lines[2] = f"{before}{mark}({len(value)} characters, not shown){separator}{after}"
    return "\n".join(lines)
