"""The rows behind a number of the overview, to be read page by page or taken away as a file."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook

from baton.core.cells import csv_line, safe
from baton.core.errors import InvalidInput, NotFound
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Grain, Kpi
from baton.core.roles import Action
from baton.reports.kpis import PARTS, rows_behind
from baton.services import inbox
from baton.services.desk import kpi_board
from baton.services.desk.kpi_windows import Sought, windows_of
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import User

PAGE_SIZE = 25
MOST_SHEET_ROWS = 100_000
"""A workbook is written in one piece; a longer list goes as CSV, which has no end."""

_CHUNK = 2_000
_MATTER = ("conversation_id", "began_at", "flow", "version", "step", "channel", "intent", "triage")
COLUMNS: Mapping[Grain, tuple[str, ...]] = {
    Grain.EPISODE: (
        "id", *_MATTER, "queue", "agent_id", "opened_by", "handoffs", "touches", "bot_turns",
        "failed_turns", "answered_after", "ended_at", "ended_by", "code", "is_confirmed",
        "resolved_after", "returned_after", "waited", "handled", "csat_asked", "csat",
        "csat_after",
    ),
    Grain.STRETCH: (
        "id", "episode_id", *_MATTER, "queue", "agent_id", "reason", "state", "nth", "handoffs",
        "touches", "waited", "handled", "is_card_seen", "is_restated", "ended_at",
        "returned_after",
    ),
    Grain.BOOKING: (
        "id", "activity_id", "slot_id", "starts_at", "state", "entry", "places", "price_minor",
        "rating", "made_at", "changed_at",
    ),
    Grain.INVOICE: (
        "id", "number", "amount_minor", "currency", "cause", "state", "issued_at", "due_at",
        "ended_at",
    ),
}  # fmt: skip
"""What is told of each row; spans in seconds. Who a contact is stands in none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number is opened: of a KPI its numerator or its denominator, in a slice."""

    kpi: str
    part: str
    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A page of the rows behind a number, the newest first."""

    kpi: Kpi
    rows: tuple[dict[str, Any], ...]
    total: int
    page: int
    pages: int
    since: datetime | None
    titles: Mapping[str, str]


def list_rows(house: House, user: User, opened: Opened, *, page: int = 1) -> RowsPage:
    """Return the rows behind a number; raises NotFound for no number, or Forbidden for a role."""
    kpi, found, since = _found(house, user, opened)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    begin = (page - 1) * PAGE_SIZE
    rows = tuple(found.values(*COLUMNS[kpi.grain])[begin : begin + PAGE_SIZE])
    titles = kpi_board.Titles(house, user)
    for row in rows:
        for name in ("flow", "queue", "agent", "intent"):
            key = "agent_id" if name == "agent" else name
            if row.get(key):
                row[key] = titles.of(name, row[key])
    return RowsPage(
        kpi=kpi,
        rows=rows,
        total=total,
        page=page,
        pages=pages,
        since=since,
        titles={name: titles.of(name, value) for name, value in opened.sought.only.items()},
    )


def export_csv(house: House, user: User, opened: Opened) -> Iterator[str]:
    """Return the rows behind a number as lines of CSV; raises as `list_rows` does."""
    kpi, found, _ = _found(house, user, opened)
    _note(house, user, opened)
    return _lines(COLUMNS[kpi.grain], found)


def export_sheet(house: House, user: User, opened: Opened) -> IO[bytes]:
    """Return the rows behind a number as an XLSX workbook, to be read and closed.

    Raises InvalidInput for more than `MOST_SHEET_ROWS`, and as `list_rows` does.
    """
    kpi, found, _ = _found(house, user, opened)
    if found.count() > MOST_SHEET_ROWS:
        told = f"A workbook takes {MOST_SHEET_ROWS:,} rows; choose CSV, or a shorter window."
        raise InvalidInput({"as": told})
    _note(house, user, opened)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kpi.name[:31])
    sheet.append(COLUMNS[kpi.grain])
    for values in _values(COLUMNS[kpi.grain], found):
        sheet.append([_cell(value) for value in values])
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked reads and closes it
    book.save(kept)
    kept.seek(0)
    return kept


def _found(house: House, user: User, opened: Opened) -> tuple[Kpi, Any, datetime | None]:
    inbox.require(user, Action.READ_REPORTS)
    inbox.require(user, Action.READ_INBOX)
    kpi = CATALOGUE.get(opened.kpi)
    if kpi is None or opened.part not in PARTS:
        raise NotFound("number", f"{opened.kpi} {opened.part}")
    looked_at, _, limits = windows_of(house, user.workspace_id, opened.sought)
    if not looked_at.fits(kpi):
        raise NotFound("number", f"{opened.kpi} {opened.part}")
    return kpi, rows_behind(kpi, opened.part, looked_at, limits), looked_at.since


def _lines(columns: Sequence[str], found: Any) -> Iterator[str]:
    yield csv_line(columns)
    for values in _values(columns, found):
        yield csv_line([_text(value) for value in values])


def _values(columns: Sequence[str], found: Any) -> Iterator[Sequence[object]]:
    rows: Callable[..., Iterator[Sequence[object]]] = found.values_list(*columns).iterator
    return rows(chunk_size=_CHUNK)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _cell(value: object) -> object:
    match value:
        case datetime():
            return value.replace(tzinfo=None)  # a spreadsheet knows no zones: UTC
        case str():
            return safe(value)
        case _:
            return value


def _note(house: House, user: User, opened: Opened) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        subject = f"workspace:{user.workspace_id}"
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "kpi_exported",
            subject,
            kpi=opened.kpi,
            part=opened.part,
            days=opened.sought.days,
            week=opened.sought.week,
        )
        ledger.flush()
