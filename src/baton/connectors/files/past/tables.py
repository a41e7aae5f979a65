"""Tables of conversations, CSV or XLSX: one a line, or one message a line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from statistics import mean

from baton.connectors.files import sheets
from baton.connectors.files.past.fields import moment_of, opening, plain
from baton.connectors.files.sheets import Limits, Line, UnreadableFileError
from baton.core.past import PastConversation, Unread

FIELDS: Mapping[str, tuple[str, ...]] = {
    "words": (
        "body", "message", "description", "text", "first message", "customer message", "question",
        "content", "comment", "first comment", "message body", "ticket description", "inquiry",
    ),
    "subject": ("subject", "title", "ticket subject"),
    "answer": ("answer", "first answer", "reply", "response", "agent reply", "first reply"),
    "contact": (
        "requester id", "requester", "contact", "contact id", "customer id", "customer", "user id",
        "requester email", "contact email", "customer email", "email", "from", "user",
    ),
    "channel": ("channel", "source", "via", "ticket source", "inbox name"),
    "opened_at": (
        "created at", "created", "created time", "requested", "date", "opened at", "timestamp",
        "creation date", "ticket created", "started at", "creation time", "created datetime",
    ),
    "answers": ("replies", "agent replies", "agent interactions", "number of replies", "answers"),
    "handled_minutes": ("handle time", "handle time minutes", "handled minutes", "time tracked"),
    "mark": ("csat", "rating", "satisfaction score", "survey results", "score"),
    "status": ("status", "state", "ticket status"),
}  # fmt: skip
"""What a column may hold, and the names that it has besides that one, the best first."""

_LIMITS = Limits(size=2_000_000_000, cell=120_000, is_strict=False)
_OVER = frozenset({"solved", "closed", "resolved", "done", "completed"})
_DATES = ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_LOOKED_AT = 50  # lines that tell what stands in a column
_PROSE = 5  # words of a cell, on the average: no name, number or state is so long
_SPACES = re.compile(r"[\s_.-]+")
_BEST_OF_FIVE, _STEPS, _BEST_OF_ALL = 5, 4, 100


def conversations(path: Path, columns: Mapping[str, str]) -> Iterator[PastConversation | Unread]:
    """Yield what a table holds; raises UnreadableFileError where no column holds words."""
    told = 0
    places: Mapping[str, str] = {}
    try:
        lines = iter(sheets.lines_of(path, _LIMITS))
        first = list(islice(lines, _LOOKED_AT))
        for line in chain(first, lines):
            if line.problem:
                where = f"{line.column}: " if line.column else ""
                yield Unread(line.number, f"{where}{line.problem}")
                continue
            if not places:
                places = _places(line.cells, columns)
                _require_words(places, first)
            told += 1
            yield _conversation(line, places)
    except UnreadableFileError as error:
        if not told:
            raise
        yield Unread(0, f"{error} The rest was not read.")


def _places(cells: Iterable[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the column of each field: as somebody said, else by its usual names."""
    headings = list(cells)
    by_name = {_SPACES.sub(" ", name).strip().casefold(): name for name in reversed(headings)}
    found = {
        field: by_name[name]
        for field, names in FIELDS.items()
        for name in reversed((field.replace("_", " "), *names))
        if name in by_name
    }
    if unknown := sorted(given.keys() - FIELDS.keys()):
        raise UnreadableFileError(f"Nothing is called {unknown[0]!r}; choose {', '.join(FIELDS)}.")
    if missing := sorted(set(given.values()) - set(headings)):
        raise UnreadableFileError(f"There is no column {missing[0]!r} in its first line.")
    found |= given
    if not {"words", "subject"} & found.keys():
        raise UnreadableFileError(
            "No column is known to hold what people wrote. Say which one: words=COLUMN."
        )
    return found


def _require_words(places: Mapping[str, str], first: Iterable[Line]) -> None:
    """Raise UnreadableFileError where subjects would be read, and what was written left out."""
    if "words" in places:
        return

    def length(column: str) -> float:
        cells = [line.cells.get(column, "") for line in first if not line.problem]
        return mean([len(cell.split()) for cell in cells if cell] or [0])

    unknown = {name for line in first for name in line.cells} - set(places.values())
    longest = max(unknown, key=lambda name: (length(name), name), default="")
    if longest and length(longest) >= max(_PROSE, length(places["subject"])):
        message = (
            f"Beside its subjects, {longest[:40]!r} seems to hold what people wrote. Say so: "
            f"words={longest[:40]}; or words={places['subject'][:40]} to take subjects alone."
        )
        raise UnreadableFileError(message)


def _conversation(line: Line, places: Mapping[str, str]) -> PastConversation | Unread:
    def cell(field: str) -> str:
        return line.cells.get(places.get(field, ""), "")

    words = opening(plain(cell("subject")), plain(cell("words")))
    if not words:
        return Unread(line.number, "has no words")
    at = cell("opened_at")
    opened_at = _moment(at)
    if at and opened_at is None:
        return Unread(line.number, f"{places['opened_at']}: is no moment that can be told")
    minutes, status = _number(cell("handled_minutes")), cell("status").casefold()
    answers = _number(cell("answers"))
    return PastConversation(
        line=line.number,
        words=words,
        answer=plain(cell("answer")),
        contact=cell("contact")[:200],
        channel=cell("channel")[:40].casefold(),
        opened_at=opened_at,
        answers=None if answers is None else int(answers),
        handled=None if minutes is None else minutes * 60,
        mark=_mark(cell("mark")),
        is_closed=status in _OVER if status else None,
    )


def _moment(written: str) -> datetime | None:
    found = moment_of(written)
    for form in () if found or not written else _DATES:
        try:
            # Only weeks and hours are counted by it: no zone is told, and UTC serves.
            return datetime.strptime(written[:16].strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return found


def _number(written: str) -> float | None:
    try:
        found = float(written.replace(",", "."))
    except ValueError:
        return None
    return found if 0 <= found < 10**9 else None


def _mark(written: str) -> float | None:
    """Return a mark from 0 to 100, of marks from 1 to 5, in percent, or in words."""
    words = {"good": 100.0, "bad": 0.0}
    if written.casefold() in words:
        return words[written.casefold()]
    found = _number(written)
    if found is None or found > _BEST_OF_ALL:
        return None
    return (found - 1) / _STEPS * 100 if 1 <= found <= _BEST_OF_FIVE else found
