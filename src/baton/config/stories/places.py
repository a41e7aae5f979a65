"""What is booked in a story, each through the service that pages and flows call."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, timedelta

from baton.config.stories import observed
from baton.config.stories.booking_parts import Bookable, BookingAct, Books, Came
from baton.config.stories.founding import PLACE
from baton.config.stories.observed import Observed
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.bookings import State
from baton.core.errors import InvalidInput
from baton.core.memberships import Standing
from baton.services.bookings import activities, check_ins, members, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.bookings.places import Wish
from baton.store.models import Location, Membership


def offer(world: World, wanted: Mapping[str, Bookable]) -> None:
    """Let a manager set up what can be booked, under the names of the story."""
    for name, one in wanted.items():
        activity_id = activities.save(
            world.house, world.workspace_id, _offer_of(name, one), actor="system"
        )
        where = _place_in(world, one.zone) if one.zone else ""
        for slot, starts_at in one.slots.items():
            [world.slots[slot]] = activities.add_slots(
                world.house,
                world.workspace_id,
                activity_id,
                [starts_at.astimezone(UTC)],
                actor="system",
                location_id=where,
            )


def act(world: World, books: Books) -> None:
    """Let something be done about a place; raises BatonError when it is refused."""
    contact_id = world.known(books.who)
    actor = f"user:{world.users[books.by].id}" if books.by else f"contact:{contact_id}"
    if books.act in (BookingAct.JOIN, BookingAct.LEAVE):
        _belong(world, contact_id, books, actor)
    elif books.act is BookingAct.CALL_OFF:
        activities.call_off(world.house, world.workspace_id, _slot(world, books), actor=actor)
    elif books.act in (BookingAct.BOOK, BookingAct.WAIT, BookingAct.HOLD):
        wish = Wish(
            contact_id=contact_id,
            slot_id=_slot(world, books),
            places=books.places,
            entry=books.entry,
            or_waits=books.act is BookingAct.WAIT,
            is_offered=books.act is BookingAct.HOLD,
        )
        places.book(world.house, world.workspace_id, wish, actor=actor)
    else:
        _change(world, books, actor)
    world.run_idle()


def let_have_come(world: World, came: Came) -> None:
    """Note that a contact came on days before now."""
    contact_id = world.known(came.who)
    for days in came.days_ago:
        moment = world.now - timedelta(days=days)
        check_ins.note(world.house, world.workspace_id, contact_id, actor="system", at=moment)
    world.run_idle()


def with_reference(world: World, says: Says) -> Says:
    """Return what somebody says, with the reference of their newest booking for `{booking}`."""
    if not any(_REFERENCE in words for words in says.text):
        return says
    booking = Observed(world, says.who, since=observed.mark(world)).booking
    found = booking.reference if booking else _REFERENCE
    return says.model_copy(
        update={"text": tuple(words.replace(_REFERENCE, found) for words in says.text)}
    )


_REFERENCE = "{booking}"


def _belong(world: World, contact_id: str, books: Books, actor: str) -> None:
    house, workspace_id = world.house, world.workspace_id
    if books.act is BookingAct.JOIN:
        plan = replace(_PLAN, ends_on=books.ends_on, renews=books.ends_on is None)
        members.begin(house, workspace_id, contact_id, plan, actor=actor)
        return
    row = Membership.objects.filter(contact_id=contact_id).order_by("id").last()
    if row is None:
        raise InvalidInput({"books": "they are no member"})
    plan = replace(_PLAN, standing=Standing.ENDED)
    members.change(house, workspace_id, row.id, plan, actor=actor)


_PLAN = Plan(name="Gold")


def _change(world: World, books: Books, actor: str) -> None:
    booking = Observed(world, books.who, since=observed.mark(world)).booking
    if booking is None:
        raise InvalidInput({"books": f"{books.who} has no booking yet"})
    house, workspace_id = world.house, world.workspace_id
    match books.act:
        case BookingAct.MOVE:
            slot_id = _slot(world, books)
            places.move(house, workspace_id, booking.id, slot_id, actor=actor)
        case BookingAct.ATTENDED | BookingAct.NO_SHOW:
            state = State(books.act.value)
            places.mark(house, workspace_id, booking.id, state, actor=actor)
        case _:
            _DEEDS[books.act](house, workspace_id, booking.id, actor=actor)


_DEEDS: dict[BookingAct, Callable[..., object]] = {
    BookingAct.TAKE: places.take,
    BookingAct.RELEASE: places.release,
    BookingAct.CONFIRM: places.confirm,
    BookingAct.CANCEL: places.cancel,
    BookingAct.PAY_DEPOSIT: places.pay_deposit,
    BookingAct.UNDO: places.undo,
}


def _slot(world: World, books: Books) -> str:
    if books.slot not in world.slots:
        raise InvalidInput({"slot": f"there is no slot {books.slot!r}"})
    return world.slots[books.slot]


def _offer_of(name: str, one: Bookable) -> Offer:
    minute = timedelta(minutes=1)
    return Offer(
        name=one.title or name.title(),
        kind=one.kind,
        minutes=one.lasts // minute,
        capacity=one.capacity,
        price_minor=one.price,
        deposit_minor=one.deposit,
        cancel_minutes=one.window // minute,
        hold_minutes=one.hold // minute,
        needs_staff_confirmation=one.by_staff,
    )


def _place_in(world: World, zone: str) -> str:
    place = Location.objects.create(
        id=world.house.next_id(world.now),
        workspace_id=world.workspace_id,
        name=zone.rpartition("/")[2].replace("_", " "),
        address=PLACE.address,
        phone=PLACE.phone,
        timezone=zone,
        hours=PLACE.week,
    )
    return place.id
