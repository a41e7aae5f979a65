"""Two classes for somebody who begins, of all that can be booked in the next days (ON4)."""

from datetime import datetime, timedelta

from django.db.models import Sum

from baton.core import bookings, recommending
from baton.core.bookings import State
from baton.core.recommending import Option, Recommended
from baton.services import inbox
from baton.store.models import Activity, Booking, CheckIn, Membership, Slot

_AHEAD = timedelta(days=14)
_BACK = timedelta(days=90)
_MOST_SLOTS, _MOST_VISITS = 200, 50


def for_member(row: Membership, now: datetime) -> Recommended:
    """Return what somebody may book first, by when they said that they come, or mostly did."""
    zone = inbox.zone_of(row.workspace_id)
    part = recommending.preferred(row.prefers, _visits(row.contact_id, now), zone)
    return recommending.recommend(_options(row.workspace_id, now), part, zone)


def _options(workspace_id: str, now: datetime) -> tuple[Option, ...]:
    ahead = Slot.objects.filter(workspace_id=workspace_id, cancelled_at=None)
    slots = list(
        ahead.filter(starts_at__gt=now, starts_at__lte=now + _AHEAD).order_by("starts_at", "id")[
            :_MOST_SLOTS
        ]
    )
    activities = Activity.objects.in_bulk({one.activity_id for one in slots})
    held = Booking.objects.filter(slot_id__in=[one.id for one in slots], state__in=bookings.TAKING)
    taken = dict(held.values_list("slot_id").annotate(Sum("places")))
    return tuple(
        Option(
            name=activities[one.activity_id].name,
            starts_at=one.starts_at,
            free=one.capacity - max(one.taken_there, taken.get(one.id, 0)),
            suits_beginners=activities[one.activity_id].suits_beginners,
        )
        for one in slots
        if activities[one.activity_id].kind == bookings.Kind.CLASS
    )


def _visits(contact_id: str, now: datetime) -> list[datetime]:
    since = now - _BACK
    came = CheckIn.objects.filter(contact_id=contact_id, at__gte=since, booking_id=None)
    were = Booking.objects.filter(
        contact_id=contact_id, state=State.ATTENDED, starts_at__gte=since, starts_at__lte=now
    )
    return [
        *came.order_by("-at").values_list("at", flat=True)[:_MOST_VISITS],
        *were.order_by("-starts_at").values_list("starts_at", flat=True)[:_MOST_VISITS],
    ]
