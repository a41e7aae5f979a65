"""What an event of Stripe tells of a payment; everything else that it sends is none of ours.

Several events tell of one payment (the session that was completed, the intent that succeeded),
in any order: each names the intent, by which the payment is known once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from baton.connectors import UnreadableError
from baton.core.json import Json

INVOICE = "baton_invoice"
"""Under this name a session and its intent carry the id of our invoice."""


class Outcome(StrEnum):
    """What became of a payment."""

    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTold:
    """What became of a payment of one of our invoices; `reference` names it once."""

    outcome: Outcome
    invoice_id: str
    reference: str
    amount_minor: int
    currency: str
    at: datetime


class _Thing(msgspec.Struct, frozen=True):
    """A Checkout Session or a Payment Intent, as far as it concerns us."""

    id: str = ""
    metadata: dict[str, str] | None = None
    amount_total: int | None = None
    amount: int = 0
    amount_received: int | None = None
    currency: str | None = ""
    payment_status: str = ""
    payment_intent: str | None = None


class _Content(msgspec.Struct, frozen=True):
    object: _Thing


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    created: int
    data: _Content


_SESSION_PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
_SESSION_FAILED = "checkout.session.async_payment_failed"
_INTENT_PAID = "payment_intent.succeeded"
_INTENT_FAILED = "payment_intent.payment_failed"


def read(payload: Json) -> PaymentTold | None:
    """Return what an event tells of a payment of ours, None for any other.

    Raises UnreadableError for one that is not as Stripe writes it.
    """
    try:
        event = msgspec.convert(payload, _Event)
    except msgspec.ValidationError as error:
        if _is_ours(payload):
            raise UnreadableError(f"Not as Stripe writes it: {error}") from error
        return None
    outcome = _outcome_of(event)
    thing = event.data.object
    invoice_id = (thing.metadata or {}).get(INVOICE, "")
    if outcome is None or not invoice_id:
        return None
    intent = thing.payment_intent or thing.id
    is_session = event.type.startswith("checkout.")
    amount = thing.amount_total if is_session else thing.amount_received or thing.amount
    return PaymentTold(
        outcome=outcome,
        invoice_id=invoice_id,
        # An intent may fail several times before it succeeds: each failure is one of its own.
        reference=intent if outcome is Outcome.PAID else event.id,
        amount_minor=amount or 0,
        currency=(thing.currency or "").upper(),
        at=datetime.fromtimestamp(event.created, UTC),
    )


def _outcome_of(event: _Event) -> Outcome | None:
    if event.type in _SESSION_PAID:
        # A bank debit completes the session days before the money comes.
        return Outcome.PAID if event.data.object.payment_status == "paid" else None
    if event.type == _INTENT_PAID:
        return Outcome.PAID
    return Outcome.FAILED if event.type in (_SESSION_FAILED, _INTENT_FAILED) else None


def _is_ours(payload: Json) -> bool:
    name = payload.get("type") if isinstance(payload, dict) else None
    return name in (*_SESSION_PAID, _SESSION_FAILED, _INTENT_PAID, _INTENT_FAILED)
