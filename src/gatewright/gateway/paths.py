"""One canonical path for the route, the policy and the mapping templates, or a refusal.

In: the raw path below the stage, percent-encoded. Out: its segments, each decoded exactly once, and the canonical
text that is authorized. Law: two readers of a path cannot disagree, because whatever could be read in two ways is
refused: `.` and `..` segments in any spelling, backslashes, control characters, broken percent-escapes, bytes that
are not UTF-8. An encoded slash stays inside its segment. Assumption (AWS does not say): one trailing slash is
ignored, and the ARN of an invocation holds the path with everything encoded that RFC 3986 does not allow in a
segment, so that `/%61dmin` and `/admin` are one resource.
"""

from urllib.parse import quote

import msgspec

from gatewright.gateway.errors import MalformedRequest

_HEX = frozenset("0123456789abcdefABCDEF")
_SEGMENT_SAFE = "!$&'()*+,;=:@"  # what RFC 3986 allows in a segment beside the unreserved characters
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + _SEGMENT_SAFE)


class CanonicalPath(msgspec.Struct, frozen=True):
    """A path as everybody reads it: `text` begins with `/`, and reading it again gives the same segments."""

    segments: tuple[str, ...]  # decoded
    text: str  # re-encoded, one spelling


def canonical_path(raw: str) -> CanonicalPath:
    """Read a path that is still percent-encoded.

    Raises:
        MalformedRequest: it can be read in more than one way, or not at all.
    """
    if raw == "" or raw == "/":
        return CanonicalPath((), "/")
    if raw[0] != "/":
        raise MalformedRequest(reason="the path does not begin with a slash")
    pieces = raw[1:].split("/")
    if pieces[-1] == "":
        pieces.pop()  # one trailing slash
    segments = tuple(piece if _PLAIN.issuperset(piece) else _decode(piece) for piece in pieces)
    for segment in segments:
        if segment in (".", ".."):
            raise MalformedRequest(reason="the path has a '.' or '..' segment, which could be read in two ways")
    text = "/" + "/".join([encode_segment(segment) for segment in segments])
    return CanonicalPath(
        segments, text if segments[-1] else text + "/"
    )  # an empty last segment is not the ignored slash


def encode_segment(segment: str) -> str:
    """Return a decoded segment in its one spelling."""
    return segment if _PLAIN.issuperset(segment) else quote(segment, safe=_SEGMENT_SAFE)


def _decode(piece: str) -> str:
    if not piece.isascii():
        raise MalformedRequest(reason="the path has bytes that are not ASCII: percent-encode them")
    head, *escaped = piece.split("%")
    if any(len(part) < 2 or part[0] not in _HEX or part[1] not in _HEX for part in escaped):
        raise MalformedRequest(reason="the path has a '%' that is not followed by two hexadecimal digits")
    data = head.encode() + b"".join(bytes.fromhex(part[:2]) + part[2:].encode() for part in escaped)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise MalformedRequest(reason="the path is not UTF-8 once its escapes are decoded") from None
    if "\\" in text:
        raise MalformedRequest(reason="the path has a backslash, which some servers read as a slash")
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in text):
        raise MalformedRequest(reason="the path has a control character")
    return text
