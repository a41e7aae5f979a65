"""How log lines are written: for people, or as one JSON object a line; never an error's own words.

What an exception says may hold a customer's words or number. Its kind and the places in our code
that it came through are enough to find it; with BATON_DEBUG, all of it is written.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

from typing_extensions import override


class Lines(logging.Formatter):
    """A line for people; below it, where an error came through."""

    def __init__(self, *, tells_all: bool = False) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")
        self._tells_all = tells_all

    @override
    def formatException(self, ei: object) -> str:
        if self._tells_all:
            return super().formatException(ei)  # type: ignore[arg-type] # as logging hands it on
        kind, places = _told(ei)
        return "\n".join([kind, *(f"  {place}" for place in places)])


class JsonLines(logging.Formatter):
    """One object a line: when, how grave, who says it, what, and where an error came through."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        if record.exc_info and record.exc_info[0]:
            told["error"], told["places"] = _told(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _told(raised: object) -> tuple[str, list[str]]:
    """Return an exception's kind, with what caused it, and the places it came through."""
    assert isinstance(raised, tuple)  # noqa: S101 - as logging hands it on
    kind, error, trace = raised
    kinds = [kind.__name__]
    while (error := error.__cause__) is not None:
        kinds.append(type(error).__name__)
    places = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(trace)]
    return " from ".join(kinds), places
