"""One suggestion.

Law: what a client sent stands in a command only as a word that a shell takes as it is: whoever reads why a request was
refused pastes the command, and whoever was refused chose the words.
"""

import shlex

import msgspec


class Advice(msgspec.Struct, frozen=True):
    """What to change, in a sentence or two, and perhaps the very text to use: a policy statement or a command."""

    text: str
    snippet: str = ""


def word(text: str) -> str:
    """Return a text as one word of a shell's command."""
    return shlex.quote(text)
