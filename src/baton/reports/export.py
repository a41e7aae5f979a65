"""The events of a workspace, and the rows that KPIs count, as partitioned Parquet.

`events/day=2026-11-23/events.parquet` holds the entries of the audit trail of that day, and
`episodes/month=2026-11/episodes.parquet` and its like the rows of a grain; days and months by
the UTC clock. A partition is written whole and takes its place at once, so that an export that
is run again replaces what changed, and a reader never sees half of one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Max, Min, QuerySet

from baton.reports import parquet
from baton.reports.sources import SOURCES, Kind
from baton.store.models import AuditEntry

_CHUNK = 5_000
_DAY = timedelta(days=1)

EVENT_KINDS: Mapping[str, Kind] = {
    "seq": Kind.INTEGER,
    "at": Kind.MOMENT,
    "actor": Kind.TEXT,
    "action": Kind.TEXT,
    "subject": Kind.TEXT,
    "details": Kind.TEXT,
}
"""What is told of an event: its place in the trail, who did what to which thing, and the rest
as JSON. It holds ids and tokens, and no raw identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dataset:
    name: str
    rows: "QuerySet[Any]"
    at: str
    kinds: Mapping[str, Kind]
    is_daily: bool


def export(
    workspace_id: str, folder: Path, *, since: datetime | None, until: datetime | None
) -> dict[str, int]:
    """Write all partitions that a window touches; return how many rows each dataset got.

    Of everything, it also takes away partitions of which nothing is there any more.
    Raises InvalidInput where Parquet cannot be written.
    """
    told = {}
    for one in _datasets(workspace_id):
        parts = list(_parts(one, since, until))
        told[one.name] = sum(_write(one, folder, begins, ends) for begins, ends in parts)
        if since is None and until is None:
            _clear(one, folder, parts)
    return told


def _datasets(workspace_id: str) -> Iterator[_Dataset]:
    yield _Dataset(
        name="events",
        rows=AuditEntry.objects.filter(workspace_id=workspace_id),
        at="at",
        kinds=EVENT_KINDS,
        is_daily=True,
    )
    for source in SOURCES.values():
        yield _Dataset(
            name=source.name,
            rows=source.rows().filter(workspace_id=workspace_id),
            at=source.at,
            kinds=source.kinds,
            is_daily=False,
        )


def _parts(
    one: _Dataset, since: datetime | None, until: datetime | None
) -> Iterator[tuple[date, date]]:
    """Return the days or months that have rows and lie in a window, each whole."""
    ends = one.rows.aggregate(first=Min(one.at), last=Max(one.at))
    if ends["first"] is None:
        return
    first = max(ends["first"], since or ends["first"]).astimezone(UTC).date()
    last = min(ends["last"], until or ends["last"]).astimezone(UTC).date()
    begins = first if one.is_daily else first.replace(day=1)
    while begins <= last:
        following = begins + _DAY if one.is_daily else (begins + 31 * _DAY).replace(day=1)
        yield begins, following
        begins = following


def _write(one: _Dataset, folder: Path, begins: date, ends: date) -> int:
    path = _path(one, folder, begins)
    low, high = (datetime.combine(day, time(), tzinfo=UTC) for day in (begins, ends))
    found = one.rows.filter(**{f"{one.at}__gte": low, f"{one.at}__lt": high})
    if not found.exists():
        path.unlink(missing_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = found.order_by(one.at, "pk").values_list(*one.kinds).iterator(chunk_size=_CHUNK)
    half = path.with_suffix(".half")
    try:
        with half.open("wb") as kept:
            count = parquet.write(one.kinds, rows, kept)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return count


def _clear(one: _Dataset, folder: Path, parts: Sequence[tuple[date, date]]) -> None:
    """Take away partitions of which nothing is there any more: what was erased lives nowhere."""
    known = {_path(one, folder, begins) for begins, _ in parts}
    for path in (folder / one.name).glob(f"*/{one.name}.parquet"):
        if path not in known:
            path.unlink()
            path.parent.rmdir()


def _path(one: _Dataset, folder: Path, begins: date) -> Path:
    named = f"day={begins}" if one.is_daily else f"month={begins:%Y-%m}"
    return folder / one.name / named / f"{one.name}.parquet"
