"""What can be booked: activities and their slots, as a manager sets them up."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from baton.core import text
from baton.core.bookings import Kind, Reason, State
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.services.bookings import counter, references
from baton.services.bookings.counter import Change, Counter
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Activity, Booking, Location, Slot

MAX_NAME = 80
MAX_MINUTES = 7 * 24 * 60
MAX_CAPACITY = 10_000
MAX_PRICE = 100_000_00
MAX_SLOTS = 400
"""As many are made at once: a class on every day of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An activity as it is set; spans in minutes, money in minor units.

    `deposit_minor` is None where the workspace's rule counts.
    """

    name: str
    kind: Kind = Kind.CLASS
    minutes: int = 60
    capacity: int = 1
    price_minor: int = 0
    deposit_minor: int | None = None
    cancel_minutes: int = 720
    hold_minutes: int = 30
    needs_staff_confirmation: bool = False
    suits_beginners: bool = False


def save(
    house: House, workspace_id: str, offer: Offer, *, actor: str, activity_id: str = ""
) -> str:
    """Keep an activity, new or in place of another; return its id. Raises InvalidInput."""
    offer = _checked(offer)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        if activity_id:
            row = get(workspace_id, activity_id)
            _refuse_mirror(row)
        else:
            row = Activity(id=ledger.next_id(), workspace_id=workspace_id)
            row.reference = references.new(Activity, row.id, workspace_id)
        for name, value in asdict(offer).items():
            setattr(row, name, value)
        row.save(force_insert=not activity_id)
        ledger.audit(workspace_id, actor, "activity_saved", f"activity:{row.id}", name=offer.name)
        ledger.flush()
    return row.id


def remove(house: House, workspace_id: str, activity_id: str, *, actor: str) -> None:
    """Take an activity away; raises Conflict while slots of it are to come."""
    with counter.at(house, workspace_id, activity_id, actor=actor) as desk:
        _refuse_mirror(desk.activity)
        ahead = Slot.objects.filter(activity_id=activity_id, cancelled_at=None)
        if ahead.filter(starts_at__gt=desk.ledger.now).exists():
            message = "There are times of it to come. Call them off first."
            raise Conflict(message)
        Activity.objects.filter(id=activity_id).update(removed_at=desk.ledger.now)
        desk.ledger.audit(workspace_id, actor, "activity_removed", f"activity:{activity_id}")


def get(workspace_id: str, activity_id: str) -> Activity:
    """Return an activity that is offered; raises NotFound."""
    found = Activity.objects.filter(
        id=activity_id, workspace_id=workspace_id, removed_at=None
    ).first()
    if found is None:
        raise NotFound("activity", activity_id)
    return found


def list_offered(workspace_id: str) -> tuple[Activity, ...]:
    """Return what can be booked, by name."""
    found = Activity.objects.filter(workspace_id=workspace_id, removed_at=None)
    return tuple(found.order_by("name", "id"))


def add_slots(  # noqa: PLR0913 - what, when, where and how many
    house: House,
    workspace_id: str,
    activity_id: str,
    starts: Sequence[datetime],
    *,
    actor: str,
    location_id: str = "",
    capacity: int | None = None,
) -> tuple[str, ...]:
    """Make slots of an activity; one that is there already at that place and time is left.

    Returns the ids of the new ones. Raises InvalidInput.
    """
    places = Location.objects.filter(workspace_id=workspace_id)
    if location_id and not places.filter(id=location_id).exists():
        raise InvalidInput({"location": "there is no such location"})
    if not 1 <= len(starts) <= MAX_SLOTS:
        raise InvalidInput({"starts_at": f"choose between 1 and {MAX_SLOTS} times"})
    if capacity is not None and not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput({"capacity": f"choose between 1 and {MAX_CAPACITY}"})
    with counter.at(house, workspace_id, activity_id, actor=actor) as desk:
        activity, ledger = desk.activity, desk.ledger
        _refuse_mirror(activity)
        same = Slot.objects.filter(activity_id=activity_id, cancelled_at=None)
        known = set(
            same.filter(starts_at__in=list(starts), location_id=location_id).values_list(
                "starts_at", flat=True
            )
        )
        rows = []
        for starts_at in dict.fromkeys(starts):
            if starts_at in known:
                continue
            slot_id = ledger.next_id()
            rows.append(
                Slot(
                    id=slot_id,
                    workspace_id=workspace_id,
                    reference=slot_id,
                    activity_id=activity_id,
                    location_id=location_id,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=activity.minutes),
                    capacity=capacity or activity.capacity,
                )
            )
        Slot.objects.bulk_create(rows)
        ledger.audit(workspace_id, actor, "slots_added", f"activity:{activity_id}", count=len(rows))
    return tuple(one.id for one in rows)


def set_capacity(
    house: House, workspace_id: str, slot_id: str, capacity: int, *, actor: str
) -> None:
    """Change how many places a slot has; what becomes free is offered to those who wait.

    Raises Conflict for fewer than are taken.
    """
    if not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput({"capacity": f"choose between 1 and {MAX_CAPACITY}"})
    with _at_slot(house, workspace_id, slot_id, actor) as desk:
        slot = counter.find_slot(desk, slot_id)
        taken = slot.capacity - counter.free_places(slot)
        if capacity < taken:
            message = f"{taken} places are taken. Cancel or move some first."
            raise Conflict(message)
        Slot.objects.filter(id=slot_id).update(capacity=capacity)
        desk.freed.add(slot_id)
        desk.ledger.audit(workspace_id, actor, "slot_changed", f"slot:{slot_id}", capacity=capacity)


def call_off(house: House, workspace_id: str, slot_id: str, *, actor: str) -> int:
    """Call a slot off: everybody booked hears of it; return how many bookings that ended."""
    with _at_slot(house, workspace_id, slot_id, actor) as desk:
        slot = counter.find_slot(desk, slot_id)
        if slot.cancelled_at is not None:
            return 0
        Slot.objects.filter(id=slot_id).update(cancelled_at=desk.ledger.now)
        ended = list(
            Booking.objects.filter(
                slot_id=slot_id,
                state__in=[State.WAITING, State.HELD, State.BOOKED, State.CONFIRMED],
            ).order_by("id")
        )
        for booking in ended:
            wanted = Change(state=State.CANCELLED, reason=Reason.SLOT_CANCELLED)
            counter.change(desk, booking, wanted)
        desk.ledger.audit(
            workspace_id, actor, "slot_called_off", f"slot:{slot_id}", bookings=len(ended)
        )
    return len(ended)


def _at_slot(
    house: House, workspace_id: str, slot_id: str, actor: str
) -> AbstractContextManager[Counter]:
    found = Slot.objects.filter(id=slot_id, workspace_id=workspace_id, system_id="")
    activity_id = found.values_list("activity_id", flat=True).first()
    if activity_id is None:
        raise NotFound("slot", slot_id)
    return counter.at(house, workspace_id, activity_id, actor=actor)


def _refuse_mirror(row: Activity) -> None:
    if row.system_id:
        message = "This activity is kept by another system: change it there."
        raise Conflict(message)


def _checked(offer: Offer) -> Offer:
    offer = replace(offer, name=text.clean(offer.name).strip())
    limits = {
        "minutes": (1, MAX_MINUTES),
        "capacity": (1, MAX_CAPACITY),
        "price_minor": (0, MAX_PRICE),
        "deposit_minor": (0, MAX_PRICE),
        "cancel_minutes": (0, 60 * MAX_MINUTES),
        "hold_minutes": (1, MAX_MINUTES),
    }
    problems = {
        name: f"choose between {least} and {most}"
        for name, (least, most) in limits.items()
        if (value := getattr(offer, name)) is not None and not least <= value <= most
    }
    if not offer.name or len(offer.name) > MAX_NAME:
        problems["name"] = f"write a name of {MAX_NAME} characters at most"
    if problems:
        raise InvalidInput(problems)
    return offer
