"""What a critic of policies finds."""

from enum import Enum

import msgspec


class Level(Enum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong or doubtful."""

    level: Level
    code: str  # a word to look for, or to leave out by
    message: str
    remedy: str = ""
    where: str = ""

    def at(self, where: str) -> "Finding":
        """Return the finding with its place."""
        return msgspec.structs.replace(self, where=where)
