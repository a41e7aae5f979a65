"""What the demo's business offers and its people book: classes, members, and who came."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from baton.config.demo.script import BookingsPart
from baton.core.bookings import STANDING, State
from baton.services import inbox
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft
from baton.services.bookings import activities, check_ins, members, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.bookings.places import Wish
from baton.services.house import House
from baton.store.models import Booking, Slot, User

_DAYS_AHEAD = 14
_MOST_DAYS_AHEAD = 4
_MEMBER_SHARE = 0.25
_COMING_SHARE = 0.85
_AWAY_DAYS = 24
_VISITS_SINCE_DAYS = 110
_BODIES = 3  # two in the small class, one on its waiting list


def set_up(house: House, workspace_id: str, told: BookingsPart, *, before: int) -> None:
    """Let the business offer a class at each of its hours, for so many weeks and two more."""
    today = house.clock.now().astimezone(inbox.zone_of(workspace_id)).date()
    starts: dict[str, list[datetime]] = {name: [] for name in told.classes}
    for day in range(1, _DAYS_AHEAD + 3 + 7 * before):
        for place, hour in enumerate(told.hours):
            name = told.classes[(day + place) % len(told.classes)]
            starts[name].append(_at(workspace_id, today + timedelta(days=day), hour))
    for name, moments in starts.items():
        offer = Offer(name=name, capacity=8, price_minor=15_00)
        activity_id = activities.save(house, workspace_id, offer, actor="system")
        activities.add_slots(house, workspace_id, activity_id, moments, actor="system")


def any_happening(
    house: House, workspace_id: str, told: BookingsPart, contact_id: str, source: random.Random
) -> None:
    """Let somebody book a class of the next days, or begin as a member."""
    if source.random() < _MEMBER_SHARE:
        plan = Plan(name=source.choice(told.plans), price_minor=49_00)
        members.begin(house, workspace_id, contact_id, plan, actor="system")
        _remember(house, workspace_id, contact_id, source)
        return
    now = house.clock.now()
    ahead = Slot.objects.filter(
        workspace_id=workspace_id,
        starts_at__gt=now + timedelta(hours=1),
        starts_at__lt=now + timedelta(days=_MOST_DAYS_AHEAD),
    ).order_by("id")
    slot = source.choice(list(ahead.values_list("id", flat=True)))
    wish = Wish(contact_id=contact_id, slot_id=slot)
    places.book(house, workspace_id, wish, actor=f"contact:{contact_id}")


def _remember(house: House, workspace_id: str, contact_id: str, source: random.Random) -> None:
    """Let somebody have come for months: some until lately, others until weeks ago.

    Their first month is owed, so that the list of invoices has something to show.
    """
    now = house.clock.now()
    last = source.choice((1, 2, 3, _AWAY_DAYS))
    for days in range(last, _VISITS_SINCE_DAYS, source.choice((3, 4, 6))):
        moment = now - timedelta(days=days)
        check_ins.note(house, workspace_id, contact_id, actor="system", at=moment)
    due_at = now + timedelta(days=source.choice((-2, 7, 14)))
    owed = Draft(
        contact_id=contact_id,
        amount_minor=49_00,
        due_at=due_at,
        memo="First month",
        is_sent=False,
    )
    with invoices.written(house, workspace_id) as ledger:
        invoices.issue(ledger, workspace_id, owed, made_by="system")


def mark_over(house: House, workspace_id: str, user: User, source: random.Random) -> None:
    """Let the desk mark who came to what is over."""
    over = Booking.objects.filter(
        workspace_id=workspace_id, state__in=STANDING, ends_at__lte=house.clock.now()
    )
    for booking_id in list(over.order_by("id").values_list("id", flat=True)):
        state = State.ATTENDED if source.random() < _COMING_SHARE else State.NO_SHOW
        places.mark(house, workspace_id, booking_id, state, actor=f"user:{user.id}")


def fill_one(house: House, workspace_id: str, told: BookingsPart, meet: Callable[[], str]) -> None:
    """Fill a small class of tomorrow evening, with somebody on its waiting list."""
    small = Offer(name=told.small_class, capacity=2, price_minor=30_00)
    activity_id = activities.save(house, workspace_id, small, actor="system")
    today = house.clock.now().astimezone(inbox.zone_of(workspace_id)).date()
    starts = [_at(workspace_id, today + timedelta(days=day), 18) for day in (1, 3)]
    slot, _ = activities.add_slots(house, workspace_id, activity_id, starts, actor="system")
    for _ in range(_BODIES):
        wish = Wish(contact_id=meet(), slot_id=slot, or_waits=True)
        places.book(house, workspace_id, wish, actor="system")


def _at(workspace_id: str, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), inbox.zone_of(workspace_id)).astimezone(UTC)
