"""What happened to a contact, in one order: messages, permissions, invoices, purchases, scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.services.desk import happenings, purchases
from baton.services.desk.happenings import Happening
from baton.store.models import Consent, Invoice, Message, Payment

MAX_ENTRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a contact's timeline: a message's fate, a permission, or another thing."""

    at: datetime
    kind: str  # message, consent, invoice, or that of its `happening`
    channel: str
    purpose: str
    author: str = ""
    is_unprompted: bool = False
    delivery: str = ""
    reason: str = ""
    held_until: datetime | None = None
    conversation_id: str = ""
    invoice_id: str = ""
    is_granted: bool = False
    is_pending: bool = False
    source: str = ""
    wording: str = ""
    evidence: str = ""
    happening: Happening | None = None


def list_entries(workspace_id: str, contact_id: str, told: Sequence[Consent]) -> tuple[Entry, ...]:
    """Return the newest of what happened to a contact, the newest first."""
    newest = Message.objects.filter(contact_id=contact_id, is_note=False).order_by("-id")
    rows = list(newest[:MAX_ENTRIES])
    messages = [
        Entry(
            at=row.created_at,
            kind="message",
            channel=row.channel,
            purpose=row.purpose,
            author=row.author,
            is_unprompted=row.is_unprompted,
            delivery=row.delivery,
            reason=row.delivery_reason,
            held_until=row.held_until,
            conversation_id=row.conversation_id,
        )
        for row in rows
    ]
    changes = [
        Entry(
            at=one.at,
            kind="consent",
            channel=one.channel,
            purpose=one.purpose,
            is_granted=one.is_granted,
            is_pending=one.is_pending,
            source=one.source,
            wording=one.wording,
            evidence=one.evidence,
        )
        for one in told
    ]
    owed = _invoices(contact_id)
    happened = [
        Entry(at=one.at, kind=one.kind, channel="", purpose="", happening=one)
        for one in (
            *happenings.list_of(workspace_id, contact_id, limit=MAX_ENTRIES),
            *purchases.list_of(contact_id, limit=MAX_ENTRIES),
        )
    ]
    ordered = sorted(
        (*messages, *changes, *owed, *happened), key=lambda entry: entry.at, reverse=True
    )
    return tuple(ordered[:MAX_ENTRIES])


def _invoices(contact_id: str) -> tuple[Entry, ...]:
    """Return what was asked of them and what they paid, as lines of the timeline."""
    rows = list(Invoice.objects.filter(contact_id=contact_id).order_by("-id")[:MAX_ENTRIES])
    sums = {row.id: row for row in rows}
    paid = Payment.objects.filter(invoice_id__in=sums)
    issued = (_money_line(row, row.issued_at, "to be paid") for row in rows)
    voided = (
        _money_line(row, row.ended_at, "void")
        for row in rows
        if row.state == "void" and row.ended_at
    )
    told = (_money_line(sums[one.invoice_id], one.at, _FATES[one.state]) for one in paid)
    return (*issued, *voided, *told)


_FATES = {"succeeded": "paid", "failed": "a payment did not go through", "taken_back": "taken back"}


def _money_line(row: Invoice, at: datetime, what: str) -> Entry:
    amount = f"{row.amount_minor // 100}.{row.amount_minor % 100:02d} {row.currency}"
    return Entry(
        at=at, kind="invoice", channel="", purpose="", source=row.number,
        wording=f"{amount}, {what}", invoice_id=row.id,
    )  # fmt: skip
