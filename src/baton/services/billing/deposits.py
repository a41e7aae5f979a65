"""The deposit of a booking as an invoice, asked for by the contact's own tap."""

from baton.core.billing import Cause
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft
from baton.services.house import House
from baton.store.models import Booking


def is_owed(booking: Booking) -> bool:
    """Return whether a booking's deposit is still to be paid."""
    return bool(booking.deposit_minor) and booking.deposit_paid_at is None


def ask(house: House, booking: Booking, *, memo: str, made_by: str) -> str:
    """Return the id of the invoice of a booking's deposit, written now if there is none.

    No flow sends it: whoever asked for it is on its page. It is due when the hold ends.
    """
    draft = Draft(
        contact_id=booking.contact_id,
        amount_minor=booking.deposit_minor,
        due_at=booking.held_until or booking.starts_at,
        memo=memo,
        cause=Cause.BOOKING,
        cause_id=booking.id,
        is_sent=False,
    )
    with invoices.written(house, booking.workspace_id) as ledger:
        return invoices.issue(ledger, booking.workspace_id, draft, made_by=made_by)
