"""Invoices: every move by the table, money told once, and what the flows hear of it."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.connectors.stripe.settings import StripeSettings
from baton.core import billing
from baton.core.billing import Cause, InvoiceMove, InvoiceState, PaidBy
from baton.core.errors import Conflict, InvalidInput
from baton.core.fates import Fate
from baton.core.json import Json
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft, Reported
from baton.services.systems import paying, systems
from baton.services.systems.systems import Wanted
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
    world = founding.make(STORY)
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
    with invoices.written(world.house, world.workspace_id) as ledger:
        found = invoices.issue(ledger, world.workspace_id, draft, made_by="user:1")
    world.run_idle()
    return found


def paid(world: World, by: PaidBy, reference: str = "") -> Reported:
    return Reported(
        paid_by=by, amount_minor=45_00, currency="USD", noted_by="test", at=world.now,
        reference=reference,
    )  # fmt: skip


def done(world: World, deed: Callable[..., object], *given: object, **named: object) -> object:
    with invoices.written(world.house, world.workspace_id) as ledger:
        return deed(ledger, world.workspace_id, *given, **named)


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
    assert done(world, invoices.settle, first, card)
    assert not done(world, invoices.settle, first, card)
    world.run_idle()
    assert Payment.objects.count() == 1
    assert Run.objects.filter(status="waiting").count() == 1  # the other one's goes on
    # A second payment is kept for people to see, and changes nothing else.
    again = paid(world, PaidBy.CARD, "pi_2")
    assert done(world, invoices.settle, first, again)
    assert AuditEntry.objects.filter(action="payment_double").exists()
    with pytest.raises(Conflict, match="by card"):
        done(world, invoices.reopen, first, actor="user:1")
    assert Invoice.objects.get(id=second).state == "open"


def test_what_people_note_can_be_taken_back(world: World) -> None:
    invoice_id = issued(world)
    done(world, invoices.settle, invoice_id, paid(world, PaidBy.DESK))
    with pytest.raises(Conflict, match="has been paid"):
        done(world, invoices.settle, invoice_id, paid(world, PaidBy.DESK))
    done(world, invoices.reopen, invoice_id, actor="user:1")
    row = Invoice.objects.get()
    assert (row.state, row.ended_by, row.ended_at) == ("open", "", None)
    assert Payment.objects.get().state == "taken_back"
    done(world, invoices.void, invoice_id, actor="user:1", reason="a slip")
    world.run_idle()
    assert not Run.objects.filter(status="waiting").exists()  # nobody is reminded of it
    with pytest.raises(Conflict, match="void"):
        done(world, invoices.settle, invoice_id, paid(world, PaidBy.TRANSFER))
    # Money that comes all the same did come.
    assert done(world, invoices.settle, invoice_id, paid(world, PaidBy.CARD, "pi_9"))
    assert Invoice.objects.get().state == "paid"


@pytest.mark.req("BI7")
def test_a_failed_payment_is_told_once_and_not_after_the_money(world: World) -> None:
    invoice_id = issued(world)
    failed = paid(world, PaidBy.CARD, "evt_1")
    assert done(world, invoices.note_failure, invoice_id, failed)
    assert not done(world, invoices.note_failure, invoice_id, failed)
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


_TOLD: dict[str, tuple[str, str, dict[str, Json]]] = {
    "declined": ("payment_intent.payment_failed", "evt_1", {"id": "pi_1", "amount": 4500}),
    "succeeded": ("payment_intent.succeeded", "evt_2", {"id": "pi_1", "amount_received": 4500}),
    "completed": (
        "checkout.session.completed",
        "evt_3",
        {"id": "cs_1", "payment_intent": "pi_1", "amount_total": 4500, "payment_status": "paid"},
    ),
}


@pytest.mark.req("BI3", "BI5")
@pytest.mark.parametrize("order", list(itertools.permutations(_TOLD)), ids="-".join)
def test_a_providers_events_come_to_the_same_in_any_order_and_twice(
    world: World, order: tuple[str, ...]
) -> None:
    invoice_id = issued(world)
    settings = StripeSettings(secret_key=f"sk_test_{'a1' * 12}")
    wanted = Wanted(kind="stripe", name="Stripe", settings=settings)
    system, _secret = systems.connect(world.house, world.workspace_id, wanted, actor="user:1")
    for name in (*order, *order):
        kind, reference, thing = _TOLD[name]
        said: Json = {**thing, "currency": "usd", "metadata": {"baton_invoice": invoice_id}}
        payload: Json = {"id": reference, "type": kind, "created": 1, "data": {"object": said}}
        with invoices.written(world.house, world.workspace_id) as ledger:
            paying.take(ledger, system, payload)
    world.run_idle()
    assert Invoice.objects.get().state == "paid"
    kept = sorted(Payment.objects.values_list("state", "reference"))
    assert kept == [("failed", "evt_1"), ("succeeded", "pi_1")]
    assert not Run.objects.filter(status="waiting").exists()


def test_what_does_not_fit_the_invoice_waits_for_a_person(world: World) -> None:
    invoice_id = issued(world)
    settings = StripeSettings(secret_key=f"sk_test_{'a1' * 12}")
    wanted = Wanted(kind="stripe", name="Stripe", settings=settings)
    system, _secret = systems.connect(world.house, world.workspace_id, wanted, actor="user:1")
    kind, reference, thing = _TOLD["succeeded"]
    for amount, whose in ((4400, invoice_id), (4500, "0" * 32)):
        about: Json = {"baton_invoice": whose}
        said: Json = {**thing, "amount_received": amount, "currency": "usd", "metadata": about}
        held: Json = {"object": said}
        payload: Json = {"id": reference, "type": kind, "created": 1, "data": held}
        with invoices.written(world.house, world.workspace_id) as ledger:
            assert paying.take(ledger, system, payload).fate is Fate.PARKED
    assert Invoice.objects.get().state == "open"
    assert not Payment.objects.exists()
