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
from baton.web.taps.booked import Booked, ways_from
from baton.web.taps.sheet import Button, Caller, Choice, Pick, Sheet

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
    times = tuple(
        Choice(value=at.isoformat(), label=booked.say("moment", at=at.isoformat())) for at in found
    )
    return Sheet(
        title=title,
        rows=booked.rows,
        pick=Pick(name="slot", legend=booked.say("move_pick"), choices=times),
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
