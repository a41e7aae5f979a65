"""Times that a contact may book by themselves: to come, and with room."""

from collections.abc import Collection
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
    activity_id: str
    activity: str
    starts_at: datetime
    free: int
    price_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where times are looked for: among what, and from when until when.

    No `activity_ids` are all of them. With `of_others` those that other systems keep count too.
    """

    activity_ids: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    of_others: bool = False


_ANY = Bounds()


def list_openings(  # noqa: PLR0913 - where, when, of what, for whom and how many
    workspace_id: str,
    now: datetime,
    *,
    bounds: Bounds = _ANY,
    contact_id: str = "",
    places: int = 1,
    most: int = MOST,
) -> tuple[Opening, ...]:
    """Return the next times with room for so many, less those that a contact has already."""
    offered = {one.id: one for one in list_activities(workspace_id, of_others=bounds.of_others)}
    within = set(bounds.activity_ids) & offered.keys() if bounds.activity_ids else offered.keys()
    since = max(now, bounds.since or now)
    until = min(now + _AHEAD, bounds.until or now + _AHEAD)
    ahead = Slot.objects.filter(
        workspace_id=workspace_id, activity_id__in=within, cancelled_at=None, starts_at__gt=now
    )
    ahead = ahead.filter(starts_at__gte=since, starts_at__lt=until)
    if not bounds.of_others:
        ahead = ahead.filter(system_id="")
    slots = list(ahead.order_by("starts_at", "id")[:_LOOKED_AT])
    taken = _taken([slot.id for slot in slots])
    own = _own([slot.id for slot in slots], contact_id)
    found = (
        Opening(
            slot_id=slot.id,
            activity_id=slot.activity_id,
            activity=offered[slot.activity_id].name,
            starts_at=slot.starts_at,
            free=slot.capacity - max(slot.taken_there, taken.get(slot.id, 0)),
            price_minor=offered[slot.activity_id].price_minor,
        )
        for slot in slots
        if slot.id not in own
    )
    return tuple(one for one in found if one.free >= places)[:most]


def list_activities(workspace_id: str, *, of_others: bool = False) -> tuple[Activity, ...]:
    """Return what contacts may book by themselves."""
    found = Activity.objects.filter(
        workspace_id=workspace_id, removed_at=None, needs_staff_confirmation=False
    )
    return tuple(found if of_others else found.filter(system_id=""))


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
