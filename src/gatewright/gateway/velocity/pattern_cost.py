"""How long a regular expression can take, judged by its shape.

In: a pattern as the standard library parses it. Out: the number of loops that can compete for the same text, which is
the power of its worst case, and whether the worst case is exponential.
Law: when in doubt, it is. A repeated group is harmless only where a text can be cut into its rounds in one way: every
inner loop is followed by a character that the loop itself cannot match, or the alternatives begin with different
characters.
"""

from re import _constants as codes  # type: ignore[attr-defined]  # the only parser of patterns in the library
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_SINGLE = (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY)
_BEYOND = 0x4E00  # stands for all the characters that no pattern names


class Cost:
    """What was counted: loops, whether they multiply without bounds, whether all is one loop of one character."""

    __slots__ = ("exponential", "loops", "single")

    def __init__(self, source: str, flags: int) -> None:
        tree = parser.parse(source, flags)
        self.loops, self.exponential = _count(tree)
        self.single = len(tree) == 1 and tree[0][0] in _REPEATS and tree[0][1][2][0][0] in _SINGLE


def _count(tree: Any) -> tuple[int, bool]:
    loops, exponential = 0, False
    for code, argument in tree:
        inner: list[Any] = []
        if code in _REPEATS:
            low, high, body = argument
            inside, deeper = _count(body)
            if high > 1 and (inside > 0 or _varies(body)):
                exponential = exponential or not _divisible(body)
                inside = (
                    0  # if it is divisible, its loops and the outer one share the text out in one way: they are one
                )
            exponential = exponential or deeper
            loops += inside + (1 if high > low and high > 1 else 0)
        elif code is codes.BRANCH:
            inner = list(argument[1])
        elif code is codes.SUBPATTERN:
            inner = [argument[3]]
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            inner = [argument[1]]
        elif code is codes.ATOMIC_GROUP:
            inner = [argument]
        elif code is codes.GROUPREF_EXISTS:
            inner = [part for part in argument[1:] if part is not None]
        for part in inner:
            inside, deeper = _count(part)
            loops += inside
            exponential = exponential or deeper
    return loops, exponential


def _varies(tree: Any) -> bool:
    """Say whether a body can match texts of several lengths, or one text in several ways."""
    for code, argument in tree:
        if code in (codes.BRANCH, codes.GROUPREF, codes.GROUPREF_EXISTS):
            return True
        if code in _REPEATS and (argument[0] != argument[1] or _varies(argument[2])):
            return True
        if code is codes.SUBPATTERN and _varies(argument[3]):
            return True
        if code is codes.ATOMIC_GROUP and _varies(argument):
            return True
    return False


def _divisible(tree: Any) -> bool:
    """Say whether a text can be cut into rounds of this body in one way only."""
    atoms = _flat(tree)
    if len(atoms) == 1 and atoms[0][0] is codes.BRANCH:
        starts = [_flat(part)[:1] for part in atoms[0][1][1]]
        fixed = all(code in _SINGLE for part in atoms[0][1][1] for code, _ in _flat(part))
        return (
            fixed
            and all(starts)
            and all(_disjoint(one[0], other[0]) for place, one in enumerate(starts) for other in starts[:place])
        )
    for place, (code, argument) in enumerate(atoms):
        if code in _SINGLE:
            continue
        if code not in _REPEATS or len(argument[2]) != 1 or argument[2][0][0] not in _SINGLE:
            return False
        following = atoms[(place + 1) % len(atoms)]
        if following[0] in _REPEATS:
            if following[1][0] == 0 or len(following[1][2]) != 1:
                return False
            following = following[1][2][0]
        if following[0] not in _SINGLE or not _disjoint(argument[2][0], following):
            return False
    return True


def _flat(tree: Any) -> list[Any]:
    """Return the parts of a body, those of its plain groups in their place."""
    parts: list[Any] = []
    for code, argument in tree:
        if code is codes.SUBPATTERN and not argument[1] and not argument[2]:
            parts += _flat(argument[3])
        else:
            parts.append((code, argument))
    return parts


def _disjoint(one: Any, other: Any) -> bool:
    probes = {*range(0x180), _BEYOND, *_bounds(one), *_bounds(other)}
    return not any(_contains(one, probe) and _contains(other, probe) for probe in probes)


def _bounds(atom: Any) -> list[int]:
    code, argument = atom
    if code in (codes.LITERAL, codes.NOT_LITERAL):
        return [argument]
    found: list[int] = []
    for kind, value in argument if code is codes.IN else ():
        found += [value] if kind is codes.LITERAL else list(value) if kind is codes.RANGE else []
    return found


def _contains(atom: Any, character: int) -> bool:
    code, argument = atom
    if code is codes.ANY:
        return True
    if code is codes.LITERAL:
        return bool(argument == character)
    if code is codes.NOT_LITERAL:
        return bool(argument != character)
    negated = argument[0][0] is codes.NEGATE
    return any(_in_class(kind, value, character) for kind, value in argument) != negated


def _in_class(kind: Any, value: Any, character: int) -> bool:
    if kind is codes.LITERAL:
        return bool(value == character)
    if kind is codes.RANGE:
        return bool(value[0] <= character <= value[1])
    if kind is not codes.CATEGORY:
        return False
    text = chr(character)
    digit = text.isascii() and text.isdigit()
    word = text.isascii() and (text.isalnum() or text == "_")
    space = text in " \t\n\r\f\v"
    inside = {
        codes.CATEGORY_DIGIT: digit,
        codes.CATEGORY_NOT_DIGIT: not digit,
        codes.CATEGORY_WORD: word,
        codes.CATEGORY_NOT_WORD: not word,
        codes.CATEGORY_SPACE: space,
        codes.CATEGORY_NOT_SPACE: not space,
    }
    return inside.get(value, True)
