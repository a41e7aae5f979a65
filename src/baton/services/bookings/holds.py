"""A held place that nobody took in time goes to the next in line (AP13)."""

from baton.core.bookings import Reason, State
from baton.services.bookings import counter
from baton.services.bookings.counter import Change
from baton.services.facts import HoldEnded
from baton.services.ledger import Ledger
from baton.store.models import Booking


def end(ledger: Ledger, workspace_id: str, fact: HoldEnded) -> None:
    """Release a hold that has ended; it runs in the activity's lane, which is held."""
    booking = Booking.objects.filter(id=fact.booking_id, workspace_id=workspace_id).first()
    if booking is None or booking.state != State.HELD or booking.held_until != fact.until:
        return  # taken, let go or held anew since
    at_hand = counter.open_at(ledger, workspace_id, booking.activity_id, actor="system")
    owes = booking.deposit_minor and not booking.deposit_paid_at
    reason = Reason.NO_DEPOSIT if owes else Reason.NO_ANSWER
    counter.change(at_hand, booking, Change(state=State.RELEASED, reason=reason))
    counter.close(at_hand)
