"""Invoices made of what a map found in another system's payload or file."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from baton.core.billing import MAX_AMOUNT_MINOR
from baton.core.records import InvoiceRecord, Person, Stamp

FAILED = "failed"
"""Open still, and a payment of it has failed."""

_MAX_NUMBER = 40
_MAX_REFERENCE = 120
_CURRENCY = 3
_STATES: Mapping[str, str] = {
    **dict.fromkeys(
        ("open", "due", "unpaid", "sent", "issued", "outstanding", "overdue", "past due"), "open"
    ),
    **dict.fromkeys(("paid", "settled", "closed", "complete", "completed"), "paid"),
    **dict.fromkeys((FAILED, "declined", "payment failed", "bounced"), FAILED),
    **dict.fromkeys(
        ("void", "voided", "cancelled", "canceled", "written off", "uncollectible"), "void"
    ),
}


class Told(Protocol):
    """What a payload says, field by field; what cannot be read is noted by whom is asked."""

    problems: dict[str, str]

    def text(self, name: str, most: int = 80, *, is_required: bool = False) -> str: ...
    def moment(self, name: str, *, is_required: bool = False) -> datetime | None: ...
    def day(self, name: str) -> date | None: ...
    def amount(self, name: str) -> int: ...
    def choice(self, name: str, words: Mapping[str, str], default: str) -> str: ...
    def url(self, name: str) -> str: ...
    def stamp(self) -> Stamp: ...


def invoice(told: Told, person: Person) -> InvoiceRecord | None:
    """Return the invoice that a payload tells of; without a currency in that of the business."""
    number = told.text("number", _MAX_NUMBER, is_required=True).removeprefix("#")
    amount, currency = told.amount("amount"), told.text("currency").upper()
    if not 0 < amount <= MAX_AMOUNT_MINOR and "amount" not in told.problems:
        told.problems["amount"] = "is nothing, or above a million"
    if currency and not (len(currency) == _CURRENCY and currency.isascii() and currency.isalpha()):
        told.problems["currency"] = "is no currency of three letters"
    stamp = told.stamp()
    return InvoiceRecord(
        reference=told.text("reference", _MAX_REFERENCE) or number,
        stamp=stamp,
        person=person,
        number=number,
        amount_minor=amount,
        currency=currency,
        state=told.choice("state", _STATES, "open"),
        issued_at=told.moment("issued_at") or datetime.fromisoformat(stamp),
        due_on=told.day("due_on"),
        pay_url=told.url("pay_url"),
    )
