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
from baton.core.kpis import Kpi
from baton.core.roles import Action
from baton.reports import parquet
from baton.reports.kpis import PARTS, rows_behind
from baton.reports.sources import SOURCES
from baton.services import inbox, sight
from baton.services.desk.kpi_titles import Titles
from baton.services.desk.kpi_windows import Sought, windows_of
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import User

PAGE_SIZE = 25
MOST_SHEET_ROWS = 100_000
"""A workbook is written in one piece; a longer list goes as CSV, which has no end."""

_CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number is opened: of a KPI its numerator or its denominator, in a slice."""

    kpi: str
    part: str
    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A page of the rows behind a number, the newest first.

    `closed` counts those that the number has, and that whoever asks may not open.
    """

    kpi: Kpi
    rows: tuple[dict[str, Any], ...]
    total: int
    closed: int
    page: int
    pages: int
    since: datetime | None
    titles: Mapping[str, str]


def list_rows(house: House, user: User, opened: Opened, *, page: int = 1) -> RowsPage:
    """Return the rows behind a number; raises NotFound for no number, or Forbidden for a role."""
    kpi, found, since, counted = _found(house, user, opened)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    begin = (page - 1) * PAGE_SIZE
    rows = tuple(found.values(*SOURCES[kpi.grain].columns)[begin : begin + PAGE_SIZE])
    titles = Titles(house, user)
    for row in rows:
        for name in ("flow", "queue", "agent", "intent"):
            key = "agent_id" if name == "agent" else name
            if row.get(key):
                row[key] = titles.of(name, row[key])
    return RowsPage(
        kpi=kpi,
        rows=rows,
        total=total,
        closed=0 if counted is found else counted.count() - total,
        page=page,
        pages=pages,
        since=since,
        titles={name: titles.of(name, value) for name, value in opened.sought.only.items()},
    )


def export_csv(house: House, user: User, opened: Opened) -> Iterator[str]:
    """Return the rows behind a number as lines of CSV; raises as `list_rows` does."""
    kpi, found, *_ = _found(house, user, opened)
    _note(house, user, opened)
    return _lines(SOURCES[kpi.grain].columns, found)


def export_sheet(house: House, user: User, opened: Opened) -> IO[bytes]:
    """Return the rows behind a number as an XLSX workbook, to be read and closed.

    Raises InvalidInput for more than `MOST_SHEET_ROWS`, and as `list_rows` does.
    """
    kpi, found, *_ = _found(house, user, opened)
    if found.count() > MOST_SHEET_ROWS:
        told = f"A workbook takes {MOST_SHEET_ROWS:,} rows; choose CSV, or a shorter window."
        raise InvalidInput({"as": told})
    _note(house, user, opened)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kpi.name[:31])
    sheet.append(SOURCES[kpi.grain].columns)
    for values in _values(SOURCES[kpi.grain].columns, found):
        sheet.append([_cell(value) for value in values])
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked reads and closes it
    book.save(kept)
    kept.seek(0)
    return kept


def export_parquet(house: House, user: User, opened: Opened) -> IO[bytes]:
    """Return the rows behind a number as a Parquet file, to be read and closed.

    Raises InvalidInput where Parquet cannot be written, and as `list_rows` does.
    """
    kpi, found, *_ = _found(house, user, opened)
    source = SOURCES[kpi.grain]
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked reads and closes it
    parquet.write(source.kinds, _values(source.columns, found), kept)
    _note(house, user, opened)
    kept.seek(0)
    return kept


def _found(house: House, user: User, opened: Opened) -> tuple[Kpi, Any, datetime | None, Any]:
    """Return a number's KPI, its rows as a person may open them, since when, and all of them."""
    inbox.require(user, Action.READ_REPORTS)
    inbox.require(user, Action.READ_INBOX)
    kpi = CATALOGUE.get(opened.kpi)
    if kpi is None or opened.part not in PARTS:
        raise NotFound("number", f"{opened.kpi} {opened.part}")
    looked_at, _, limits = windows_of(house, user, opened.sought)
    if not looked_at.fits(kpi):
        raise NotFound("number", f"{opened.kpi} {opened.part}")
    counted = rows_behind(kpi, opened.part, looked_at, limits)
    return kpi, _open_to(house, user, counted), looked_at.since, counted


def _open_to(house: House, user: User, rows: Any) -> Any:
    """Leave out what belongs to a closed conversation, or to another place: the number has it."""
    columns = {field.name for field in rows.model._meta.fields}  # noqa: SLF001 - documented
    if "conversation_id" in columns:
        return sight.heard_by(house, user, rows)
    if "contact_id" in columns:
        return sight.met_by(user, rows)
    return rows


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
