"""Reads a conversation log from elsewhere, as CSV or JSON Lines, for a replay.

Only what contacts wrote is played; what people or a bot answered is passed over. Nothing of the
file is kept.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from baton.core import text as texts
from baton.core.errors import InvalidInput
from baton.flows.replaying import Line, Talked

COLUMNS = ("conversation", "at", "text", "author", "channel", "needs_person")
MOST_LINES = 1_000_000
MOST_WORDS = texts.MAX_MESSAGE_CHARACTERS
_CONTACTS = frozenset(
    {"", "contact", "customer", "user", "visitor", "client", "end-user", "inbound", "in"}
)
_YES = frozenset({"yes", "true", "1", "human", "person", "escalated"})
_NO = frozenset({"no", "false", "0", "bot", "automated"})
_CHANNEL = "webchat"
_MOST_FIELD = 1_000_000  # characters of one cell; the csv module's own bound is lower


@dataclass(slots=True, kw_only=True)
class Log:
    """A log as it was read; `skipped` counts lines that say nothing that a contact wrote."""

    talked: tuple[Talked, ...]
    lines: int
    skipped: int


@dataclass(slots=True)
class _Talk:
    channel: str
    lines: list[Line] = field(default_factory=list)
    needs_person: bool | None = None


def read(path: Path, names: Mapping[str, str]) -> Log:
    """Return a log's conversations; `names` says what the file calls a column.

    Raises InvalidInput with the line and what is wrong with it.
    """
    if unknown := sorted(set(names) - set(COLUMNS)):
        raise InvalidInput({"map": f"There is no column {unknown[0]!r}: {', '.join(COLUMNS)}."})
    talks: dict[str, _Talk] = {}
    count = skipped = 0
    for number, row in _rows(path):
        count += 1
        if count > MOST_LINES:
            raise InvalidInput({"log": f"It has more than {MOST_LINES:,} lines. Split it."})
        told = {one: str(row.get(names.get(one, one)) or "").strip() for one in COLUMNS}
        words = texts.clean(told["text"])[:MOST_WORDS]
        if told["author"].casefold() not in _CONTACTS or not words:
            skipped += 1
            continue
        if not told["conversation"]:
            raise InvalidInput({"log": f"Line {number} names no conversation."})
        talk = talks.setdefault(told["conversation"], _Talk(told["channel"] or _CHANNEL))
        talk.lines.append(Line(at=_moment(told["at"], number), text=words))
        if (label := _label(told["needs_person"], number)) is not None:
            talk.needs_person = label
    return Log(talked=tuple(_talked(talks)), lines=count, skipped=skipped)


def _talked(talks: Mapping[str, _Talk]) -> Iterator[Talked]:
    for name, talk in talks.items():
        in_order = sorted(talk.lines, key=lambda one: one.at)
        yield Talked(
            id=name,
            channel=talk.channel,
            lines=tuple(in_order),
            needs_person=talk.needs_person,
        )


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            is_json = path.suffix.casefold() in (".jsonl", ".ndjson")
            yield from _json_rows(file) if is_json else _csv_rows(file)
    except UnicodeDecodeError as error:
        raise InvalidInput({"log": "It is not in UTF-8. Save it as “CSV UTF-8”."}) from error


def _json_rows(file: Iterable[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidInput({"log": f"Line {number} is no JSON."}) from error
        if not isinstance(row, dict):
            raise InvalidInput({"log": f"Line {number} is no JSON object."})
        yield number, row


def _csv_rows(file: Iterable[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    csv.field_size_limit(_MOST_FIELD)
    reader = csv.DictReader(file)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InvalidInput({"log": f"Line {reader.line_num}: {error}."}) from error


def _moment(told: str, number: int) -> datetime:
    try:
        if told.replace(".", "", 1).isdecimal():
            return datetime.fromtimestamp(float(told), UTC)
        found = datetime.fromisoformat(told)
    except (ValueError, OverflowError, OSError) as error:
        message = f"Line {number}: write the time as 2026-03-02T10:00:00Z, not {told[:40]!r}."
        raise InvalidInput({"log": message}) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _label(told: str, number: int) -> bool | None:
    word = told.casefold()
    if not word:
        return None
    if word not in _YES | _NO:
        raise InvalidInput({"log": f"Line {number}: needs_person is yes or no, not {told[:40]!r}."})
    return word in _YES
