"""Invoices that are ours: written, ended by people or by money, and told to the flows (BI1).

Every change holds the invoice's row, in one transaction with its entry in the audit trail and
the events that follow from it in the contact's lane. Whoever pays, pays once: what is told
again of a payment that is known changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import IntegerField, Max
from django.db.models.functions import Cast

from baton.core import billing
from baton.core.billing import (
    BillingEvent,
    Cause,
    InvoiceMove,
    InvoiceState,
    PaidBy,
    PaymentState,
)
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.services.billing import paid_for
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Invoice, Payment
from baton.store.queries import people

_NUMBERING = "invoice-numbers"  # a lane of its own: two invoices never get one number


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An invoice before it is written; money in minor units of the workspace's currency.

    `memo` is what it says to the contact. With a `cause` its id tells what it is about. One
    that is not `is_sent` tells no flow that it was issued.
    """

    contact_id: str
    amount_minor: int
    due_at: datetime
    memo: str = ""
    cause: Cause | None = None
    cause_id: str = ""
    is_sent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A payment as somebody tells of it; `reference` is its provider's name, "" by hand."""

    paid_by: PaidBy
    amount_minor: int
    currency: str
    noted_by: str
    at: datetime
    reference: str = ""


@contextmanager
def written(house: House, workspace_id: str) -> Iterator[Ledger]:
    """Open a transaction for deeds with invoices, and write at its end."""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        yield ledger
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()


def issue(ledger: Ledger, workspace_id: str, draft: Draft, *, made_by: str) -> str:
    """Write an invoice, tell the flows, and return its id.

    An open one of the same cause is returned instead: two taps make one invoice. Raises
    InvalidInput for what cannot be owed, NotFound for a contact that is not there.
    """
    _refuse_impossible(draft)
    house, contact_id = ledger.house, people.whole_of(draft.contact_id)
    if not Contact.objects.filter(workspace_id=workspace_id, id=contact_id).exists():
        raise NotFound("contact", draft.contact_id)
    house.engine.lock_lane(workspace_id, _NUMBERING)
    known = find_of_cause(workspace_id, draft)
    if known is not None:
        return known.id
    number = _next_number(workspace_id)
    row = Invoice(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        reference=number,
        contact_id=contact_id,
        number=number,
        amount_minor=draft.amount_minor,
        currency=standards_cache(house).standards_of(workspace_id).policy.currency,
        cause=draft.cause or "",
        cause_id=draft.cause_id,
        state=InvoiceState.OPEN,
        issued_at=ledger.now,
        due_at=draft.due_at,
        made_by=made_by,
    )
    row.memo_sealed = house.keyset.seal(draft.memo.strip(), _place_of(row))
    row.save(force_insert=True)
    ledger.audit(workspace_id, made_by, "invoice_issued", f"invoice:{row.id}", **_sum_of(row))
    if draft.is_sent:
        due = row.due_at.isoformat()
        _tell(house, row, BillingEvent.ISSUED, due_at=due, pay_url=link(house, row))
    return row.id


def find_of_cause(workspace_id: str, draft: Draft) -> Invoice | None:
    """Return the open invoice that asks for the same already."""
    if draft.cause is None:
        return None
    same = Invoice.objects.filter(
        workspace_id=workspace_id, cause=draft.cause, cause_id=draft.cause_id
    )
    return same.filter(state=InvoiceState.OPEN, amount_minor=draft.amount_minor).first()


def find(workspace_id: str, invoice_id: str) -> Invoice | None:
    """Return an invoice of a workspace as it stands, or None."""
    return Invoice.objects.filter(workspace_id=workspace_id, id=invoice_id).first()


def get(workspace_id: str, invoice_id: str) -> Invoice:
    """Return an invoice of a workspace as it stands; raises NotFound."""
    found = find(workspace_id, invoice_id)
    if found is None:
        raise NotFound("invoice", invoice_id)
    return found


def void(ledger: Ledger, workspace_id: str, invoice_id: str, *, actor: str, reason: str) -> None:
    """Ask for the money no more; raises Conflict for what is paid."""
    row = _held(workspace_id, invoice_id)
    _move(ledger, row, InvoiceMove.VOID, actor=actor, reason=reason)
    _tell(ledger.house, row, BillingEvent.VOIDED)


def reopen(ledger: Ledger, workspace_id: str, invoice_id: str, *, actor: str) -> None:
    """Take back that it was paid by hand or made void.

    What a provider reported stays: money that came is given back by an approval alone.
    """
    row = _held(workspace_id, invoice_id)
    held = Payment.objects.filter(invoice_id=row.id, state=PaymentState.SUCCEEDED)
    if held.filter(paid_by=PaidBy.CARD).exists():
        message = "This was paid by card. To give money back, propose a refund."
        raise Conflict(message)
    held.update(state=PaymentState.TAKEN_BACK)
    _move(ledger, row, InvoiceMove.REOPEN, actor=actor)


