"""What flows have done to bookings that another system keeps: cancelled there (AP8, DI8).

The row changes when that system says so. How a booking stands is asked before each try: what
a try did whose answer was lost is seen, and never done twice. That somebody said they will come
is kept here: no such system takes it down, and its next word of the booking does not undo it.
"""

from collections.abc import Mapping

from baton.connectors import ActPort, Place, UnreadableError
from baton.core.bookings import OVER, State
from baton.core.errors import Conflict, NotFound
from baton.runtime.ports import Again, Park
from baton.services.bookings import actions
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.services.systems import asking, kinds, laid_bookings, systems
from baton.store.models import Booking, ConnectedSystem

CANCEL, CONFIRM = "cancel_booking", "confirm_booking"
_KEPT_ELSEWHERE = "this booking is kept by another system, in which nothing may be done from here"


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on bookings, ours and others', by the names under which flows call."""
    ours = actions.offered_by(house)

    def cancel(call: Call, /) -> Ended:
        booking = _find_mirror(call)
        return _cancelled(house, call, booking) if booking else ours[CANCEL](call)

    def confirm(call: Call, /) -> Ended:
        booking = _find_mirror(call)
        return _confirmed(house, call, booking) if booking else ours[CONFIRM](call)

    return {**ours, CANCEL: cancel, CONFIRM: confirm}


def _find_mirror(call: Call) -> Booking | None:
    """Return the contact's own booking that a call is about, if another system keeps it."""
    try:
        booking_id = actions.find(call, str(call.given.get("booking", "")))
    except NotFound:
        return None  # ours says so
    return Booking.objects.filter(id=booking_id).exclude(system_id="").first()


def _confirmed(house: House, call: Call, booking: Booking) -> Ended:
    try:
        laid_bookings.confirm(house, booking, actor=call.by)
    except Conflict as refusal:
        return Failed(problem=str(refusal))
    return Performed(result={})


def _cancelled(house: House, call: Call, booking: Booking) -> Ended:
    if State(booking.state) in OVER:
        return Performed(result={})
    system = ConnectedSystem.objects.filter(id=booking.system_id, is_connected=True).first()
    acts = kinds.acts_of(systems.settings_of(house, system)) if system else None
    if acts is None:
        return Failed(problem=_KEPT_ELSEWHERE)
    place = Place(reference=booking.reference, page_url=booking.page_url)
    return _cancelled_there(acts, place, key=call.key)


def _cancelled_there(acts: ActPort, place: Place, *, key: str) -> Ended:
    seen = asking.answers_to({"booking": acts.look(place)})
    if isinstance(seen, Again | Park):
        return _ended(seen)
    if seen["booking"] is None:
        return Failed(problem="its system knows no such booking any more")
    try:
        stands = acts.stands(seen["booking"])
    except UnreadableError as error:
        return Failed(problem=str(error))
    if stands.is_over:
        return Performed(result={})
    done = asking.answers_to({"cancelled": acts.cancel(place, stands, key=key)})
    if isinstance(done, Again | Park):
        return _ended(done)
    return Performed(result={})


def _ended(why: Again | Park) -> Ended:
    """Return what may follow; it is tried again, since each try looks first."""
    return why if isinstance(why, Again) else Failed(problem=why.reason)
