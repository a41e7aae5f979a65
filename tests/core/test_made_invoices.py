"""Invoices that a map makes of what another system says."""

from datetime import UTC, datetime

import pytest

from baton.core import making, mapping, targets
from baton.core.making import Reading
from baton.core.mapping import FieldMap, Unmapped
from baton.core.records import InvoiceRecord

READING = Reading(zone=UTC, received_at=datetime(2026, 3, 2, 10, tzinfo=UTC))
PLACES = ("number", "amount", "currency", "state", "due_on", "pay_url")
MAP = FieldMap(
    name="Bills", makes=targets.INVOICE,
    fields={"email": "who", **{name: name for name in PLACES}},
)  # fmt: skip


def _made(**said: str) -> object:
    mapped = mapping.apply(
        MAP, {"who": "ann@example.org", "number": "#123", "amount": "45.00", **said}
    )
    assert not isinstance(mapped, Unmapped)
    return making.record_of(mapped, making.person_of(mapped), READING)


@pytest.mark.req("BI1", "DI5")
def test_an_invoice_is_what_the_payload_says() -> None:
    made = _made(
        due_on="2026-04-15", currency="gbp", state="Past due", pay_url="https://pay.example/1"
    )
    assert isinstance(made, InvoiceRecord)
    assert (made.number, made.amount_minor, made.currency) == ("123", 45_00, "GBP")
    assert (made.state, str(made.due_on), made.reference) == ("open", "2026-04-15", "123")
    assert made.issued_at == READING.received_at


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": "1,500,000.00"}, "amount"),
        ({"currency": "pounds"}, "currency"),
        ({"state": "lost"}, "state"),
        ({"pay_url": "http://pay.example/1"}, "pay_url"),
    ],
)
def test_what_cannot_be_owed_is_refused_by_its_field(said: dict[str, str], field: str) -> None:
    made = _made(**said)
    assert isinstance(made, Unmapped)
    assert set(made.problems) == {field}


def test_its_states_are_read_in_usual_words() -> None:
    words = ("Unpaid", "settled", "declined", "written off")
    states = [made.state for word in words if isinstance(made := _made(state=word), InvoiceRecord)]
    assert states == ["open", "paid", "failed", "void"]
