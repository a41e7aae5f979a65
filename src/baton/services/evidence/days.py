"""Days of the read model, kept as columns beside their rows, so that numbers come at once.

Whatever writes a row marks its day, in the same transaction; who keeps a day holds the
workspace's place in the trail meanwhile, so that none is kept from rows that others replace.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime

from baton.core.kpis import Grain
from baton.reports import frames, segments
from baton.reports.segments import Segment
from baton.services.house import House
from baton.store import marking
from baton.store.models import EvidenceDay, EvidenceMark, EvidencePlace

MOST_AT_ONCE = 50
"""So many days of matters are kept in one transaction."""


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
    """Keep all days of matters that changed since they were kept; return how many.

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
                _write(row, frames.read_day(row.workspace_id, Grain(row.grain), row.day))
        done += len(rows)
    return done


def note_all(house: House, workspace_id: str) -> None:
    """Have all that is counted where it stands read anew."""
    with house.engine.transaction():
        held(workspace_id)
        standing = [grain.value for grain in Grain if grain not in segments.FOLDED]
        EvidenceDay.objects.filter(workspace_id=workspace_id, grain__in=standing).delete()
        marking.note_all(workspace_id)


def renew(house: House, workspace_id: str, *, most: int | None = None) -> int:
    """Keep the days of which the database noted that some row changed, the newest first.

    Each in a transaction of its own, since what is joined to a day's rows may take long to find.
    Return how many; with `most`, at most so many.
    """
    marks = EvidenceMark.objects.filter(workspace_id=workspace_id).order_by("-grain", "-day")
    done = 0
    while (most is None or done < most) and marks.exists():
        with house.engine.transaction():
            held(workspace_id)
            noted = marks.values_list("grain", "day").first()
            if noted is None:  # another has kept it meanwhile
                return done
            grain, day = noted
            _renew(house, workspace_id, Grain(grain), day)
        done += 1
    return done


def _renew(house: House, workspace_id: str, grain: Grain, day: date) -> None:
    ours = EvidenceMark.objects.filter(workspace_id=workspace_id, grain=grain.value, day=day)
    noted = dict(ours.values_list("id", "row_id"))
    row = EvidenceDay.objects.filter(workspace_id=workspace_id, grain=grain.value, day=day).first()
    if row is None:
        new_id = house.next_id(house.clock.now())
        row = EvidenceDay(id=new_id, workspace_id=workspace_id, grain=grain.value, day=day)
        _write(row, frames.read_day(workspace_id, grain, day))
    else:
        kept = segments.read(bytes(row.columns))
        changed = frozenset(noted.values())
        _write(row, frames.renewed(workspace_id, grain, day, kept, changed))
    # Only what was noted before the rows were read: of what is written meanwhile a note stays.
    ids = list(noted)
    for begin in range(0, len(ids), _AT_ONCE):
        EvidenceMark.objects.filter(id__in=ids[begin : begin + _AT_ONCE]).delete()


_AT_ONCE = 1_000


def _write(row: EvidenceDay, segment: Segment) -> None:
    if not segment.count:
        EvidenceDay.objects.filter(id=row.id).delete()
        return
    row.columns = segments.write(segment)
    # Days of the same rows are told apart: what others remember is under this name.
    named = f"{row.workspace_id} {row.grain} {row.day} ".encode() + row.columns
    row.digest = hashlib.blake2b(named, digest_size=16).hexdigest()
    row.save()
