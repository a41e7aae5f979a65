"""Tables that remember how to undo what was written to them."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Journal:
    """The writes of one transaction, newest last, each as its own undoing.

    `before_write` is called before every write; a test lets it raise, which is
    what a crash between two writes looks like.
    """

    def __init__(self, before_write: Callable[[], None]) -> None:
        self._before_write = before_write
        self._undo: list[Callable[[], object]] = []

    def add(self, undo: Callable[[], object]) -> None:
        """Announce a write, with how to undo it."""
        self._before_write()
        self._undo.append(undo)

    def keep(self) -> None:
        """Forget how to undo: the writes are kept."""
        self._undo.clear()

    def undo(self) -> None:
        """Undo every write since the last `keep`, newest first."""
        while self._undo:
            self._undo.pop()()


class Table(Generic[K, V]):
    """Rows by key. Rows are frozen: a change replaces the row."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[V]:
        return iter(tuple(self._rows.values()))

    def find(self, key: K) -> V | None:
        """Return the row under a key, or None."""
        return self._rows.get(key)

    def put(self, key: K, row: V) -> None:
        """Write a row under its key."""
        rows = self._rows
        if key in rows:
            before = rows[key]
            self._journal.add(lambda: rows.__setitem__(key, before))
        else:
            self._journal.add(lambda: rows.pop(key))
        rows[key] = row

    def drop(self, key: K) -> None:
        """Remove the row under a key, which must exist."""
        rows, before = self._rows, self._rows[key]
        self._journal.add(lambda: rows.__setitem__(key, before))
        del rows[key]
