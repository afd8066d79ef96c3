"""Java's regular expressions, as far as Python's agree with them.

In: a pattern that the API owner wrote, a text that often comes from a client. Out: what `matches`, `replaceAll` and
`split` give.
Law: a client cannot make a pattern run for ever. Python's engine backtracks without a limit, so a pattern that could
need exponential time is refused, and the longer a pattern could take for a text, the shorter the text may be.
A construct that means something else in Python is refused, not reinterpreted.
Source: Java platform documentation, "Class Pattern".
"""

import re
from functools import lru_cache

from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.limits import MAX_ELEMENTS, MAX_OUTPUT
from gatewright.gateway.velocity.pattern_cost import Cost
from gatewright.gateway.velocity.values import ArrayList

_MAX_PATTERN = 1_000  # characters
_MAX_LOOPED = 1_000_000  # characters that a pattern with loops may match as a whole
_MAX_MATCHES = 200_000  # that a replacement with groups may fill in
_WORK = 1e8  # steps that a pattern may take in its worst case, about a second
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_FOREIGN = re.compile(r"\\[pPXRhHvVGzkKNC]|&&|\[[^\]]*\[")
_SPECIAL = frozenset("\\^$.|?*+()[]{}")


class Pattern:
    """A compiled pattern, and the longest texts that it may search and may match as a whole."""

    __slots__ = ("longest", "longest_whole", "regex")

    def __init__(self, regex: re.Pattern[str], longest: int, longest_whole: int) -> None:
        self.regex = regex
        self.longest = longest
        self.longest_whole = longest_whole


@lru_cache(maxsize=256)
def java_pattern(source: str) -> Pattern:
    """Compile a Java pattern.

    Raises:
        JavaException: it is malformed, means something else in Python, or could run for ever.
    """
    if len(source) > _MAX_PATTERN:
        raise JavaException(f"a regular expression of more than {_MAX_PATTERN} characters")
    translated = _QUOTED.sub(lambda found: re.escape(found.group(1)), source)
    foreign = _FOREIGN.search(translated.replace("\\\\", "  "))
    if foreign:
        raise JavaException(f"the regular expression construct {foreign.group()!r} is not supported")
    translated = re.sub(r"\(\?<(?![=!])", "(?P<", translated)
    try:
        cost = Cost(translated, re.ASCII)
        regex = re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise JavaException(f"malformed regular expression {source!r}: {error}") from error
    return Pattern(regex, *_longest_texts(cost, source))


def _longest_texts(cost: Cost, source: str) -> tuple[int, int]:
    """Return the longest text that may be searched, from each of its places, and that may be matched as a whole."""
    if cost.exponential:
        raise JavaException(
            f"the regular expression {source!r} repeats a group that can match one text in several ways, which a "
            "caller could make run for ever; end each round with a character that cannot be within it"
        )
    if cost.loops == 0 or cost.single:
        return MAX_OUTPUT, MAX_OUTPUT
    searched = max(100, int(_WORK ** (1 / (cost.loops + 1))))
    return searched, min(_MAX_LOOPED, max(100, int(_WORK ** (1 / cost.loops))))


def _checked(source: str, text: str, whole: bool = False) -> re.Pattern[str]:
    pattern = java_pattern(source)
    longest = pattern.longest_whole if whole else pattern.longest
    if len(text) > longest:
        raise JavaException(
            f"a text of {len(text)} characters is too long for the regular expression {source!r}, "
            f"which may be used on {longest} at most"
        )
    return pattern.regex


def matches(text: str, source: str) -> bool:
    """Say whether the whole text matches."""
    return _checked(source, text, whole=True).fullmatch(text) is not None


