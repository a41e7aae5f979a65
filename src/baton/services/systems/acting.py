"""What flows have done to bookings: ours here, and those of another system there (AP8, DI8).

How a booking stands is asked before each try: what a try did whose answer was lost is seen, and
never done twice. The run hears how its call ended before it hears what that made happen.
"""

from collections.abc import Mapping

from baton.core.bookings import OVER, State
from baton.core.errors import Conflict, NotFound
from baton.runtime.ports import Again
from baton.services.bookings import actions
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.services.systems import elsewhere, laid_deeds
from baton.store.models import Booking

CANCEL, CONFIRM = "cancel_booking", "confirm_booking"


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
    done = Performed(result={})
    try:
        laid_deeds.confirm(house, booking, actor=call.by, settle=lambda: call.settle(done))
    except Conflict as refusal:
        return Failed(problem=str(refusal))
    return done


def _cancelled(house: House, call: Call, booking: Booking) -> Ended:
    done = Performed(result={})
    if State(booking.state) in OVER:
        return done
    refusal = elsewhere.cancel(house, booking, key=call.key)
    if refusal is not None:
        # It is tried again, since each try looks first.
        return refusal if isinstance(refusal, Again) else Failed(problem=refusal.reason)
    laid_deeds.cancel(house, booking, actor=call.by, settle=lambda: call.settle(done))
    return done
