"""One suggestion."""

import msgspec


class Advice(msgspec.Struct, frozen=True):
    """What to change, in a sentence or two, and perhaps the very text to use: a policy statement or a command."""

    text: str
    snippet: str = ""
