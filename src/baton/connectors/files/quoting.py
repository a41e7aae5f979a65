"""CSV whose quotation marks are not to be trusted: one that is never closed costs its own line.

A usual reader takes everything up to the next mark, or to the end of the file, for one cell, and
the conversations in between are lost without a word.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

OPEN = "a quotation mark in it is never closed"
LONG = "one of its cells is too long"


def rows_of(text: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the number of the last line of each row, and its cells.

    In the place of cells stands why a line cannot be taken (`OPEN`, `LONG`): what stands after
    that line is read anew. Marks in the middle of a cell are taken as they are.
    """
    lines, number = _Lines(text), 0
    after_mark = re.compile(rf'"[ \t]+(?={re.escape(delimiter)}|[\r\n]|$)')
    while True:
        lines.taken.clear()
        cells: list[str] | None = []
        try:
            cells = next(csv.reader(lines, delimiter=delimiter), None)
        except csv.Error:  # longer than any cell
            is_whole = False
        else:
            if cells is None:
                return
            is_whole = len(lines.taken) == 1 or _is_closed(
                [after_mark.sub('"', line) for line in lines.taken], delimiter
            )
        if is_whole:
            number += len(lines.taken)
            yield number, [cell.strip() for cell in cells or ()]
        else:
            number += 1
            why = LONG if len(lines.taken) == 1 else OPEN
            lines.put_back_but_first()
            yield number, why


def _is_closed(row: Iterable[str], delimiter: str) -> bool:
    try:
        return bool(list(csv.reader(row, delimiter=delimiter, strict=True)))
    except csv.Error:
        return False


class _Lines:
    """Lines that are given out one by one, and can be taken back."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "Iterator[str]":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.taken.append(line)
        return line

    def put_back_but_first(self) -> None:
        self._again.extendleft(reversed(self.taken[1:]))
