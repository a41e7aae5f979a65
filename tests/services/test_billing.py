"""Invoices: every move by the table, money told once, and what the flows hear of it."""

from datetime import timedelta

import pytest

from baton.config.stories import world as worlds
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core import billing
from baton.core.billing import Cause, InvoiceMove, InvoiceState, PaidBy
from baton.core.errors import Conflict, InvalidInput
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft, Reported
from baton.store.models import AuditEntry, Invoice, Payment, Run

STORY = Story.model_validate(
    {
        "story": "billing",
        "title": "Somebody owes something",
        "pack": "fitness",
        "flows": ["billing_reminder"],
        "people": {"mia": {"contact": "webchat", "name": "Mia Moss"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = worlds.make(STORY)
    world.report("mia", "greeted", {})
    return world


def issued(world: World, amount: int = 45_00, **named: object) -> str:
    contact = world.find_contact("mia")
    assert contact
    draft = Draft(
        contact_id=contact.id,
        amount_minor=amount,
        due_at=world.now + timedelta(days=10),
        **named,  # type: ignore[arg-type] # a cause and its id
    )
    found = invoices.issue(world.house, world.workspace_id, draft, made_by="user:1")
    world.run_idle()
    return found


def paid(world: World, by: PaidBy, reference: str = "") -> Reported:
    return Reported(
        paid_by=by, amount_minor=45_00, currency="USD", noted_by="test", at=world.now,
        reference=reference,
    )  # fmt: skip


@pytest.mark.parametrize("state", InvoiceState)
@pytest.mark.parametrize("move", InvoiceMove)
def test_every_move_is_in_the_table_or_refused_in_words(
    state: InvoiceState, move: InvoiceMove
) -> None:
    if after := billing.MOVES.get((state, move)):
        assert billing.moved(state, move) is after
    else:
        with pytest.raises(Conflict, match="This invoice"):
            billing.moved(state, move)


@pytest.mark.req("BI1", "BI5")
def test_what_is_paid_ends_the_reminders_and_is_told_once(world: World) -> None:
    first, second = issued(world), issued(world)
    assert list(Invoice.objects.order_by("id").values_list("number", flat=True)) == ["1", "2"]
    assert Run.objects.filter(status="waiting").count() == 2
    card = paid(world, PaidBy.CARD, "pi_1")
    assert invoices.settle(world.house, world.workspace_id, first, card)
    assert not invoices.settle(world.house, world.workspace_id, first, card)
    world.run_idle()
    assert Payment.objects.count() == 1
    assert Run.objects.filter(status="waiting").count() == 1  # the other one's goes on
    # A second payment is kept for people to see, and changes nothing else.
    again = paid(world, PaidBy.CARD, "pi_2")
    assert invoices.settle(world.house, world.workspace_id, first, again)
    assert AuditEntry.objects.filter(action="payment_double").exists()
    with pytest.raises(Conflict, match="by card"):
        invoices.reopen(world.house, world.workspace_id, first, actor="user:1")
    assert Invoice.objects.get(id=second).state == "open"


def test_what_people_note_can_be_taken_back(world: World) -> None:
    invoice_id, ws = issued(world), world.workspace_id
    invoices.settle(world.house, ws, invoice_id, paid(world, PaidBy.DESK))
    with pytest.raises(Conflict, match="has been paid"):
        invoices.settle(world.house, ws, invoice_id, paid(world, PaidBy.DESK))
    invoices.reopen(world.house, ws, invoice_id, actor="user:1")
    row = Invoice.objects.get()
    assert (row.state, row.ended_by, row.ended_at) == ("open", "", None)
    assert Payment.objects.get().state == "taken_back"
    invoices.void(world.house, ws, invoice_id, actor="user:1", reason="a slip")
    world.run_idle()
    assert not Run.objects.filter(status="waiting").exists()  # nobody is reminded of it
    with pytest.raises(Conflict, match="void"):
        invoices.settle(world.house, ws, invoice_id, paid(world, PaidBy.TRANSFER))
    # Money that comes all the same did come.
    assert invoices.settle(world.house, ws, invoice_id, paid(world, PaidBy.CARD, "pi_9"))
    assert Invoice.objects.get().state == "paid"


@pytest.mark.req("BI7")
def test_a_failed_payment_is_told_once_and_not_after_the_money(world: World) -> None:
    invoice_id, ws = issued(world), world.workspace_id
    failed = paid(world, PaidBy.CARD, "evt_1")
    assert invoices.note_failure(world.house, ws, invoice_id, failed)
    assert not invoices.note_failure(world.house, ws, invoice_id, failed)
    world.run_idle()
    assert Payment.objects.get().state == "failed"
    assert Invoice.objects.get().state == "open"


def test_one_cause_has_one_open_invoice(world: World) -> None:
    first = issued(world, cause=Cause.BOOKING, cause_id="b1")
    assert issued(world, cause=Cause.BOOKING, cause_id="b1") == first
    assert issued(world, cause=Cause.BOOKING, cause_id="b2") != first


@pytest.mark.parametrize("amount", [0, -5, billing.MAX_AMOUNT_MINOR + 1])
def test_what_cannot_be_owed_is_refused(world: World, amount: int) -> None:
    with pytest.raises(InvalidInput, match="amount"):
        issued(world, amount)
