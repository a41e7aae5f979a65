"""What the staff do about a booking that another system keeps: there, and here once it is done."""

from datetime import datetime

from baton.core.deeds import Deed
from baton.core.errors import Conflict, InvalidInput
from baton.runtime.ports import Again, Park
from baton.services.house import House
from baton.services.systems import elsewhere, laid_deeds
from baton.store.models import Booking

_THERE = "This booking is kept by another system: change it there."


def may(house: House, booking: Booking) -> frozenset[str]:
    """Return what may be done with a booking: confirmed here, and what its system can do."""
    there = elsewhere.may(house, booking) - {Deed.AGAIN}  # that is for the contact's own page
    return frozenset({Deed.CONFIRM.value, *(one.value for one in there)})


def list_times(house: House, booking: Booking) -> tuple[datetime, ...]:
    """Return the free times that its system tells of; raises Conflict when it tells none."""
    found = elsewhere.list_times(house, booking)
    if isinstance(found, Again | Park):
        raise Conflict(_told(found))
    return found


def change(house: House, booking: Booking, deed: str, *, moment: str, actor: str) -> Booking:
    """Do one thing with a booking; raises Conflict, or InvalidInput for what there is not."""
    if deed not in set(Deed):
        raise Conflict(_THERE)
    if Deed(deed) is not Deed.CONFIRM and Deed(deed) not in elsewhere.may(house, booking):
        raise Conflict(_THERE)
    key = f"desk:{deed}:{booking.id}:{booking.starts_at.isoformat()}"
    match Deed(deed):
        case Deed.CONFIRM:
            laid_deeds.confirm(house, booking, actor=actor)
        case Deed.CANCEL:
            _refuse(elsewhere.cancel(house, booking, key=key))
            laid_deeds.cancel(house, booking, actor=actor)
        case Deed.MOVE:
            _move(house, booking, moment, key=key, actor=actor)
        case Deed.AGAIN:
            raise Conflict(_THERE)
    booking.refresh_from_db()
    return booking


def _move(house: House, booking: Booking, moment: str, *, key: str, actor: str) -> None:
    try:
        to = datetime.fromisoformat(moment)
    except ValueError:
        raise InvalidInput({"slot": "choose one of the times"}) from None
    done = elsewhere.move(house, booking, to, key=key)
    if isinstance(done, Again | Park):
        raise Conflict(_told(done))
    laid_deeds.move(house, booking, done, actor=actor)


def _refuse(why: Again | Park | None) -> None:
    if why is not None:
        raise Conflict(_told(why))


def _told(why: Again | Park) -> str:
    """Return why nothing was done, as staff read it."""
    later = " Try again in a few minutes." if isinstance(why, Again) else ""
    return f"Nothing was changed: {why.reason}.{later}"
