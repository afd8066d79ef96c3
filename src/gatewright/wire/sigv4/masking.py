"""What of a signed text may be kept: the lines that explain a mismatch, without what authenticates by itself.

In: a canonical request. Out: the same lines, shortened, where values that may be secret give only their length. Law: a
value is shown because it is known to be harmless, not hidden because it is known to be secret: an application's own
headers may be anything. (What a client is *answered* is AWS's text, which holds what that client itself had sent.)
"""

import re

_HARMLESS = frozenset(
    {
        "accept",
        "accept-encoding",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-type",
        "date",
        "host",
        "origin",
        "range",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-target",
        "x-http-method-override",
    }
)
_TELLING = re.compile(
    r"token|secret|passw|signature|credential|auth|code|session|jwt|(?:^|[-_.])key|sig$", re.IGNORECASE
)
_NOT_TELLING = frozenset({"X-Amz-Credential", "X-Amz-SignedHeaders"})
_MASKED = re.compile(r"\([0-9]+ characters, not shown\)")  # already, with the length of the value itself
LONGEST_LINE = 512  # characters
_MOST_LINES = 48


def masked(canonical: str) -> str:
    """Return a canonical request that may be kept."""
    lines = canonical.split("\n")
    shown = [_cut(lines[0]), *(_cut(line) for line in lines[1:2]), *(_cut(masked_query(line)) for line in lines[2:3])]
    shown += [masked_header(line) for line in lines[3:]]
    if len(shown) > _MOST_LINES:
        shown = [*shown[: _MOST_LINES - 3], f"({len(shown) - _MOST_LINES} more lines)", *shown[-3:]]
    return "\n".join(shown)


def masked_header(line: str) -> str:
    """Return one line of a canonical request; headers that are not known to be harmless give only their length."""
    name, colon, value = line.partition(":")
    if not colon or name.lower() in _HARMLESS or _MASKED.fullmatch(value):
        return _cut(line)
    return _cut(f"{name}:({len(value)} characters, not shown)")


def masked_query(query: str) -> str:
    """Return a query string without the values of parameters whose names say that they are secret."""
    parts = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        hidden = equals and name not in _NOT_TELLING and _TELLING.search(name) is not None
        hidden = hidden and _MASKED.fullmatch(value) is None
        parts.append(f"{name}=({len(value)} characters, not shown)" if hidden else part)
    return "&".join(parts)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… ({len(line)} characters)"
