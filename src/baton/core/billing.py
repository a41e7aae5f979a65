"""What somebody owes, and how it comes to an end: paid, or no longer asked for.

The table below is the whole machine. No money moves here: an invoice says what is owed, a
payment what was reported. Giving money back is an approval (`core.approvals`), never a move.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.core.errors import Conflict

MAX_AMOUNT_MINOR = 100_000_000
"""A million in most currencies: more is a slip of the finger."""

MAX_MEMO = 200


class InvoiceState(StrEnum):
    """How an invoice stands; that it is overdue is told by the clock."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"  # no longer asked for


class InvoiceMove(StrEnum):
    """What moves it on."""

    PAY = "pay"
    VOID = "void"
    REOPEN = "reopen"  # whoever noted it takes that back


MOVES: dict[tuple[InvoiceState, InvoiceMove], InvoiceState] = {
    (InvoiceState.OPEN, InvoiceMove.PAY): InvoiceState.PAID,
    (InvoiceState.OPEN, InvoiceMove.VOID): InvoiceState.VOID,
    (InvoiceState.PAID, InvoiceMove.REOPEN): InvoiceState.OPEN,
    (InvoiceState.VOID, InvoiceMove.REOPEN): InvoiceState.OPEN,
    # Money that came for an invoice that nobody asked for any more did come.
    (InvoiceState.VOID, InvoiceMove.PAY): InvoiceState.PAID,
}

_REFUSED = {
    InvoiceState.OPEN: "This invoice is open already.",
    InvoiceState.PAID: "This invoice has been paid.",
    InvoiceState.VOID: "This invoice is void.",
}


class PaidBy(StrEnum):
    """How somebody paid."""

    CARD = "card"
    DESK = "desk"
    TRANSFER = "transfer"


BY_HAND = (PaidBy.DESK, PaidBy.TRANSFER)
"""What a person of the staff may note; a card is told by its provider alone."""


class PaymentState(StrEnum):
    """What became of a payment."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TAKEN_BACK = "taken_back"  # noted by mistake


class BillingEvent(StrEnum):
    """What flows hear of an invoice; the library's flows wait for these names."""

    ISSUED = "invoice_issued"
    PAID = "invoice_paid"
    VOIDED = "invoice_voided"
    FAILED = "payment_failed"
    RENEWED = "membership_renewed"


class Cause(StrEnum):
    """What an invoice is about, when it is about a thing that we know."""

    BOOKING = "booking"  # its deposit
    MEMBERSHIP = "membership"  # its renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an invoice stands on the clock."""

    state: InvoiceState
    due_at: datetime

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it should have been paid by now."""
        return self.state is InvoiceState.OPEN and now > self.due_at


def moved(state: InvoiceState, move: InvoiceMove) -> InvoiceState:
    """Return the state after a move; raises Conflict for one that cannot be."""
    after = MOVES.get((state, move))
    if after is None:
        raise Conflict(_REFUSED[state])
    return after