def replace(text: str, source: str, replacement: str, count: int = 0) -> str:
    """Return the text with every match replaced (`count` 0), or the first one; `$1` and `\\x` as in Java.

    Raises:
        JavaException: the pattern is refused, the replacement names no group, or the result is too large.
    """
    if not _SPECIAL.intersection(source) and "\\" not in replacement and "$" not in replacement:
        return replace_literal(text, source, replacement, count)
    regex = _checked(source, text)
    pieces = _replacement(replacement, regex)
    fixed = "".join(piece for piece in pieces if isinstance(piece, str))
    if all(isinstance(piece, str) for piece in pieces) and (len(text) + 1) * (len(fixed) + 1) <= MAX_OUTPUT:
        return regex.sub(fixed.replace("\\", r"\\"), text, count=count)
    return _fill(text, regex, pieces, count)


def _fill(text: str, regex: re.Pattern[str], pieces: list[str | int], count: int) -> str:
    """Replace match by match, and stop where the result grows too large."""
    parts: list[str] = []
    size = last = 0
    for done, found in enumerate(regex.finditer(text), 1):
        filled = "".join(piece if isinstance(piece, str) else (found.group(piece) or "") for piece in pieces)
        parts += (text[last : found.start()], filled)
        size += len(filled)
        last = found.end()
        if size > MAX_OUTPUT or done > _MAX_MATCHES:
            raise JavaException("a replacement that is larger than a payload may be, or fills in too many matches")
        if done == count:
            break
    parts.append(text[last:])
    return "".join(parts)


def replace_literal(text: str, old: str, new: str, count: int = 0) -> str:
    """Return the text with a plain string replaced.

    Raises:
        JavaException: the result is larger than a payload may be.
    """
    if len(text) + text.count(old) * max(0, len(new) - len(old)) > MAX_OUTPUT:
        raise JavaException("a string that is larger than a payload may be")
    return text.replace(old, new, count or -1)


def _replacement(text: str, regex: re.Pattern[str]) -> list[str | int]:
    """Take a replacement apart into texts and numbers of groups."""
    pieces: list[str | int] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character == "\\":
            if place + 1 == len(text):
                raise JavaException("character to be escaped is missing")
            pieces.append(text[place + 1])
            place += 2
        elif character == "$":
            group, place = _group(text, place + 1, regex)
            pieces.append(group)
        else:
            pieces.append(character)
            place += 1
    return pieces


def _group(text: str, place: int, regex: re.Pattern[str]) -> tuple[int, int]:
    named = re.compile(r"\{([A-Za-z][A-Za-z0-9]*)\}").match(text, place)
    if named:
        if named.group(1) not in regex.groupindex:
            raise JavaException(f"no group with name {{{named.group(1)}}}")
        return regex.groupindex[named.group(1)], named.end()
    if place >= len(text) or text[place] not in "0123456789":
        raise JavaException("illegal group reference")
    group = int(text[place])
    place += 1
    if group > regex.groups:
        raise JavaException(f"no group {group}")
    while place < len(text) and text[place] in "0123456789" and group * 10 + int(text[place]) <= regex.groups:
        group = group * 10 + int(text[place])
        place += 1
    return group, place


def split(text: str, source: str, limit: int = 0) -> ArrayList:
    """Return the parts between matches; without a limit, empty parts at the end are dropped, as in Java."""
    if len(source) == 1 and source not in _SPECIAL:
        parts = text.split(source, limit - 1 if limit > 0 else -1)
    else:
        regex = _checked(source, text)
        parts, last = [], 0
        for found in regex.finditer(text):
            if 0 < limit <= len(parts) + 1 or len(parts) > MAX_ELEMENTS:
                break
            if found.end() == 0 or (found.start() == found.end() == len(text)):
                continue  # an empty match at either end divides nothing
            parts.append(text[last : found.start()])
            last = found.end()
        parts.append(text[last:])
    if len(parts) > MAX_ELEMENTS:
        raise JavaException(f"a list of more than {MAX_ELEMENTS} elements")
    if limit == 0 and text:
        while parts and not parts[-1]:
            parts.pop()
    return ArrayList(parts)
