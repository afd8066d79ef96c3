"""Patterns of the policy language, compiled so that every match is linear in the text.

In: the strings of `Action`, `Resource` and of condition values. Out: a `PatternSet`: "does one of them match?".
Law: no regular expression, no backtracking. A text of n characters costs O(n) per pattern whatever the pattern is,
because the text is chosen by the caller and the pattern by the policy's author, and neither may stop the server.
AWS: IAM user guide, "IAM JSON policy elements: Resource" (wildcards in ARNs) and "Condition operators" (ARN operators).
"""

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Protocol

import msgspec

from gatewright.policy.variables import Keys, Token, Variable, Wildcard, keys_in, resolve, tokens_of

_COLONS_BEFORE_RESOURCE = 5  # arn:partition:service:region:account:resource


class Scope(Enum):
    """How far a wildcard reaches."""

    TEXT = "text"  # over every character
    RESOURCE_ARN = "resource"  # inside its segment; beyond it where `*` is the last character of the segment
    CONDITION_ARN = "condition"  # inside its segment, always; the sixth segment is all that follows the fifth colon


class Matcher(Protocol):
    """One compiled pattern."""

    def match(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        ...


class Exact(msgspec.Struct, frozen=True):
    """A pattern without wildcards."""

    text: str

    def match(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        return text == self.text


class Pieces(msgspec.Struct, frozen=True):
    """Literals with `*` between them; taking the leftmost place for each is enough, as every `*` reaches everywhere."""

    prefix: str
    middle: tuple[str, ...]
    suffix: str
    shortest: int

    def match(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        if len(text) < self.shortest or not text.startswith(self.prefix) or not text.endswith(self.suffix):
            return False
        at = len(self.prefix)
        end = len(text) - len(self.suffix)
        for piece in self.middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


class Automaton(msgspec.Struct, frozen=True):
    """All positions of a pattern at once, one bit each: for `?`, and for `*` that must stay inside its segment.

    Bit i is set while the first i characters of the pattern are consumed. A `*` keeps its bit set.
    """

    masks: dict[str, int]  # character -> positions whose next token it is
    other: int  # positions whose next token is any character
    loops: int  # positions with a `*`
    colon_loops: int  # those of them whose `*` crosses a colon
    accept: int

    def match(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        state = 1
        masks, other, loops = self.masks, self.other, self.loops
        for character in text:
            keep = state & (self.colon_loops if character == ":" else loops)
            state = ((state & masks.get(character, other)) << 1) | keep
            if not state:
                return False
        return bool(state & self.accept)


def _reach(tokens: tuple[Token, ...], scope: Scope) -> list[tuple[Token, bool]]:
    """Pair each token with whether it may cross a colon; neighbouring literals become one."""
    merged: list[Token] = []
    for token in tokens:
        if isinstance(token, str) and merged and isinstance(merged[-1], str):
            merged[-1] += token
        elif token != "" and not (token is Wildcard.STAR and merged and merged[-1] is Wildcard.STAR):
            merged.append(token)
    colons = 0
    reached: list[tuple[Token, bool]] = []
    for index, token in enumerate(merged):
        crosses = scope is Scope.TEXT or colons >= _COLONS_BEFORE_RESOURCE
        if isinstance(token, str):
            colons += token.count(":")
        elif token is Wildcard.STAR and scope is Scope.RESOURCE_ARN and not crosses:
            following = merged[index + 1] if index + 1 < len(merged) else ":"
            crosses = isinstance(following, str) and following.startswith(":")
        reached.append((token, crosses))
    return reached


def _automaton(reached: list[tuple[Token, bool]]) -> Automaton:
    masks: dict[str, int] = {":": 0}
    other = loops = colon_loops = 0
    position = 0
    anywhere: list[int] = []
    for token, crosses in reached:
        bit = 1 << position
        if token is Wildcard.STAR:
            loops |= bit
            colon_loops |= bit if crosses else 0
        elif token is Wildcard.ONE:
            other |= bit
            if crosses:
                anywhere.append(bit)
            position += 1
        else:
            assert isinstance(token, str)
            for character in token:
                masks[character] = masks.get(character, 0) | (1 << position)
                position += 1
    for character in masks:
        masks[character] |= other if character != ":" else sum(anywhere)
    return Automaton(masks, other, loops, colon_loops, 1 << position)


@lru_cache(maxsize=1024)
def compile_tokens(tokens: tuple[Token, ...], scope: Scope) -> Matcher:
    """Compile tokens that no longer hold variables. Remembered, because resolved variables repeat within a session."""
    reached = _reach(tokens, scope)
    if any(token is Wildcard.ONE or (token is Wildcard.STAR and not crosses) for token, crosses in reached):
        return _automaton(reached)
    pieces = [""]
    for token, _ in reached:
        if isinstance(token, str):
            pieces[-1] += token
        else:
            pieces.append("")
    if len(pieces) == 1:
        return Exact(pieces[0])
    middle = tuple(piece for piece in pieces[1:-1] if piece)
    return Pieces(pieces[0], middle, pieces[-1], sum(map(len, pieces)))


class PatternSet(msgspec.Struct, frozen=True):
    """Patterns of which one must match, sorted by how cheaply they are answered."""

    written: tuple[str, ...]
    scope: Scope
    fold: bool  # compare without regard to case
    everything: bool
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    matchers: tuple[Matcher, ...]
    templates: tuple[tuple[Token, ...], ...]  # patterns with variables, compiled when the request is known
    keys: tuple[str, ...]

    def match(self, text: str, keys: Keys) -> bool:
        """Tell whether one pattern matches; one whose variable has no value matches nothing."""
        if self.everything:
            return True
        if self.fold:
            text = text.lower()
        if text in self.exact or text.startswith(self.prefixes):
            return True
        for matcher in self.matchers:
            if matcher.match(text):
                return True
        return bool(self.templates) and self._match_templates(text, keys)

    def _match_templates(self, text: str, keys: Keys) -> bool:
        for template in self.templates:
            tokens = resolve(template, keys)
            if tokens is not None:
                if self.fold:
                    tokens = tuple(token.lower() if isinstance(token, str) else token for token in tokens)
                if compile_tokens(tokens, self.scope).match(text):
                    return True
        return False

    def unresolved(self, keys: Keys) -> bool:
        """Tell whether a variable has no value, so that "does not match" is not known to be true."""
        return bool(self.templates) and any(resolve(template, keys) is None for template in self.templates)


def pattern_set(
    written: Iterable[str],
    *,
    scope: Scope = Scope.TEXT,
    wildcards: bool = True,
    variables: bool = False,
    fold: bool = False,
) -> PatternSet:
    """Compile patterns.

    Raises:
        MalformedVariable: a variable is not well formed.
    """
    texts = tuple(written)
    everything = False
    exact: set[str] = set()
    prefixes: list[str] = []
    matchers: list[Matcher] = []
    templates: list[tuple[Token, ...]] = []
    for text in texts:
        tokens = tokens_of(text, wildcards=wildcards, variables=variables)
        if any(isinstance(token, Variable) for token in tokens):
            templates.append(tokens)
            continue
        if fold:
            tokens = tuple(token.lower() if isinstance(token, str) else token for token in tokens)
        if tokens and all(token is Wildcard.STAR for token in tokens):
            everything = True
            continue
        matcher = compile_tokens(tokens, scope)
        if isinstance(matcher, Exact):
            exact.add(matcher.text)
        elif isinstance(matcher, Pieces) and not matcher.middle and not matcher.suffix:
            prefixes.append(matcher.prefix)
        else:
            matchers.append(matcher)
    keys = tuple(key for template in templates for key in keys_in(template))
    return PatternSet(
        texts, scope, fold, everything, frozenset(exact), tuple(prefixes), tuple(matchers), tuple(templates), keys
    )
