"""The objects of a JSON export, one by one: an array, an array in a wrapper, or one a line."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from baton.connectors.files.past.fields import Fields
from baton.connectors.files.sheets import UnreadableFileError

MAX_ELEMENT = 8_000_000
"""Characters of one object; a conversation of thousands of messages has fewer."""

_WRAPPERS = ("tickets", "conversations", "payload", "results", "data", "items", "helpdesk_tickets")
_WRAPPED = re.compile(rf'"(?:{"|".join(_WRAPPERS)})"\s*:\s*\[')
_CHUNK = 1_000_000
_BETWEEN = re.compile(r"[\s,]*")
_DEEP = "is nested too deep"


@dataclass(frozen=True, slots=True)
class Element:
    """An object with its line; `fields` is None where it could not be read, and why."""

    line: int
    fields: Fields | None
    problem: str = ""


def elements_of(path: Path) -> Iterator[Element]:
    """Yield the objects of a file in order; raises UnreadableFileError for what is no JSON."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        begin = file.read(_CHUNK)
        told = begin.lstrip()
        if told.startswith("["):
            yield from _Reading(file, begin).array(begin.index("[") + 1)
            return
        if not told.startswith("{"):
            raise UnreadableFileError("It is no JSON: it begins with neither { nor [.")
        if _is_by_line(told):
            file.seek(0)
            yield from _by_line(file)
            return
        wrapped = _WRAPPED.search(begin)
        if wrapped is None:
            raise UnreadableFileError("No list of conversations is in it, and not one a line.")
        yield from _Reading(file, begin).array(wrapped.end())


def _is_by_line(told: str) -> bool:
    first = told.partition("\n")[0]
    if len(first) == len(told) >= _CHUNK - 4:
        return False  # no line ends in sight
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    is_only = not told[len(first) :].strip()
    return isinstance(found, dict) and not (is_only and _list_in(found) is not None)


def _by_line(file: IO[str]) -> Iterator[Element]:
    number = 0
    while line := file.readline(MAX_ELEMENT):
        number += 1
        if len(line) >= MAX_ELEMENT and not line.endswith("\n"):
            while (rest := file.readline(MAX_ELEMENT)) and not rest.endswith("\n"):
                pass
            yield Element(number, None, f"has more than {MAX_ELEMENT:,} characters")
        elif line.strip():
            yield from _of_line(number, line)


def _of_line(number: int, line: str) -> Iterator[Element]:
    try:
        found = json.loads(line)
    except ValueError as error:
        yield Element(number, None, f"is no JSON: {_said(error)}")
        return
    except RecursionError:
        yield Element(number, None, _DEEP)
        return
    inside = _list_in(found) if isinstance(found, dict) else None
    for one in inside if inside is not None else [found]:  # a page of an API a line
        yield _element(number, one)


def _list_in(found: dict[str, object]) -> list[object] | None:
    for name in _WRAPPERS:
        inner = found.get(name)
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict) and (deeper := _list_in(inner)) is not None:
            return deeper
    return None


def _element(line: int, found: object) -> Element:
    if isinstance(found, dict):
        return Element(line, Fields(found))
    return Element(line, None, "is no object")


class _Reading:
    """The objects of an array, read from a file a stretch at a time."""

    def __init__(self, file: IO[str], begin: str) -> None:
        self._file, self._held, self._place, self._line = file, begin, 0, 1
        self._decoder = json.JSONDecoder()

    def array(self, start: int) -> Iterator[Element]:
        """Yield what stands from a place on, up to the array's end."""
        self._move(start)
        while self._begins_another():
            line = self._line
            try:
                yield _element(line, self._next())
            except RecursionError:
                yield Element(line, None, f"{_DEEP}; the rest was not read")
                return
            except ValueError as error:
                yield Element(line, None, f"is no JSON: {_said(error)}; the rest was not read")
                return

    def _begins_another(self) -> bool:
        while True:
            found = _BETWEEN.match(self._held, self._place)
            self._move(found.end() if found else self._place)
            if self._place < len(self._held):
                return self._held[self._place] != "]"
            if not self._more():
                return False

    def _next(self) -> object:
        wanted = _CHUNK
        while True:
            try:
                found, end = self._decoder.raw_decode(self._held, self._place)
            except ValueError:
                # Perhaps only cut off: read twice as much each time, and no more than may be.
                is_long = len(self._held) - self._place > MAX_ELEMENT
                if is_long or not self._more(wanted):
                    raise
                wanted *= 2
                continue
            self._move(end)
            return found

    def _more(self, wanted: int = _CHUNK) -> bool:
        read = self._file.read(wanted)
        self._held, self._place = self._held[self._place :] + read, 0
        return bool(read)

    def _move(self, place: int) -> None:
        self._line += self._held.count("\n", self._place, place)
        self._place = place


def _said(error: ValueError) -> str:
    # What the parser quotes of the file could be somebody's words: only the kind is told.
    if isinstance(error, json.JSONDecodeError):
        return error.msg.lower()
    return "a number that is too long"
