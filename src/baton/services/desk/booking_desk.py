"""What the staff do about places: book for somebody, move, cancel, mark, take back, set up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from baton.channels.email import addresses
from baton.channels.sms import numbers
from baton.core import bookings
from baton.core.bookings import Entry, State
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.bookings import activities, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import Wish
from baton.services.desk import belonging, guarding, mirrored_desk
from baton.services.house import House
from baton.services.people import meeting
from baton.store.models import Activity, Booking, User
from baton.store.queries import ways

DEEDS: Mapping[str, Callable[..., Booking]] = {
    "confirm": places.confirm,
    "cancel": places.cancel,
    "restore": places.restore,
    "take": places.take,
    "release": places.release,
    "paid": places.pay_deposit,
    "undo": places.undo,
}
MARKS: Mapping[str, State] = {"attended": State.ATTENDED, "no_show": State.NO_SHOW}
MAX_WEEKS = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody whom a person books for and nobody knew: a name, and a number or a mailbox."""

    name: str
    handle: str


def book(house: House, user: User, wish: Wish, *, newcomer: Newcomer | None = None) -> Booking:
    """Book for a contact, or for somebody new; raises Conflict when there is no room."""
    inbox.require(user, Action.ANSWER)
    if newcomer is not None:
        contact_id = _met(house, user, newcomer)
        wish = Wish(
            contact_id=contact_id,
            slot_id=wish.slot_id,
            places=wish.places,
            entry=wish.entry,
            or_waits=wish.or_waits,
            is_offered=wish.is_offered,
        )
    guarding.refuse_elsewhere(user, wish.contact_id)
    return places.book(house, user.workspace_id, wish, actor=f"user:{user.id}")


def change(house: House, user: User, booking_id: str, deed: str, *, slot_id: str = "") -> Booking:
    """Do one thing with a booking; raises InvalidInput for a deed that there is not."""
    inbox.require(user, Action.ANSWER)
    actor, workspace_id = f"user:{user.id}", user.workspace_id
    kept = Booking.objects.filter(id=booking_id, workspace_id=workspace_id).exclude(system_id="")
    if (mirror := kept.first()) is not None:
        return mirrored_desk.change(house, mirror, deed, moment=slot_id, actor=actor)
    if deed == "move":
        belonging.refuse_named(house, user, {"slot_id": slot_id})
        return places.move(house, workspace_id, booking_id, slot_id, actor=actor)
    if deed in MARKS:
        return places.mark(house, workspace_id, booking_id, MARKS[deed], actor=actor)
    if deed not in DEEDS:
        raise InvalidInput({"deed": "there is no such thing to do"})
    return DEEDS[deed](house, workspace_id, booking_id, actor=actor)


def list_activities(user: User) -> tuple[Activity, ...]:
    """Return what can be booked, by name."""
    inbox.require(user, Action.READ_INBOX)
    return activities.list_offered(user.workspace_id)


def save_activity(house: House, user: User, offer: Offer, activity_id: str = "") -> str:
    """Keep an activity; return its id."""
    inbox.require(user, Action.CONFIGURE)
    return activities.save(
        house, user.workspace_id, offer, actor=f"user:{user.id}", activity_id=activity_id
    )


def remove_activity(house: House, user: User, activity_id: str) -> None:
    """Take an activity away."""
    inbox.require(user, Action.CONFIGURE)
    activities.remove(house, user.workspace_id, activity_id, actor=f"user:{user.id}")


def add_slots(  # noqa: PLR0913 - what, when, where and how many
    house: House,
    user: User,
    activity_id: str,
    *,
    on: date,
    at: Sequence[time],
    weeks: int,
    location_id: str,
    capacity: int | None,
) -> int:
    """Make slots on a day at some times, and so in the weeks after; return how many are new."""
    inbox.require(user, Action.CONFIGURE)
    if not 1 <= weeks <= MAX_WEEKS:
        raise InvalidInput({"weeks": f"choose between 1 and {MAX_WEEKS}"})
    if not sight.is_at(user, location_id):
        raise InvalidInput({"location": "Choose of the places that you work for yourself."})
    zone = inbox.zone_at(user.workspace_id, location_id)
    starts = [
        moment for one in at for moment in bookings.weekly(datetime.combine(on, one), zone, weeks)
    ]
    if not starts or min(starts) <= house.clock.now().astimezone(UTC):
        raise InvalidInput({"on": "choose times that are still to come"})
    made = activities.add_slots(
        house,
        user.workspace_id,
        activity_id,
        starts,
        actor=f"user:{user.id}",
        location_id=location_id,
        capacity=capacity,
    )
    return len(made)


def set_capacity(house: House, user: User, slot_id: str, capacity: int) -> None:
    """Change how many places a slot has."""
    inbox.require(user, Action.ANSWER)
    activities.set_capacity(house, user.workspace_id, slot_id, capacity, actor=f"user:{user.id}")


def call_off(house: House, user: User, slot_id: str) -> int:
    """Call a slot off; return how many bookings that ended."""
    inbox.require(user, Action.ANSWER)
    return activities.call_off(house, user.workspace_id, slot_id, actor=f"user:{user.id}")


def entry_of(word: str) -> Entry:
    """Return how somebody came to a booking, by its word."""
    return Entry(word) if word in set(Entry) else Entry.AHEAD


def _met(house: House, user: User, newcomer: Newcomer) -> str:
    """Return who has a number or a mailbox, met by it if nobody is known by it."""
    channel, inbox_id, address = _read(user.workspace_id, newcomer.handle)
    return meeting.meet(
        house,
        user.workspace_id,
        channel=channel,
        inbox_id=inbox_id,
        address=address,
        name=newcomer.name,
        actor=f"user:{user.id}",
    )


def _read(workspace_id: str, handle: str) -> tuple[str, str, str]:
    """Return a channel, its inbox, and the address that a person wrote; raises InvalidInput."""
    wanted: tuple[str, ...] = ("email",)
    if mailbox := addresses.parse_address(handle):
        address = mailbox
    elif number := numbers.parse_number(handle, ""):
        wanted, address = ("sms", "whatsapp"), number
    else:
        raise InvalidInput({"handle": "Write a number with its country, as +44 7700 900123."})
    for channel in wanted:
        if inbox_id := ways.find_inbox(workspace_id, channel):
            return channel, inbox_id, address
    raise InvalidInput({"handle": f"Connect {' or '.join(wanted)} first: Settings, Channels."})
