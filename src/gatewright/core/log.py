"""What the person who runs the product is told: one line for each thing that went wrong, on standard error.

In: an event in words, and what was seen, by name. Out: `timestamp='…' level='error' event='…' name=value …`, and a
traceback below it where one was asked for. Law: the standard library's `logging` carries it, so whoever embeds the
product can hear and redirect it; a logging library of its own would cost a tenth of the start.
"""

import logging
import sys
import time
from typing import Any

_SEEN = "gatewright_seen"


class Log:
    """The voice of one module."""

    __slots__ = ("_logger",)

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def warning(self, event: str, **seen: Any) -> None:
        """Tell what was put off or given up, and is no loss yet."""
        self._logger.warning(event, extra={_SEEN: seen})

    def error(self, event: str, *, exc_info: BaseException | bool = False, **seen: Any) -> None:
        """Tell what went wrong; `exc_info` adds the traceback of that exception, or of the one being handled."""
        self._logger.error(event, exc_info=exc_info or None, extra={_SEEN: seen})


def get_log(module: str) -> Log:
    """Return the voice of a module, by its `__name__`."""
    return Log(logging.getLogger(module))


class KeyValues(logging.Formatter):
    """Writes a record as names and values; values as Python writes them, so that one record stays one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback below it."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "timestamp": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, _SEEN, {}),
        }
        text = " ".join([f"{name}={value!r}" for name, value in line.items()])
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def write_to_standard_error() -> None:
    """Let everything that is told go to standard error, in this form; libraries' warnings too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValues())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
