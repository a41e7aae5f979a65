"""Invoices as the staff handle them: found, written, made void, noted as paid, taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from baton.core.billing import BY_HAND, InvoiceState, PaidBy, Standing
from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft, Reported
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.people import contact_list
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Contact, Invoice, Payment, User

PAGE_SIZE = 50
MAX_REASON = 200
_MOST_FOUND = 500


class Wanted(StrEnum):
    """Which invoices a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    VOID = "void"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """An invoice of a list; `standing` is its state, or overdue."""

    row: Invoice
    who: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePage:
    """A page of the list; `has_more` says that another follows."""

    lines: tuple[InvoiceLine, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLine:
    """A payment that was reported, and by whom."""

    row: Payment
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSheet:
    """One invoice with what was paid and what people did; `can_undo` says that they may."""

    line: InvoiceLine
    memo: str
    pay_url: str
    payments: tuple[PaymentLine, ...]
    deeds: tuple[tuple[datetime, str, str], ...]
    can_undo: bool
    is_double: bool


def list_invoices(
    house: House, user: User, *, wanted: Wanted, words: str = "", page: int = 1
) -> InvoicePage:
    """Return a page of invoices, the next to be paid first, those that are over newest first."""
    inbox.require(user, Action.READ_INBOX)
    found = _narrowed(house, user, wanted, words)
    order = ("due_at", "id") if wanted in (Wanted.OPEN, Wanted.OVERDUE) else ("-issued_at", "-id")
    begin = (page - 1) * PAGE_SIZE
    rows = list(found.order_by(*order)[begin : begin + PAGE_SIZE + 1])
    return InvoicePage(lines=_lines(house, rows[:PAGE_SIZE]), has_more=len(rows) > PAGE_SIZE)


def get_sheet(house: House, user: User, invoice_id: str) -> InvoiceSheet:
    """Return one invoice; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = invoices.get(user.workspace_id, invoice_id)
    guarding.refuse_elsewhere(user, row.contact_id)
    paid = list(Payment.objects.filter(invoice_id=row.id).order_by("at", "id"))
    deeds = AuditEntry.objects.filter(workspace_id=row.workspace_id, subject=f"invoice:{row.id}")
    noted = list(deeds.order_by("seq"))
    names = _names([*(one.noted_by for one in paid), *(one.actor for one in noted)])
    came = [one for one in paid if one.state == "succeeded"]
    return InvoiceSheet(
        line=_lines(house, [row])[0],
        memo=invoices.memo_of(house, row),
        pay_url=invoices.link(house, row),
        payments=tuple(PaymentLine(row=one, by=names[one.noted_by]) for one in paid),
        deeds=tuple((one.at, one.action, names[one.actor]) for one in noted),
        can_undo=row.state != InvoiceState.OPEN
        and not row.system_id
        and all(one.paid_by != PaidBy.CARD for one in came),
        is_double=len(came) > 1,
    )


def write(house: House, user: User, draft: Draft) -> str:
    """Write an invoice and return its id; raises InvalidInput or NotFound."""
    inbox.require(user, Action.ANSWER)
    if draft.due_at <= house.clock.now():
        raise InvalidInput({"due": "Choose a day to come."})
    with invoices.written(house, user.workspace_id) as ledger:
        return invoices.issue(ledger, user.workspace_id, draft, made_by=f"user:{user.id}")


def mark_paid(house: House, user: User, invoice_id: str, how: str) -> None:
    """Note that somebody paid at the desk or by transfer; raises Conflict or InvalidInput."""
    inbox.require(user, Action.ANSWER)
    if how not in BY_HAND:
        raise InvalidInput({"how": "Say how it was paid."})
    row = invoices.get(user.workspace_id, invoice_id)
    paid = Reported(
        paid_by=PaidBy(how),
        amount_minor=row.amount_minor,
        currency=row.currency,
        noted_by=f"user:{user.id}",
        at=house.clock.now(),
    )
    with invoices.written(house, user.workspace_id) as ledger:
        invoices.settle(ledger, user.workspace_id, invoice_id, paid)


def void(house: House, user: User, invoice_id: str, reason: str) -> None:
    """Ask for the money no more; raises Conflict or InvalidInput."""
    inbox.require(user, Action.ANSWER)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Say why, in {MAX_REASON} characters at most."})
    with invoices.written(house, user.workspace_id) as ledger:
        invoices.void(ledger, user.workspace_id, invoice_id, actor=f"user:{user.id}", reason=reason)


def undo(house: House, user: User, invoice_id: str) -> None:
    """Take back that it was noted as paid, or made void; raises Conflict."""
    inbox.require(user, Action.ANSWER)
    with invoices.written(house, user.workspace_id) as ledger:
        invoices.reopen(ledger, user.workspace_id, invoice_id, actor=f"user:{user.id}")


def find_who(house: House, user: User, contact_id: str) -> str:
    """Return the name of whom an invoice is written for; raises NotFound."""
    found = Contact.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    if found is None:
        raise NotFound("contact", contact_id)
    guarding.refuse_elsewhere(user, contact_id)
    return inbox.name_of(house, found.id, bytes(found.name_sealed))


def currency_of(house: House, user: User) -> str:
    """Return the currency in which a workspace writes invoices."""
    return standards_cache(house).standards_of(user.workspace_id).policy.currency


def _narrowed(house: House, user: User, wanted: Wanted, words: str) -> "QuerySet[Invoice]":
    found = sight.met_by(user, Invoice.objects.filter(workspace_id=user.workspace_id))
    match wanted:
        case Wanted.OVERDUE:
            found = found.filter(state=InvoiceState.OPEN, due_at__lt=house.clock.now())
        case Wanted.OPEN | Wanted.PAID | Wanted.VOID:
            found = found.filter(state=wanted.value)
        case Wanted.ALL:
            pass
    words = words.strip()
    if not words:
        return found
    numbered = found.filter(number=words.lstrip("#"))
    if numbered.exists():
        return numbered
    people = contact_list.list_page(house, user, words=words)
    return found.filter(contact_id__in=[line.row.id for line in people.lines][:_MOST_FOUND])


def _lines(house: House, rows: list[Invoice]) -> tuple[InvoiceLine, ...]:
    names = Contact.objects.in_bulk([row.contact_id for row in rows])
    now = house.clock.now()
    return tuple(
        InvoiceLine(
            row=row,
            who=inbox.name_of(house, row.contact_id, bytes(names[row.contact_id].name_sealed)),
            standing=_standing(row, now),
        )
        for row in rows
    )


def _standing(row: Invoice, now: datetime) -> str:
    standing = Standing(state=InvoiceState(row.state), due_at=row.due_at)
    return Wanted.OVERDUE if standing.is_overdue(now) else row.state


def _names(actors: list[str]) -> dict[str, str]:
    """Return in words who did something."""
    ids = {one.removeprefix("user:") for one in actors if one.startswith("user:")}
    known = {f"user:{user.id}": user.name for user in User.objects.filter(id__in=ids)}
    kinds = {"contact": "the contact", "system": "the payment provider", "flow": "a flow"}
    return {one: known.get(one) or kinds.get(one.partition(":")[0], "Baton") for one in actors}
