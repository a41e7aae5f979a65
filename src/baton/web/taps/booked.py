"""What the pages of a booking have in common: its rows, its rule, and where else one may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baton.core import bookings
from baton.core.bookings import State
from baton.core.deeds import Deed
from baton.core.errors import Conflict
from baton.core.json import Json
from baton.flows.render import Manner
from baton.services.bookings import places
from baton.services.systems import elsewhere
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand, Tap
from baton.store.models import Activity, Booking, Location, Slot
from baton.web.taps.sheet import Caller, Way
from baton.web.taps.words import say

_LABELS: Mapping[Errand, str] = {
    Errand.MOVE: "move_to",
    Errand.CANCEL: "cancel_to",
    Errand.CALENDAR: "calendar_to",
    Errand.AGAIN: "again_to",
    Errand.DEPOSIT: "deposit_pay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A booking as its contact sees it; its times are told by the clocks of its place."""

    row: Booking
    activity: Activity
    place: Location | None
    manner: Manner
    now: datetime
    deeds: frozenset[Deed] = frozenset()
    """What may be done with it from here in the system that keeps it, if another one does."""

    @property
    def state(self) -> State:
        """How it stands."""
        return State(self.row.state)

    @property
    def is_ahead(self) -> bool:
        """Whether somebody is expected, and it has not begun."""
        return self.state in bookings.STANDING and self.row.starts_at > self.now

    @property
    def words(self) -> tuple[str, ...]:
        """Return who changes what another system keeps, where that has no page for it."""
        is_theirs = self.is_ahead and self.row.system_id and not self.row.page_url
        is_by_people = is_theirs and not self.deeds - {Deed.CONFIRM, Deed.AGAIN}
        return (self.say("by_people"),) if is_by_people else ()

    @property
    def is_of_people(self) -> bool:
        """Whether a change of it needs somebody of the staff (AP10, AP29)."""
        is_paid = self.row.deposit_minor > 0 and self.row.deposit_paid_at is not None
        return self.activity.needs_staff_confirmation or is_paid

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return what, when and where."""
        where = ", ".join(filter(None, (self.place.name, self.place.address))) if self.place else ""
        return (
            (self.say("what"), self.activity.name),
            (self.say("when"), self.say("moment", at=self.row.starts_at.isoformat())),
            *(((self.say("where"), where),) if where else ()),
        )

    @property
    def free_until(self) -> datetime:
        """Until when they may cancel freely (AP11)."""
        return self.row.starts_at - timedelta(minutes=self.activity.cancel_minutes)

    @property
    def standing(self) -> str:
        """Return how it stands, in words."""
        is_over = self.state in bookings.STANDING and not self.is_ahead
        return self.say("over" if is_over else f"state_{self.state}")

    def say(self, name: str, **facts: Json) -> str:
        """Return a text by its name."""
        return say(self.manner, name, **facts)


def contact_of(tap: Tap) -> str | None:
    """Return whose booking a link is about, None where it is gone."""
    found = Booking.objects.filter(workspace_id=tap.workspace_id, id=tap.subject).first()
    return found.contact_id if found else None


def booked_of(caller: Caller) -> Booked:
    """Return the booking that a link is about, as it stands."""
    row = Booking.objects.get(workspace_id=caller.tap.workspace_id, id=caller.tap.subject)
    return booked_as(caller, row)


def booked_as(caller: Caller, row: Booking) -> Booked:
    """Return a booking as its contact sees it."""
    slot = Slot.objects.filter(id=row.slot_id).first()
    all_places = Location.objects.filter(workspace_id=row.workspace_id)
    place = all_places.filter(id=slot.location_id).first() if slot and slot.location_id else None
    place = place or all_places.order_by("id").first()
    manner = caller.front.manner
    if place:
        manner = replace(manner, zone=ZoneInfo(place.timezone))
    return Booked(
        row=row,
        activity=Activity.objects.get(id=row.activity_id),
        place=place,
        manner=manner,
        now=caller.house.clock.now(),
        deeds=elsewhere.may(caller.house, row) if row.system_id else frozenset(),
    )


def way(caller: Caller, row: Booking, errand: Errand, label: str) -> Way:
    """Return a way to another page of the same booking."""
    return Way(label=label, url=one_tap.link(caller.house, errand, row.workspace_id, row.id))


def ways_from(caller: Caller, booked: Booked, *errands: Errand) -> tuple[Way, ...]:
    """Return where else a booking's contact may go.

    What another system keeps and cannot be changed from here leads to its own page, if there
    is one.
    """
    ours = tuple(one for one in errands if not booked.row.system_id or one in _open(booked))
    ways = tuple(way(caller, booked.row, one, booked.say(_LABELS[one])) for one in ours)
    if ours == errands or not booked.row.page_url:
        return ways
    return (Way(label=booked.say("move_to"), url=booked.row.page_url), *ways)


def _open(booked: Booked) -> frozenset[Errand]:
    """Return the errands that our pages run with a booking of another system."""
    told = {Errand.MOVE: Deed.MOVE, Errand.CANCEL: Deed.CANCEL}
    may = {errand for errand, deed in told.items() if deed in booked.deeds}
    again = {Errand.AGAIN} if Deed.AGAIN in booked.deeds else set()
    return frozenset({Errand.CALENDAR, *again, *(may if booked.is_ahead else ())})


def refused(booked: Booked, refusal: Conflict) -> Conflict:
    """Return a refusal of the services in the contact's words."""
    known = {places.FULL: "full", places.BY_PEOPLE: "by_people"}
    return Conflict(booked.say(known.get(refusal.message, "missed")))
