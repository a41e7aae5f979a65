"""The pages on which a contact chooses a time: to move a booking, to book, to book again."""

from django.http import QueryDict

from baton.core import bookings
from baton.core.bookings import State
from baton.core.deeds import Deed
from baton.core.errors import Conflict, NotFound
from baton.flows.render import Manner
from baton.services.billing import deposits
from baton.services.bookings import openings, places
from baton.services.bookings.openings import Bounds, Opening
from baton.services.bookings.places import Wish
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand, Tap
from baton.store.models import Booking, Contact
from baton.web.taps import elsewhere
from baton.web.taps.booked import Booked, booked_as, booked_of, contact_of, refused, ways_from
from baton.web.taps.sheet import Button, Caller, Choice, Pick, Sheet, Way
from baton.web.taps.words import say


class MovePage:
    """Another time for a booking."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it is."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return the free times of the same activity, or how it stands."""
        booked = booked_of(caller)
        is_open = not booked.row.system_id or Deed.MOVE in booked.deeds
        if not booked.is_ahead or not is_open:
            ways = ways_from(caller, booked, Errand.AGAIN)
            return Sheet(
                title=booked.activity.name,
                good=booked.standing,
                rows=booked.rows,
                lines=booked.words,
                ways=ways,
            )
        if booked.is_of_people:
            lines = (booked.say("by_people"),)
            return Sheet(title=booked.activity.name, rows=booked.rows, lines=lines)
        if booked.row.system_id:
            return elsewhere.to_move(caller, booked)
        found = openings.list_openings(
            booked.row.workspace_id,
            booked.now,
            bounds=Bounds(activity_ids=(booked.activity.id,)),
            contact_id=booked.row.contact_id,
            places=booked.row.places,
        )
        if not found:
            return Sheet(
                title=booked.say("move_title"),
                rows=booked.rows,
                lines=(booked.say("move_none"),),
                ways=ways_from(caller, booked, Errand.CANCEL),
            )
        return Sheet(
            title=booked.say("move_title"),
            rows=booked.rows,
            pick=_pick(booked.manner, "move_pick", found, is_named=False),
            buttons=(_button(booked.say("move_do")),),
            ways=ways_from(caller, booked, Errand.CALENDAR, Errand.CANCEL),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Move it; the old place is free in the same moment."""
        booked = booked_of(caller)
        slot_id = posted.get("slot", "")[:32]
        row = booked.row
        if row.system_id:
            elsewhere.move(caller, booked, posted.get("slot", ""))
            return _stands(caller, row)
        if slot_id == row.slot_id:
            return _stands(caller, row)  # told again
        if not booked.is_ahead:
            raise Conflict(booked.standing)
        try:
            places.move(caller.house, row.workspace_id, row.id, slot_id, actor=caller.actor)
        except Conflict as refusal:
            raise refused(booked, refusal) from refusal
        except NotFound as missing:
            raise Conflict(booked.say("missed")) from missing
        return _stands(caller, row)


class BookPage:
    """Any free time, for a contact."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return the contact that the link is for."""
        found = Contact.objects.filter(workspace_id=tap.workspace_id, id=tap.subject)
        return found.values_list("id", flat=True).first()

    def show(self, caller: Caller) -> Sheet:
        """Return what is free; what they have booked already leads on."""
        return _to_book(caller, title="book_title")

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Book the time that was chosen."""
        return _book(caller, posted)


class AgainPage:
    """A free time of what they had booked before."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it was."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return what is free of the same activity, in the system that keeps it."""
        booked = booked_of(caller)
        if booked.row.system_id:
            return _again_there(caller, booked)
        return _to_book(caller, title="again_title", activity_id=booked.activity.id)

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Book the time that was chosen."""
        booked = booked_of(caller)
        if booked.row.system_id:
            row = elsewhere.book_again(caller, booked, posted.get("slot", ""))
            return _stands(caller, row)
        return _book(caller, posted)


def _again_there(caller: Caller, booked: Booked) -> Sheet:
    """Return the free times of another system, or the way to its page where it books alone."""
    if Deed.AGAIN in booked.deeds:
        return elsewhere.to_book_again(caller, booked)
    ways = ways_from(caller, booked, Errand.AGAIN)
    return Sheet(title=booked.say("again_title"), rows=booked.rows, ways=ways)


def _to_book(caller: Caller, *, title: str, activity_id: str = "") -> Sheet:
    front, now = caller.front, caller.house.clock.now()
    found = openings.list_openings(
        front.workspace_id,
        now,
        bounds=Bounds(activity_ids=(activity_id,) if activity_id else ()),
        contact_id=front.contact_id,
    )
    ways = _own_ways(caller)
    if not found:
        lines = (say(front.manner, "book_none"),)
        return Sheet(title=say(front.manner, title), lines=lines, ways=ways)
    return Sheet(
        title=say(front.manner, title),
        pick=_pick(front.manner, "book_pick", found, is_named=not activity_id),
        buttons=(_button(say(front.manner, "book_do")),),
        ways=ways,
    )


def _book(caller: Caller, posted: QueryDict) -> str:
    """Book a slot; one that they have a place of already is shown as it stands."""
    front = caller.front
    slot_id = posted.get("slot", "")[:32]
    mine = Booking.objects.filter(slot_id=slot_id, contact_id=front.contact_id)
    known = mine.filter(state__in=[*bookings.TAKING, State.WAITING]).first()
    wish = Wish(contact_id=front.contact_id, slot_id=slot_id)
    try:
        row = known or places.book(caller.house, front.workspace_id, wish, actor=caller.actor)
    except Conflict as refusal:
        name = "full" if refusal.message == places.FULL else "missed"
        raise Conflict(say(front.manner, name)) from refusal
    except NotFound as missing:
        raise Conflict(say(front.manner, "missed")) from missing
    return _stands(caller, row)


def _stands(caller: Caller, row: Booking) -> str:
    """Return the address of the page that shows a booking as it stands now."""
    errand = Errand.DEPOSIT if deposits.is_owed(row) else Errand.CONFIRM
    url = one_tap.link(caller.house, errand, row.workspace_id, row.id)
    return url.removeprefix(caller.house.base_url)


def _own_ways(caller: Caller) -> tuple[Way, ...]:
    """Return a way to their next booking, if they have one."""
    mine = Booking.objects.filter(
        workspace_id=caller.front.workspace_id,
        contact_id=caller.front.contact_id,
        state__in=bookings.STANDING,
        starts_at__gt=caller.house.clock.now(),
    )
    row = mine.order_by("starts_at").first()
    if row is None:
        return ()
    booked: Booked = booked_as(caller, row)
    when = booked.say("moment", at=row.starts_at.isoformat())
    label = f"{booked.say('booked_mine')}: {booked.activity.name}, {when}"
    url = one_tap.link(caller.house, Errand.CONFIRM, row.workspace_id, row.id)
    return (Way(label=label, url=url),)


def _pick(manner: Manner, legend: str, found: tuple[Opening, ...], *, is_named: bool) -> Pick:
    return Pick(
        name="slot",
        legend=say(manner, legend),
        choices=tuple(
            Choice(
                value=one.slot_id,
                label=_label(manner, one, is_named=is_named),
                about=say(manner, "slot_about", places=one.free, price=one.price_minor),
            )
            for one in found
        ),
    )


def _label(manner: Manner, one: Opening, *, is_named: bool) -> str:
    when = say(manner, "moment", at=one.starts_at.isoformat())
    return f"{one.activity}: {when}" if is_named else when


def _button(label: str) -> Button:
    return Button(name="do", value="choose", label=label, is_main=True)
