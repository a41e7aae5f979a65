"""Times of other systems laid over our rows: what can be booked there, and how full it is.

Nobody hears of them: flows hear of bookings. Staff see them on the calendar beside ours.
"""

from collections.abc import Sequence

from baton.core import records
from baton.core.fates import Fate
from baton.core.records import SlotRecord
from baton.services.ledger import Ledger
from baton.services.systems.laid_bookings import activities_of
from baton.services.systems.laying import Laid, Page, known, upsert
from baton.store.models import Slot

_FIELDS = (
    "stamp", "activity_id", "starts_at", "ends_at", "capacity", "taken_there", "cancelled_at",
    "page_url",
)  # fmt: skip


def lay(
    ledger: Ledger, workspace_id: str, system_id: str, laid: Sequence[SlotRecord]
) -> tuple[Laid, ...]:
    """Lay times over their rows, in order; runs in the lane of the system."""
    page = Page(ledger=ledger, workspace_id=workspace_id, system_id=system_id)
    rows = known(Slot.objects, page, [one.reference for one in laid])
    activities = activities_of(page, laid)
    changed: dict[str, Slot] = {}
    outcomes = []
    for one in laid:
        row = rows.get(one.reference)
        if row is not None and not records.is_newer(one.stamp, row.stamp):
            outcomes.append(Laid(fate=Fate.UNCHANGED))
            continue
        row = row or Slot(**page.made(one.reference))
        before = _said(row)
        _write(page, row, one, activities[one.activity].id)
        is_same = before == _said(row)
        rows[one.reference] = changed[row.id] = row
        outcomes.append(Laid(fate=Fate.UNCHANGED if is_same else Fate.KEPT))
    upsert(list(changed.values()), _FIELDS)
    return tuple(outcomes)


def _write(page: Page, row: Slot, one: SlotRecord, activity_id: str) -> None:
    row.stamp, row.activity_id, row.page_url = one.stamp, activity_id, one.page_url
    row.starts_at, row.ends_at = one.starts_at, one.ends_at
    row.capacity, row.taken_there = one.capacity, one.taken
    was_off = row.cancelled_at or page.ledger.now
    row.cancelled_at = was_off if one.is_called_off else None


def _said(row: Slot) -> tuple[object, ...]:
    """Return what a row says, without what orders its states."""
    return tuple(getattr(row, name) for name in _FIELDS if name != "stamp")
