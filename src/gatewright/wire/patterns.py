"""The regular expressions of the models, which are Java's, as Python's.

In: a pattern of a service model. Out: a compiled expression that must match the whole value, as AWS's services demand.
Law: what differs is translated, never ignored: `\\p{L}` and its kin, surrogate pairs, possessive quantifiers (which
Python 3.11 has); `\\w`, `\\d`, `\\s` mean ASCII, as in Java. A pattern that cannot be translated is None, and the
test of the models lists it. No value can make a pattern of the models search for longer than its length (see
`_leftmost`), because whoever sends the value has not been asked yet what they may.
Source: Java platform, "Class Pattern".
"""

import re
import sys
import unicodedata
from functools import cache, lru_cache
from itertools import chain

_PROPERTY = re.compile(r"\\([pP])(?:\{(?:Is)?(\w+)\}|(\w))")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
# A class repeated, text, and the same class again, as in `[…]+@[…]+`.
_AROUND = re.compile(r"(\[(?:[^\]\\]|\\.)+\])([*+])((?:\\[^\w\s]|[^\\\[\](){}.*+?^$|])+)(?=\1[*+])")
_NAMED = {
    "Alpha": "A-Za-z",
    "Lower": "a-z",
    "Upper": "A-Z",
    "Digit": "0-9",
    "Alnum": "A-Za-z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Space": r"\t-\r ",
    "Blank": r" \t",
    "ASCII": r"\x00-\x7f",
    "Alphabetic": None,
}
# Beyond these planes Unicode has assigned nothing but private use; a test compares with the whole range.
_ASSIGNED = (range(0x33480), range(0xE0000, 0xE01F0))


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the compiled expression, None where Python cannot express the pattern."""
    try:
        return re.compile(_translated(_leftmost(pattern)), re.ASCII)
    except (re.error, KeyError, OverflowError):
        return None


def _leftmost(pattern: str) -> str:
    """Return a pattern that takes the leftmost of texts between two runs of one class, and never looks for another.

    It matches the same values: where the text is of characters of the class itself, whatever stands between its
    leftmost and a later place belongs to the second run as well. Tried one place after the other, as Java does it,
    the 10 MB of `@` that anybody can send would be searched for years.
    """

    def certain(found: re.Match[str]) -> str:
        members, times, text = found[1], found[2], found[3]
        plain = re.sub(r"\\(.)", r"\1", text)
        one = re.compile(_translated(members), re.ASCII)
        return f"(?>{members}{times}?{text})" if all(map(one.fullmatch, plain)) else found[0]

    return _AROUND.sub(certain, pattern)


def _translated(pattern: str) -> str:
    if "\\u" in pattern:
        pattern = _PAIR.sub(lambda pair: f"\\U{_joined(int(pair[1], 16), int(pair[2], 16)):08x}", pattern)
    out, at, depth = [], 0, 0
    while at < len(pattern):
        found = _PROPERTY.match(pattern, at)
        if found is not None:
            ranges = _ranges(found[2] or found[3], found[1] == "P")
            out.append(ranges if depth else f"[{ranges}]")
            at = found.end()
            continue
        step = 2 if pattern[at] == "\\" else 1
        part = pattern[at : at + step]
        part = {"\\z": "\\Z"}.get(part, part)
        if part == "[" and depth:
            raise KeyError("a class in a class is a union in Java")
        depth += {"[": 1, "]": -1}.get(part, 0) if depth or part == "[" else 0
        if part == "[" and pattern[at + 1 : at + 2] == "^":
            part, step = "[^", 2
        out.append(part)
        at += step
    return "".join(out)


def _joined(high: int, low: int) -> int:
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)


@lru_cache(maxsize=64)
def _ranges(name: str, negated: bool) -> str:
    """Return the inside of a character class for a property: a general category, or one of POSIX's names."""
    if name in _NAMED and not negated:
        inside = _NAMED[name]
        if inside is not None:
            return inside
        name = "L"
    members = _members(name)
    if not members:
        raise KeyError(name)
    if not negated:
        return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in members)
    gaps, start = [], 0
    for first, last in members:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    gaps.append((start, sys.maxunicode))
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in gaps)


@lru_cache(maxsize=64)
def _members(category: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of a general category, such as `L` or `Lu`, in order."""
    ranges: list[tuple[int, int]] = []
    for of_run, first, last in _runs():
        if not of_run.startswith(category):
            continue
        if ranges and ranges[-1][1] == first - 1:
            ranges[-1] = ranges[-1][0], last
        else:
            ranges.append((first, last))
    return tuple(ranges)


@cache
def _runs() -> tuple[tuple[str, int, int], ...]:
    """Return the runs of characters of one category, all read once: a first call of a service waits for this."""
    runs: list[tuple[str, int, int]] = []
    last, first, end = "", 0, -1
    for code in chain(*_ASSIGNED):
        found = unicodedata.category(chr(code))
        if found != last or code != end + 1:
            runs.append((last, first, end))
            last, first = found, code
        end = code
    return (*runs[1:], (last, first, end))
