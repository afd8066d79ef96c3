"""Policy variables: `${aws:username}`, `${aws:userid, 'nobody'}`, and the escapes `${*}`, `${?}`, `${$}`.

In: the text of a resource or of a condition value. Out: tokens, in which wildcards and variables stand apart from text.
Law: the value of a variable is text. A `*` in a user's name or in a tag is that character and never a wildcard, or
whoever names users could widen every policy that mentions them.
AWS: IAM user guide, "IAM policy elements: Variables and tags".
"""

import re
from enum import Enum
from typing import Protocol

import msgspec

# A name must not contain what would make two readings of one text possible; a default may contain anything but a quote.
_VARIABLE = re.compile(r"\$\{(?:([*?$])|([^{}',*?$]+?)(?:,\s*'([^']*)')?)\}")


class Keys(Protocol):
    """Whatever knows the values of condition keys: an `AuthorizationRequest`."""

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a key given in lower case; empty where the key is absent."""
        ...


class Wildcard(Enum):
    """The two wildcards of the language."""

    STAR = "*"  # any run of characters, also an empty one
    ONE = "?"  # exactly one character


class Variable(msgspec.Struct, frozen=True):
    """A placeholder for the value of a condition key."""

    key: str  # lower case, as key names are not case-sensitive
    default: str | None
    text: str  # as written, for explanations


Token = str | Wildcard | Variable


class MalformedVariable(ValueError):
    """A `${` that does not begin a variable, a default or an escape."""


def tokens_of(text: str, *, wildcards: bool, variables: bool) -> tuple[Token, ...]:
    """Take a text apart into literals, wildcards and variables.

    `variables` is false for policies older than version 2012-10-17, in which `${…}` is ordinary text.

    Raises:
        MalformedVariable: a `${` is not closed or not well formed.
    """
    tokens: list[Token] = []
    literal: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        special: Token | None = None
        step = 1
        if variables and text.startswith("${", at):
            found = _VARIABLE.match(text, at)
            if found is None:
                raise MalformedVariable(text[at:])
            step = found.end() - at
            if found[1]:
                character = found[1]
            else:
                special = Variable(found[2].strip().lower(), found[3], found[0])
        elif wildcards and character in "*?":
            special = Wildcard(character)
        if special is None:
            literal.append(character)
        else:
            if literal:
                tokens.append("".join(literal))
                literal.clear()
            tokens.append(special)
        at += step
    if literal:
        tokens.append("".join(literal))
    return tuple(tokens)


def keys_in(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return the keys whose values the tokens need."""
    return tuple(token.key for token in tokens if isinstance(token, Variable))


def resolve(tokens: tuple[Token, ...], keys: Keys) -> tuple[Token, ...] | None:
    """Put the values of the request in the place of the variables; None where one has no value.

    A key with several values has none here: AWS does not let multivalued keys be used as variables.
    """
    resolved: list[Token] = []
    for token in tokens:
        if isinstance(token, Variable):
            values = keys.values(token.key)
            if len(values) == 1:
                resolved.append(values[0])
            elif not values and token.default is not None:
                resolved.append(token.default)
            else:
                return None
        else:
            resolved.append(token)
    return tuple(resolved)
