"""Days of the read model, kept as columns beside their rows, so that numbers come at once.

Whatever writes a row marks its day, in the same transaction; who keeps a day holds the
workspace's place in the trail meanwhile, so that none is kept from rows that others replace.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime

from baton.core.kpis import Grain
from baton.reports import frames, segments
from baton.services.house import House
from baton.store.models import EvidenceDay, EvidencePlace

MOST_AT_ONCE = 50
"""So many days are kept in one transaction."""


def mark(house: House, workspace_id: str, grain: Grain, moments: Iterable[datetime]) -> None:
    """Say of days that some row of theirs changed; to be called where the rows are written."""
    touched = {one.astimezone(UTC).date() for one in moments}
    ours = EvidenceDay.objects.filter(workspace_id=workspace_id, grain=grain.value)
    known = dict(ours.filter(day__in=touched).values_list("day", "digest"))
    if fresh := [day for day, digest in known.items() if digest]:
        ours.filter(day__in=fresh).update(digest="", columns=b"")
    now = house.clock.now()
    EvidenceDay.objects.bulk_create(
        EvidenceDay(id=house.next_id(now), workspace_id=workspace_id, grain=grain.value, day=day)
        for day in sorted(touched - known.keys())
    )


def held(workspace_id: str) -> EvidencePlace:
    """Return how far a workspace is, held until the transaction ends: one folds at a time."""
    EvidencePlace.objects.bulk_create(
        [EvidencePlace(workspace_id=workspace_id)], ignore_conflicts=True
    )
    return EvidencePlace.objects.select_for_update().get(workspace_id=workspace_id)


def keep(house: House, workspace_id: str, *, before: date | None = None) -> int:
    """Keep all days that changed since they were kept; return how many.

    With `before`, only those before it: the day that goes on changes with every message.
    """
    stale = EvidenceDay.objects.filter(workspace_id=workspace_id, digest="")
    if before is not None:
        stale = stale.filter(day__lt=before)
    done = 0
    while stale.exists():
        with house.engine.transaction():
            held(workspace_id)
            rows = list(stale.order_by("day")[:MOST_AT_ONCE])
            for row in rows:
                _keep(row)
        done += len(rows)
    return done


def _keep(row: EvidenceDay) -> None:
    segment = frames.read_day(row.workspace_id, Grain(row.grain), row.day)
    if not segment.count:
        row.delete()
        return
    row.columns = segments.write(segment)
    # Days of the same rows are told apart: what others remember is under this name.
    named = f"{row.workspace_id} {row.grain} {row.day} ".encode() + row.columns
    row.digest = hashlib.blake2b(named, digest_size=16).hexdigest()
    row.save()
