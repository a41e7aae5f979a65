"""A booking that another system keeps, moved or cancelled on our page, and there in the same tap.

Its system is asked while the page waits: what it does not do is not said to be done.
"""

from datetime import datetime

from baton.core import bookings
from baton.core.bookings import State
from baton.core.deeds import Deed
from baton.core.errors import Conflict
from baton.runtime.ports import Again, Park
from baton.services.systems import elsewhere, laid_deeds
from baton.services.workspace.one_tap import Errand
from baton.store.models import Booking
from baton.web.taps.booked import Booked, ways_from
from baton.web.taps.sheet import Button, Caller, Choice, Pick, Sheet, Way

_MAX_MOMENT = 40


def to_move(caller: Caller, booked: Booked) -> Sheet:
    """Return the times that its system has free, or why none can be shown."""
    found = elsewhere.list_times(caller.house, booked.row)
    ways = ways_from(caller, booked, Errand.CALENDAR, Errand.CANCEL)
    title = booked.say("move_title")
    if isinstance(found, Again | Park):
        return Sheet(title=title, rows=booked.rows, lines=(_words_for(booked, found),), ways=ways)
    if not found:
        return Sheet(title=title, rows=booked.rows, lines=(booked.say("move_none"),), ways=ways)
    return Sheet(
        title=title,
        rows=booked.rows,
        pick=Pick(name="slot", legend=booked.say("move_pick"), choices=_choices(booked, found)),
        buttons=(Button(name="do", value="move", label=booked.say("move_do"), is_main=True),),
        ways=ways,
    )


def move(caller: Caller, booked: Booked, chosen: str) -> None:
    """Move it there, and here as soon as that is done; raises Conflict."""
    _refuse_unless(booked, Deed.MOVE)
    to = _moment_of(chosen)
    if to is None:
        raise Conflict(booked.say("missed"))
    if to == booked.row.starts_at:
        return  # told again
    done = elsewhere.move(caller.house, booked.row, to, key=_key_of(booked, "move"))
    if isinstance(done, Again | Park):
        raise Conflict(_words_for(booked, done))
    laid_deeds.move(caller.house, booked.row, done, actor=caller.actor)


def to_book_again(caller: Caller, booked: Booked) -> Sheet:
    """Return the times at which its system has room for the same, or why none can be shown."""
    title = booked.say("again_title")
    found = elsewhere.list_times_again(caller.house, booked.row)
    if isinstance(found, Again | Park):
        return Sheet(title=title, lines=(_words_for(booked, found),), ways=_there(booked))
    if not found:
        return Sheet(title=title, lines=(booked.say("book_none"),), ways=_there(booked))
    return Sheet(
        title=title,
        rows=((booked.say("what"), booked.activity.name),),
        pick=Pick(name="slot", legend=booked.say("book_pick"), choices=_choices(booked, found)),
        buttons=(Button(name="do", value="book", label=booked.say("book_do"), is_main=True),),
    )


def book_again(caller: Caller, booked: Booked, chosen: str) -> Booking:
    """Book the same there once more, and note it here; raises Conflict."""
    to = _moment_of(chosen)
    if to is None or Deed.AGAIN not in booked.deeds:
        raise Conflict(booked.say("missed"))
    mine = Booking.objects.filter(
        system_id=booked.row.system_id, contact_id=booked.row.contact_id, starts_at=to
    )
    known = mine.filter(activity_id=booked.activity.id, state__in=bookings.STANDING).first()
    if known is not None:
        return known  # told again
    key = f"tap:again:{booked.row.id}"
    made = elsewhere.book_again(caller.house, booked.row, to, key=key)
    if isinstance(made, Again | Park):
        raise Conflict(_words_for(booked, made))
    return laid_deeds.book(caller.house, booked.row, made, to, actor=caller.actor)


def _there(booked: Booked) -> tuple[Way, ...]:
    """Return the way to its system's own page, if there is one."""
    url = booked.row.page_url
    return (Way(label=booked.say("again_to"), url=url),) if url else ()


def _choices(booked: Booked, times: tuple[datetime, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=at.isoformat(), label=booked.say("moment", at=at.isoformat())) for at in times
    )


def to_cancel(caller: Caller, booked: Booked) -> Sheet:
    """Return the one question; what lateness costs is its system's rule, and is not told here."""
    return Sheet(
        title=booked.say("cancel_title"),
        rows=booked.rows,
        buttons=(Button(name="do", value="cancel", label=booked.say("cancel_do"), is_main=True),),
        ways=ways_from(caller, booked, Errand.MOVE),
    )


def cancel(caller: Caller, booked: Booked) -> None:
    """Cancel it there, and here as soon as that is done; raises Conflict."""
    if booked.state is State.CANCELLED:
        return  # told again
    _refuse_unless(booked, Deed.CANCEL)
    problem = elsewhere.cancel(caller.house, booked.row, key=_key_of(booked, "cancel"))
    if problem is not None:
        raise Conflict(_words_for(booked, problem))
    laid_deeds.cancel(caller.house, booked.row, actor=caller.actor)


def _refuse_unless(booked: Booked, deed: Deed) -> None:
    if booked.state not in bookings.STANDING or not booked.is_ahead:
        raise Conflict(booked.standing)
    if deed not in booked.deeds or booked.is_of_people:
        raise Conflict(booked.say("by_people"))


def _words_for(booked: Booked, why: Again | Park) -> str:
    if isinstance(why, Again):
        return booked.say("away")
    return booked.say("full" if why.reason == elsewhere.TAKEN else "by_people")


def _key_of(booked: Booked, deed: str) -> str:
    """Return one name for a deed with a booking as it stands: tapped twice, it is one."""
    return f"tap:{deed}:{booked.row.id}:{booked.row.starts_at.isoformat()}"


def _moment_of(chosen: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(chosen[:_MAX_MOMENT])
    except ValueError:
        return None
    return found if found.tzinfo else None
