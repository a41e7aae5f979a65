"""Times that a contact may book by themselves: to come, of ours, and with room."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from baton.core import bookings
from baton.core.bookings import State
from baton.store.models import Activity, Booking, Slot

MOST = 12
_AHEAD = timedelta(days=60)
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A slot with room; its price is that of one place, in minor units."""

    slot_id: str
    activity: str
    starts_at: datetime
    free: int
    price_minor: int


def list_openings(  # noqa: PLR0913 - where, when, of what, for whom and how many
    workspace_id: str,
    now: datetime,
    *,
    activity_id: str = "",
    contact_id: str = "",
    places: int = 1,
    most: int = MOST,
) -> tuple[Opening, ...]:
    """Return the next times with room for so many, less those that a contact has already."""
    activities = Activity.objects.filter(
        workspace_id=workspace_id, system_id="", removed_at=None, needs_staff_confirmation=False
    )
    if activity_id:
        activities = activities.filter(id=activity_id)
    offered = {one.id: one for one in activities}
    slots = list(
        Slot.objects.filter(
            workspace_id=workspace_id, activity_id__in=offered, system_id="", cancelled_at=None
        )
        .filter(starts_at__gt=now, starts_at__lte=now + _AHEAD)
        .order_by("starts_at", "id")[:_LOOKED_AT]
    )
    taken = _taken([slot.id for slot in slots])
    own = _own([slot.id for slot in slots], contact_id)
    found = (
        Opening(
            slot_id=slot.id,
            activity=offered[slot.activity_id].name,
            starts_at=slot.starts_at,
            free=slot.capacity - taken.get(slot.id, 0),
            price_minor=offered[slot.activity_id].price_minor,
        )
        for slot in slots
        if slot.id not in own
    )
    return tuple(one for one in found if one.free >= places)[:most]


def _taken(slot_ids: list[str]) -> dict[str, int]:
    held = Booking.objects.filter(slot_id__in=slot_ids, state__in=bookings.TAKING)
    counted = held.values("slot_id").annotate(taken=Coalesce(Sum("places"), 0))
    return {one["slot_id"]: one["taken"] for one in counted}


def _own(slot_ids: list[str], contact_id: str) -> frozenset[str]:
    if not contact_id:
        return frozenset()
    here = Q(state__in=bookings.TAKING) | Q(state=State.WAITING)
    mine = Booking.objects.filter(here, slot_id__in=slot_ids, contact_id=contact_id)
    return frozenset(mine.values_list("slot_id", flat=True))
