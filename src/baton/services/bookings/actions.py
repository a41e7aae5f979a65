"""What flows may have done to bookings of ours: confirmed, cancelled, restored, taken, let go.

A flow acts for its own contact: a booking of somebody else is one that there is not. Each
settles with its run before anything else is told of the booking, so that a flow which cancels
says so before its goal ends it.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from baton.core.bookings import Reason
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.services.bookings import counter, parties, places, wishes
from baton.services.bookings.counter import Counter
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.store.models import Booking
from baton.store.queries import people

Deed: TypeAlias = Callable[[Counter, Booking], None]


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on bookings, by the names under which flows call them."""
    return {
        "confirm_booking": _on_booking(house, "booking", places.confirm_at),
        "cancel_booking": _on_booking(house, "booking", places.cancel_at),
        "restore_booking": _on_booking(house, "booking", places.restore_at),
        "book_slot": _on_booking(house, "hold", places.take_at),
        "release_slot": _on_booking(house, "hold", _release),
        "check_party_slot": _checking_party(house),
        **wishes.offered_by(house),
    }


def _on_booking(house: House, name: str, deed: Deed) -> ActionPort:
    """Return an action on the booking whose reference a flow gives under a name."""

    def do(desk: Counter, booking: Booking) -> Performed:
        deed(desk, booking)
        return Performed(result={})

    return lambda call: _performed(house, call, name, do)


def _checking_party(house: House) -> ActionPort:
    """Return the action that gives a party its day and takes its three facts (AP28)."""

    def perform(call: Call, /) -> Ended:
        def do(desk: Counter, booking: Booking) -> Performed:
            parties.place(desk, booking, call.given)
            return Performed(result=parties.deposit_of(house, booking))

        return _performed(house, call, "booking", do)

    return perform


def _performed(
    house: House, call: Call, name: str, do: Callable[[Counter, Booking], Performed]
) -> Ended:
    try:
        booking_id = find(call, str(call.given.get(name, "")))
        with counter.at_booking(house, call.workspace_id, booking_id, actor=call.by) as at_hand:
            done = do(*at_hand)
            call.settle(done)
    except (Conflict, InvalidInput, NotFound) as refusal:
        return Failed(problem=str(refusal))
    return done


def find(call: Call, reference: str) -> str:
    """Return the id of the contact's own booking of a reference; raises NotFound."""
    whole = people.whole_of(call.contact_id)
    known = Booking.objects.filter(workspace_id=call.workspace_id, contact_id=whole)
    found = known.filter(reference=reference).order_by("-id").first()
    if found is None:
        raise NotFound("booking", reference[:40])
    return found.id


def _release(desk: Counter, booking: Booking) -> None:
    places.release_at(desk, booking, Reason.PASSED)
