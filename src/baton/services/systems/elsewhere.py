"""A booking that another system keeps, looked at and changed there (AP8, AP10, DI9).

Nothing here runs inside a transaction: whoever asks waits for that system. How the booking
stands is asked before each deed, so one that was done by a try whose answer was lost is not
done again. What cannot be done says why: `Again` may succeed later, `Park` needs somebody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from baton.connectors import UnreadableError
from baton.core.deeds import (
    ActPort,
    AgainPort,
    Asking,
    ConfirmPort,
    Deed,
    EnterPort,
    Made,
    MovePort,
    Place,
    Stands,
)
from baton.core.json import Json
from baton.runtime.ports import Again, Park
from baton.services import inbox
from baton.services.house import House
from baton.services.systems import asking, kinds, systems
from baton.store.models import Booking, ConnectedSystem

MOST_TIMES = 12
"""So many free times are offered at once."""

_AHEAD = timedelta(days=30)  # what Square answers for at most
_FROM_NOW = timedelta(hours=1)
_PATIENCE = 6.0  # seconds: somebody may be waiting for a page
_LOOK_AGAIN_AFTER = timedelta(minutes=1)
_MOST_KEPT = 1_000
_GONE = "its system knows no such booking any more"
_OVER = "the booking does not stand any more in its system"
_NOT_FROM_HERE = "this booking is kept by another system, in which that cannot be done from here"
TAKEN = "that time is not free any more"

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A booking stands at another time; its API calls it by `handle` now, "" as before."""

    to: datetime
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A booking as its system told of it a moment ago."""

    acts: ActPort
    place: Place
    said: Json
    stands: Stands


def may(house: House, booking: Booking) -> frozenset[Deed]:
    """Return what may be done with a booking in its system from here; nobody is asked."""
    acts = _acts_of(house, booking)
    return acts.may(_place_of(booking)) if acts else frozenset()


def cancel(house: House, booking: Booking, *, key: str) -> Again | Park | None:
    """Have a booking cancelled there; one that is over stays as it is."""
    seen = _look(house, booking, Deed.CANCEL)
    if not isinstance(seen, _Seen):
        return seen
    if seen.stands.is_over:
        return None
    if seen.stands.problem:
        return Park(reason=seen.stands.problem)
    done = _ask(lambda: seen.acts.cancel(seen.place, seen.said, key=key))
    return done if isinstance(done, Again | Park) else None


def confirm(house: House, booking: Booking, *, key: str) -> Again | Park | None:
    """Have it taken down there that somebody will come; what is over stays as it is."""
    seen = _look(house, booking, Deed.CONFIRM)
    if not isinstance(seen, _Seen):
        return seen
    acts = seen.acts
    if seen.stands.is_over or seen.stands.is_confirmed or not isinstance(acts, ConfirmPort):
        return None
    if seen.stands.problem:
        return Park(reason=seen.stands.problem)
    done = _ask(lambda: acts.confirm(seen.place, seen.said, key=key))
    return done if isinstance(done, Again | Park) else None


def list_times(house: House, booking: Booking) -> tuple[datetime, ...] | Again | Park:
    """Return the next times to which a booking may be moved there, the first one first.

    Whoever looks again within a minute sees what was found then: a page that is looked at
    often asks its system no more often. Before it is moved, it is asked anew.
    """
    kept, now = _looks_of(house), house.clock.now()
    known = kept.get(booking.id)
    if known is not None and now < known.until and known.starts_at == booking.starts_at:
        return known.times
    seen = _movable(house, booking)
    found = seen if isinstance(seen, Again | Park) else _times(house, *seen)
    if not isinstance(found, Again | Park):
        until = now + _LOOK_AGAIN_AFTER
        looked = _Looked(times=found, starts_at=booking.starts_at, until=until)
        _keep(house, booking.id, looked)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """Free times of a booking that stands at a moment, good `until` another one."""

    times: tuple[datetime, ...]
    starts_at: datetime
    until: datetime


@lru_cache(maxsize=8)
def _looks_of(house: House) -> dict[str, _Looked]:  # noqa: ARG001 - one for each house
    """Return what was found of late, by booking."""
    return {}


def move(house: House, booking: Booking, to: datetime, *, key: str) -> Moved | Again | Park:
    """Have a booking moved there to one of its free times."""
    found = _movable(house, booking)
    if isinstance(found, Again | Park):
        return found
    seen, acts = found
    if seen.stands.starts_at == to:
        return Moved(to=to)  # by a try whose answer was lost, or by somebody there
    times = _times(house, seen, acts)
    if isinstance(times, Again | Park):
        return times
    if to not in times:
        _looks_of(house).pop(booking.id, None)
        return Park(reason=TAKEN)
    done = _ask(lambda: acts.move(seen.place, seen.said, to, key=f"{key}:{to.isoformat()}"))
    if isinstance(done, Again | Park):
        return done
    _looks_of(house).pop(booking.id, None)
    return _read(lambda: Moved(to=to, handle=acts.moved(seen.place, done)))


def list_times_again(house: House, booking: Booking) -> tuple[datetime, ...] | Again | Park:
    """Return the next times at which what somebody had there may be booked once more."""
    key, now = f"again:{booking.id}", house.clock.now()
    known = _looks_of(house).get(key)
    if known is not None and now < known.until:
        return known.times
    found = _again(house, booking)
    if isinstance(found, Again | Park):
        return found
    times = found[2]
    _keep(house, key, _Looked(times=times, starts_at=now, until=now + _LOOK_AGAIN_AFTER))
    return times


def book_again(house: House, booking: Booking, to: datetime, *, key: str) -> Made | Again | Park:
    """Have what somebody had there booked once more, at one of its free times.

    A try whose answer was lost finds its time taken, and says so: it is never booked twice.
    """
    _looks_of(house).pop(f"again:{booking.id}", None)
    found = _again(house, booking)
    if isinstance(found, Again | Park):
        return found
    seen, told, times = found
    acts = seen.acts
    if to not in times or not isinstance(acts, AgainPort):
        return Park(reason=TAKEN)
    at = f"{key}:{to.isoformat()}"
    done = _ask(lambda: acts.book(seen.place, seen.said, told, to, key=at))
    return done if isinstance(done, Again | Park) else _read(lambda: acts.booked(seen.place, done))


def _again(
    house: House, booking: Booking
) -> tuple[_Seen, Json, tuple[datetime, ...]] | Again | Park:
    """Return an earlier booking as it stands, what is told of free times, and the first of them."""
    seen = _look(house, booking, Deed.AGAIN)
    if not isinstance(seen, _Seen):
        return seen
    acts = seen.acts
    if not isinstance(acts, AgainPort):
        return Park(reason=_NOT_FROM_HERE)
    since = house.clock.now() + _FROM_NOW
    told = _ask(lambda: acts.seek_again(seen.place, seen.said, since, since + _AHEAD))
    if isinstance(told, Again | Park):
        return told
    found = _read(lambda: acts.free_again(seen.place, seen.said, told))
    if isinstance(found, Park):
        return found
    return seen, told, tuple(sorted({one for one in found if one >= since})[:MOST_TIMES])


def _keep(house: House, key: str, looked: _Looked) -> None:
    kept = _looks_of(house)
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = looked


def _movable(house: House, booking: Booking) -> tuple[_Seen, MovePort] | Again | Park:
    seen = _look(house, booking, Deed.MOVE)
    if not isinstance(seen, _Seen):
        return seen
    problem = _OVER if seen.stands.is_over else seen.stands.problem
    if problem or not isinstance(seen.acts, MovePort):
        return Park(reason=problem or _NOT_FROM_HERE)
    return seen, seen.acts


def _times(house: House, seen: _Seen, acts: MovePort) -> tuple[datetime, ...] | Again | Park:
    since = house.clock.now() + _FROM_NOW
    told = _ask(lambda: acts.seek(seen.place, seen.said, since, since + _AHEAD))
    if isinstance(told, Again | Park):
        return told
    found = _read(lambda: acts.free(seen.place, seen.said, told))
    if isinstance(found, Park):
        return found
    at = seen.stands.starts_at or seen.place.starts_at
    ahead = {moment for moment in found if moment >= since and moment != at}
    return tuple(sorted(ahead)[:MOST_TIMES])


def _look(house: House, booking: Booking, deed: Deed) -> _Seen | Again | Park:
    """Return how a booking stands in its system, asked just now."""
    acts, place = _acts_of(house, booking), _place_of(booking)
    if acts is None or deed not in acts.may(place):
        return Park(reason=_NOT_FROM_HERE)
    entered = _entered(acts)
    if isinstance(entered, Again | Park):
        return entered
    said = _ask(lambda: entered.look(place))
    if isinstance(said, Again | Park):
        return said
    stands = _read(lambda: entered.stands(place, said))
    if isinstance(stands, Park):
        return stands
    return _Seen(acts=entered, place=place, said=said, stands=stands)


def _entered(acts: ActPort) -> ActPort | Again | Park:
    """Return what acts, signed in where its system wants that."""
    if not isinstance(acts, EnterPort):
        return acts
    told = _ask(acts.enter)
    return told if isinstance(told, Again | Park) else _read(lambda: acts.entered(told))


def _ask(made: Callable[[], Asking]) -> "Json | Again | Park":
    """Return what a system answers; of what it does not know there is nothing to do."""
    question = _read(made)
    if isinstance(question, Park):
        return question
    told = asking.answers_to({"it": question}, patience=_PATIENCE)
    if isinstance(told, Again | Park):
        return told
    return Park(reason=_GONE) if told["it"] is None else told["it"]


def _read(made: Callable[[], Read]) -> Read | Park:
    """Return what is made of an answer, or why it cannot be read."""
    try:
        return made()
    except UnreadableError as error:
        return Park(reason=str(error))


def _acts_of(house: House, booking: Booking) -> ActPort | None:
    system = ConnectedSystem.objects.filter(id=booking.system_id, is_connected=True).first()
    return kinds.acts_of(systems.settings_of(house, system)) if system else None


def _place_of(booking: Booking) -> Place:
    return Place(
        reference=booking.reference,
        handle=booking.handle,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        zone=inbox.zone_of(booking.workspace_id),
    )
