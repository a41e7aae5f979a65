"""Slots and bookings as the staff see them: a calendar, one slot, one booking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from baton.core import bookings, roles
from baton.core.bookings import State
from baton.core.errors import NotFound
from baton.core.roles import Action, Role
from baton.services import inbox, sight
from baton.services.bookings import parties, ratings
from baton.services.bookings.parties import PartyFacts
from baton.services.desk import guarding, mirrored_calendar
from baton.services.desk.mirrored_calendar import Gathered
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Activity,
    Booking,
    BookingChange,
    Contact,
    Location,
    Slot,
    User,
)

VIEWS = ("week", "day")
MOST_SLOTS = 400
_MOST_BOOKINGS = 500
_MOST_FREE = 60
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """A slot of a calendar; `taken` and `waiting` count places.

    With `is_gathered` it is known by its bookings alone: `id` is one of theirs, and how many
    places there are, nobody says.
    """

    id: str
    activity: str
    kind: str
    location: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    waiting: int
    is_called_off: bool
    is_mirror: bool
    is_gathered: bool = False
    page_url: str = ""

    @property
    def free(self) -> int:
        """How many places are left."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of a calendar, and what is on it."""

    on: date
    slots: tuple[SlotLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days in a row; `is_cut` says that not all of their slots are shown."""

    days: tuple[Day, ...]
    before: date
    after: date
    locations: tuple[tuple[str, str], ...]
    is_cut: bool
    has_activities: bool

    @property
    def has_slots(self) -> bool:
        """Whether anything is on these days."""
        return any(day.slots for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingLine:
    """A booking of a list."""

    row: Booking
    who: str
    activity: str

    @property
    def state(self) -> State:
        """How it stands."""
        return State(self.row.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSheet:
    """One slot with everybody who has a place, waits, or had one."""

    line: SlotLine
    bookings: tuple[BookingLine, ...]
    has_begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A change of a booking, and by whom."""

    row: BookingChange
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingSheet:
    """One booking: what may be done with it now, where it may move, and what became of it."""

    line: BookingLine
    slot: SlotLine | None
    moves_to: tuple[SlotLine, ...]
    changes: tuple[ChangeLine, ...]
    may: frozenset[State]
    can_undo: bool


def show_calendar(user: User, *, view: str, on: date, location: str) -> Calendar:
    """Return a day, or a week that begins with it, by the clock of the business's place."""
    inbox.require(user, Action.READ_INBOX)
    begin, days = on, _WEEK if view == "week" else 1
    zone = inbox.zone_of(user.workspace_id)
    since, until = (_midnight(begin + timedelta(days=n), zone) for n in (0, days))
    found = Slot.objects.filter(
        workspace_id=user.workspace_id, starts_at__gte=since, starts_at__lt=until
    )
    found = _where_they_work(user, found)
    if location:
        found = found.filter(location_id=location)
    rows = list(found.order_by("starts_at", "id")[: MOST_SLOTS + 1])
    lines = _slot_lines(user.workspace_id, rows[:MOST_SLOTS])
    gathered: tuple[SlotLine, ...] = ()
    if not location:  # where others' bookings take place, nobody says
        told = {(one.activity_id, one.starts_at) for one in rows}
        found_there = mirrored_calendar.list_gathered(
            user.workspace_id, since, until, most=MOST_SLOTS + 1
        )
        gathered = _gathered_lines(
            one for one in found_there if (one.activity_id, one.starts_at) not in told
        )
    lines = tuple(sorted((*lines, *gathered), key=lambda one: (one.starts_at, one.id)))
    offered = Activity.objects.filter(workspace_id=user.workspace_id, removed_at=None)
    return Calendar(
        days=tuple(_day(begin + timedelta(days=number), lines, zone) for number in range(days)),
        before=begin - timedelta(days=days),
        after=begin + timedelta(days=days),
        locations=tuple(one for one in inbox.list_locations(user) if sight.is_at(user, one[0])),
        is_cut=max(len(rows), len(gathered)) > MOST_SLOTS,
        has_activities=offered.exists(),
    )


def show_slot(house: House, user: User, slot_id: str) -> SlotSheet:
    """Return one slot; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = _slot(user, slot_id)
    rows = Booking.objects.filter(slot_id=slot_id)
    if row.system_id:
        rows = mirrored_calendar.same_time(user.workspace_id, row.activity_id, row.starts_at)
    [line] = _slot_lines(user.workspace_id, [row])
    return _sheet(house, user, line, rows)


def show_gathered(house: House, user: User, booking_id: str) -> SlotSheet:
    """Return all that another system's bookings say of the time of one of them; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    mirrors = Booking.objects.filter(workspace_id=user.workspace_id).exclude(system_id="")
    row = mirrors.filter(id=booking_id).first()
    if row is None:
        raise NotFound("booking", booking_id)
    rows = mirrored_calendar.same_time(user.workspace_id, row.activity_id, row.starts_at)
    taking = [one for one in rows if State(one.state) in bookings.TAKING]
    gathered = Gathered(
        booking_id=row.id,
        activity_id=row.activity_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        taken=sum(one.places for one in taking),
    )
    return _sheet(house, user, _gathered_lines([gathered])[0], rows)


def _sheet(house: House, user: User, line: SlotLine, rows: "QuerySet[Booking]") -> SlotSheet:
    met = sight.met_by(user, rows)
    lines = _booking_lines(house, user, met.order_by("id")[:_MOST_BOOKINGS])
    order = {State.WAITING: 1, State.CANCELLED: 2, State.RELEASED: 2}
    return SlotSheet(
        line=line,
        bookings=tuple(sorted(lines, key=lambda one: (order.get(one.state, 0), one.row.id))),
        has_begun=line.starts_at <= house.clock.now(),
    )


def show_booking(house: House, user: User, booking_id: str) -> BookingSheet:
    """Return one booking; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = Booking.objects.filter(id=booking_id, workspace_id=user.workspace_id).first()
    if row is None:
        raise NotFound("booking", booking_id)
    guarding.refuse_elsewhere(user, row.contact_id)
    [line] = _booking_lines(house, user, [row])
    slots = _slot_lines(user.workspace_id, Slot.objects.filter(id=row.slot_id))
    is_ours, state = not row.system_id, State(row.state)
    changes = list(BookingChange.objects.filter(booking_id=booking_id).order_by("-id")[:50])
    return BookingSheet(
        line=line,
        slot=slots[0] if slots else None,
        moves_to=_moves_of(house, user, row) if is_ours and state in bookings.STANDING else (),
        changes=_change_lines(user, changes),
        may=bookings.WAYS[state] if is_ours else frozenset(),
        can_undo=is_ours and bool(changes) and bool(changes[0].state_before),
    )


def party_of(house: House, user: User, row: Booking) -> PartyFacts | None:
    """Return the day and telephone of a party, for whoever may answer; None where none is told."""
    return parties.read_facts(house, row) if roles.may(Role(user.role), Action.ANSWER) else None


def said_of(house: House, user: User, row: Booking) -> str:
    """Return what a contact wrote beside their rating, for whoever may answer."""
    return ratings.words_of(house, row) if roles.may(Role(user.role), Action.ANSWER) else ""


def currency_of(house: House, user: User) -> str:
    """Return the currency in which prices are."""
    return standards_cache(house).standards_of(user.workspace_id).policy.currency


def free_slots(
    user: User, activity_id: str, *, after: datetime, places: int = 1
) -> tuple[SlotLine, ...]:
    """Return the next slots of an activity, where a person works, that have so many places left."""
    rows = Slot.objects.filter(
        workspace_id=user.workspace_id,
        activity_id=activity_id,
        cancelled_at=None,
        starts_at__gt=after,
        system_id="",
    )
    rows = _where_they_work(user, rows).order_by("starts_at", "id")[: _MOST_FREE * 2]
    lines = _slot_lines(user.workspace_id, rows)
    return tuple(one for one in lines if one.free >= places)[:_MOST_FREE]


def _where_they_work(user: User, rows: "QuerySet[Slot]") -> "QuerySet[Slot]":
    return rows.filter(location_id__in=["", *user.locations]) if user.locations else rows


def _moves_of(house: House, user: User, row: Booking) -> tuple[SlotLine, ...]:
    found = free_slots(user, row.activity_id, after=house.clock.now(), places=row.places)
    return tuple(one for one in found if one.id != row.slot_id)


def _slot(user: User, slot_id: str) -> Slot:
    row = Slot.objects.filter(id=slot_id, workspace_id=user.workspace_id).first()
    if row is None:
        raise NotFound("slot", slot_id)
    return row


def _day(on: date, lines: Iterable[SlotLine], zone: ZoneInfo) -> Day:
    return Day(
        on=on,
        slots=tuple(one for one in lines if one.starts_at.astimezone(zone).date() == on),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _slot_lines(workspace_id: str, rows: Iterable[Slot]) -> tuple[SlotLine, ...]:
    rows = list(rows)
    activities = Activity.objects.in_bulk({one.activity_id for one in rows})
    places = dict(Location.objects.filter(workspace_id=workspace_id).values_list("id", "name"))
    taken = _counted(rows, [one.value for one in bookings.TAKING])
    waiting = _counted(rows, [State.WAITING.value])
    there = mirrored_calendar.counted(rows)
    return tuple(
        SlotLine(
            id=one.id,
            activity=activities[one.activity_id].name,
            kind=activities[one.activity_id].kind,
            location=places.get(one.location_id, ""),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            capacity=one.capacity,
            taken=max(
                taken.get(one.id, 0),
                one.taken_there,
                there.get((one.activity_id, one.starts_at), 0),
            ),
            waiting=waiting.get(one.id, 0),
            is_called_off=one.cancelled_at is not None,
            is_mirror=bool(one.system_id),
            page_url=one.page_url,
        )
        for one in rows
    )


def _gathered_lines(found: Iterable[Gathered]) -> tuple[SlotLine, ...]:
    found = tuple(found)
    activities = Activity.objects.in_bulk({one.activity_id for one in found})
    return tuple(
        SlotLine(
            id=one.booking_id,
            activity=activities[one.activity_id].name,
            kind=activities[one.activity_id].kind,
            location="",
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            capacity=one.taken,
            taken=one.taken,
            waiting=0,
            is_called_off=False,
            is_mirror=True,
            is_gathered=True,
        )
        for one in found
    )


def _counted(rows: Iterable[Slot], states: list[str]) -> Mapping[str, int]:
    found = Booking.objects.filter(slot_id__in=[one.id for one in rows], state__in=states)
    return dict(found.values_list("slot_id").annotate(Sum("places")))


def _booking_lines(house: House, user: User, rows: Iterable[Booking]) -> tuple[BookingLine, ...]:
    rows = list(rows)
    people = Contact.objects.in_bulk({one.contact_id for one in rows})
    activities = Activity.objects.in_bulk({one.activity_id for one in rows})
    return tuple(
        BookingLine(
            row=one,
            who=inbox.name_of(house, one.contact_id, bytes(people[one.contact_id].name_sealed)),
            activity=activities[one.activity_id].name,
        )
        for one in rows
        if one.workspace_id == user.workspace_id
    )


def _change_lines(user: User, rows: list[BookingChange]) -> tuple[ChangeLine, ...]:
    names = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    return tuple(ChangeLine(row=one, by=_by(one.actor, names)) for one in rows)


def _by(actor: str, names: Mapping[str, str]) -> str:
    kind, _, name = actor.partition(":")
    if kind == "system" and name:
        return "the system that keeps it"
    return {
        "user": names.get(name, "a colleague"),
        "contact": "the contact",
        "flow": f"the flow {name.replace('_', ' ')}",
    }.get(kind, "Baton")