def settle(ledger: Ledger, workspace_id: str, invoice_id: str, paid: Reported) -> bool:
    """Note a payment, and that it ends the invoice; return False for one that is known.

    A second payment of an invoice that is paid is kept as well and shown to people, who
    alone give money back. Raises Conflict where a person notes one for what is not open.
    """
    row = _held(workspace_id, invoice_id)
    if _is_known(workspace_id, paid):
        return False
    is_open = row.state != InvoiceState.PAID
    if paid.paid_by is not PaidBy.CARD and row.state != InvoiceState.OPEN:
        billing.moved(InvoiceState(row.state), InvoiceMove.PAY)
        message = "This invoice is void. Open it again first."
        raise Conflict(message)
    _keep(ledger, row, paid, PaymentState.SUCCEEDED)
    action = "payment_noted" if is_open else "payment_double"
    ledger.audit(
        workspace_id,
        paid.noted_by,
        action,
        f"invoice:{row.id}",
        by=paid.paid_by,
        **_sum_of(row),
    )
    if is_open:
        _move(ledger, row, InvoiceMove.PAY, actor=paid.noted_by)
        _tell_paid(ledger, row)
    return True


def note_failure(ledger: Ledger, workspace_id: str, invoice_id: str, failed: Reported) -> bool:
    """Note that a payment did not go through; return False for one that is known.

    What fails after the money came by another try is no news for the contact.
    """
    row = _held(workspace_id, invoice_id)
    if _is_known(workspace_id, failed):
        return False
    _keep(ledger, row, failed, PaymentState.FAILED)
    ledger.audit(
        workspace_id, failed.noted_by, "payment_failed", f"invoice:{row.id}", **_sum_of(row)
    )
    if row.state == InvoiceState.OPEN:
        _tell(ledger.house, row, BillingEvent.FAILED, pay_url=link(ledger.house, row))
    return True


def link(house: House, row: Invoice) -> str:
    """Return the address of the page on which an invoice is paid."""
    return one_tap.link(house, Errand.PAY, row.workspace_id, row.id)


def memo_of(house: House, row: Invoice) -> str:
    """Return what an invoice says to the contact."""
    sealed = bytes(row.memo_sealed)
    return house.keyset.unseal(sealed, _place_of(row)) if sealed else ""


def _held(workspace_id: str, invoice_id: str) -> Invoice:
    """Return an invoice that nobody else changes until the transaction ends; raises NotFound."""
    mine = Invoice.objects.select_for_update().filter(workspace_id=workspace_id, id=invoice_id)
    row = mine.first()
    if row is None:
        raise NotFound("invoice", invoice_id)
    return row


def _refuse_impossible(draft: Draft) -> None:
    if not 0 < draft.amount_minor <= billing.MAX_AMOUNT_MINOR:
        raise InvalidInput({"amount": "Write an amount above zero, and below a million."})
    if len(draft.memo) > billing.MAX_MEMO:
        raise InvalidInput({"memo": f"Say it in {billing.MAX_MEMO} characters at most."})


def _next_number(workspace_id: str) -> str:
    """Return the number after the last; ours count up, and none is given twice."""
    mine = Invoice.objects.filter(workspace_id=workspace_id, system_id="")
    last = mine.aggregate(last=Max(Cast("number", IntegerField())))["last"] or 0
    return str(last + 1)


def _move(ledger: Ledger, row: Invoice, move: InvoiceMove, *, actor: str, reason: str = "") -> None:
    before = InvoiceState(row.state)
    row.state = billing.moved(before, move)
    is_over = row.state != InvoiceState.OPEN
    row.ended_at, row.ended_by = (ledger.now, actor) if is_over else (None, "")
    row.save(update_fields=["state", "ended_at", "ended_by"])
    if move is not InvoiceMove.PAY:  # the payment's own entry tells that
        told: dict[str, Json] = {"before": before.value}
        ledger.audit(
            row.workspace_id,
            actor,
            f"invoice_{'voided' if is_over else 'reopened'}",
            f"invoice:{row.id}",
            **told,
            **({"reason": reason} if reason else {}),
        )


def _is_known(workspace_id: str, paid: Reported) -> bool:
    same = Payment.objects.filter(workspace_id=workspace_id, reference=paid.reference)
    return bool(paid.reference) and same.exists()


def _keep(ledger: Ledger, row: Invoice, paid: Reported, state: PaymentState) -> None:
    Payment.objects.create(
        id=ledger.next_id(),
        workspace_id=row.workspace_id,
        invoice_id=row.id,
        contact_id=row.contact_id,
        paid_by=paid.paid_by,
        state=state,
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        reference=paid.reference,
        noted_by=paid.noted_by,
        at=paid.at,
    )


def _tell_paid(ledger: Ledger, row: Invoice) -> None:
    _tell(ledger.house, row, BillingEvent.PAID)
    if row.cause == Cause.MEMBERSHIP:
        reference = paid_for.membership_of(row)
        _tell(ledger.house, row, BillingEvent.RENEWED, membership=reference)
    if row.cause == Cause.BOOKING:
        paid_for.note_deposit(ledger, row)


def _tell(house: House, row: Invoice, event: BillingEvent, **facts: Json) -> None:
    told: dict[str, Json] = {"invoice": row.number, "amount": row.amount_minor, **facts}
    now = house.clock.now()
    key = f"invoice:{row.id}:{event}:{now.isoformat()}"
    telling.tell(house, row.contact_id, event, told, key=key)


def _sum_of(row: Invoice) -> dict[str, Json]:
    return {"number": row.number, "amount": row.amount_minor, "currency": row.currency}


def _place_of(row: Invoice) -> str:
    return f"invoice:{row.id}"
