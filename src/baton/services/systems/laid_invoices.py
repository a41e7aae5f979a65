"""Invoices of other systems laid over our rows: owed there, and reminded of here."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from baton.core import records
from baton.core.billing import BillingEvent, InvoiceState, PaidBy, PaymentState
from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.made_invoices import FAILED
from baton.core.records import InvoiceRecord
from baton.services import inbox
from baton.services.billing import invoices
from baton.services.systems.laying import Laid, Page, fate_of, is_recent, known, upsert
from baton.services.systems.recognising import Recognised
from baton.services.workspace.standards import standards_cache
from baton.store.models import Invoice, Payment

_FIELDS = (
    "stamp", "contact_id", "number", "amount_minor", "currency", "state", "issued_at", "due_at",
    "ended_at", "ended_by", "pay_url",
)  # fmt: skip
_LAST_MOMENT = time(23, 59)
_ENDS = {InvoiceState.PAID: BillingEvent.PAID, InvoiceState.VOID: BillingEvent.VOIDED}


def lay_invoices(page: Page, laid: Sequence[tuple[Recognised, InvoiceRecord]]) -> list[Laid]:
    """Lay invoices over their rows; no money is noted, for it came elsewhere."""
    rows = known(Invoice.objects, page, [one.reference for _who, one in laid])
    zone = inbox.zone_of(page.workspace_id)
    policy = standards_cache(page.ledger.house).standards_of(page.workspace_id).policy
    changed: dict[str, Invoice] = {}
    outcomes: list[Laid] = []
    for who, one in laid:
        row = rows.get(one.reference)
        if row is not None and not records.is_newer(one.stamp, row.stamp):
            outcomes.append(Laid(fate=Fate.UNCHANGED))
            continue
        before = (row.state, row.amount_minor, row.due_at) if row else None
        row = row or Invoice(**page.made(one.reference), made_by=f"system:{page.system_id}")
        _write(page, row, who, one, zone)
        row.currency = one.currency or policy.currency
        rows[one.reference] = changed[row.id] = row
        events = _news(page, before[0] if before else "", row, one)
        page.tell(who, events, _facts(page, row), f"{row.id}:{row.stamp}")
        is_same = before == (row.state, row.amount_minor, row.due_at)
        outcomes.append(Laid(fate=fate_of(events, is_same=is_same), events=events))
    upsert(list(changed.values()), _FIELDS)
    return outcomes


def _write(page: Page, row: Invoice, who: Recognised, one: InvoiceRecord, zone: ZoneInfo) -> None:
    state = InvoiceState.OPEN if one.state == FAILED else InvoiceState(one.state)
    is_over = state is not InvoiceState.OPEN
    row.stamp, row.contact_id, row.number = one.stamp, who.contact_id, one.number
    row.amount_minor, row.state, row.issued_at = one.amount_minor, state.value, one.issued_at
    row.due_at = datetime.combine(one.due_on, _LAST_MOMENT, zone) if one.due_on else one.issued_at
    row.ended_at = (row.ended_at or page.ledger.now) if is_over else None
    row.ended_by = f"system:{page.system_id}" if is_over else ""
    row.pay_url = one.pay_url


def _news(page: Page, before: str, row: Invoice, one: InvoiceRecord) -> tuple[str, ...]:
    """Return what flows hear: what was issued long ago is no news, and an end only once."""
    if page.is_quiet:
        return ()
    state = InvoiceState(row.state)
    told: list[BillingEvent] = []
    is_open_again = state is InvoiceState.OPEN and before != state
    if is_open_again and (before or is_recent(row.issued_at, page)):
        told.append(BillingEvent.ISSUED)
    if one.state == FAILED and _note_failure(page, row):
        told.append(BillingEvent.FAILED)
    if before == InvoiceState.OPEN and state in _ENDS:
        told.append(_ENDS[state])
    return tuple(told)


def _note_failure(page: Page, row: Invoice) -> bool:
    """Keep that a payment failed; return False for what is known, as of a file of every night."""
    named = hashlib.sha256(f"{page.system_id}:{row.reference}".encode()).hexdigest()
    _payment, is_new = Payment.objects.get_or_create(
        workspace_id=row.workspace_id,
        reference=f"mirror:{named}",
        defaults={
            "id": page.ledger.next_id(),
            "invoice_id": row.id,
            "contact_id": row.contact_id,
            "paid_by": PaidBy.CARD,
            "state": PaymentState.FAILED,
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "noted_by": f"system:{page.system_id}",
            "at": page.ledger.now,
        },
    )
    return is_new


def _facts(page: Page, row: Invoice) -> dict[str, Json]:
    return {
        "invoice": row.number,
        "amount": row.amount_minor,
        "due_at": row.due_at.isoformat(),
        "pay_url": row.pay_url or invoices.link(page.ledger.house, row),
    }
