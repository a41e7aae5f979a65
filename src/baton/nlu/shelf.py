"""Meanings of taught texts kept on disk, text by text: a lesson more costs one text's encoding.

A shelf that cannot be read or written costs time and nothing else: all is made anew.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Halves: TypeAlias = NDArray[np.float16]

_WAIT = 30.0  # seconds for another process that writes
_TOGETHER = 500  # texts asked for at once
_MOST = 60_000  # texts kept, the newest; some 150 MB
_PAGE = 16_384  # bytes; seven meanings fill one
_TABLE = "CREATE TABLE IF NOT EXISTS meaning (print BLOB UNIQUE NOT NULL, numbers BLOB NOT NULL)"
_FOUND = "SELECT print, numbers FROM meaning WHERE print IN (%s)"
_KEPT = "INSERT OR REPLACE INTO meaning VALUES (?, ?)"
_LET_GO = "DELETE FROM meaning WHERE rowid <= (SELECT max(rowid) FROM meaning) - ?"


class Shelf:
    """Knows meanings by their texts' fingerprints; `form` names how they were made."""

    def __init__(self, path: Path, form: str) -> None:
        self._path, self._form = path, form

    def find(self, texts: Sequence[str]) -> dict[str, Halves]:
        """Return the known meanings of some texts."""
        try:
            with closing(self._opened()) as shelf, shelf:
                return dict(self._found(shelf, texts))
        except sqlite3.DatabaseError as error:
            self._give_up(error)
            return {}

    def keep(self, meanings: Mapping[str, Halves]) -> None:
        """Keep meanings, and let the oldest go where they are too many."""
        rows = [(self._print(text), one.tobytes()) for text, one in meanings.items()]
        try:
            with closing(self._opened()) as shelf, shelf:
                shelf.executemany(_KEPT, rows)
                shelf.execute(_LET_GO, (_MOST,))
        except sqlite3.DatabaseError as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.DatabaseError) -> None:
        """Drop a spoiled shelf; one that is busy, full or closed to writing is left alone."""
        if not isinstance(error, sqlite3.OperationalError):
            self._path.unlink(missing_ok=True)

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        shelf = sqlite3.connect(self._path, timeout=_WAIT)
        shelf.execute(f"PRAGMA page_size = {_PAGE}")
        shelf.execute(_TABLE)
        return shelf

    def _found(
        self, shelf: sqlite3.Connection, texts: Sequence[str]
    ) -> Iterator[tuple[str, Halves]]:
        prints = {self._print(text): text for text in texts}
        asked = list(prints)
        for start in range(0, len(asked), _TOGETHER):
            some = asked[start : start + _TOGETHER]
            for print_of, numbers in shelf.execute(_FOUND % ", ".join("?" * len(some)), some):
                yield prints[print_of], np.frombuffer(numbers, np.float16)

    def _print(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._form}\n{text}".encode()).digest()[:16]
