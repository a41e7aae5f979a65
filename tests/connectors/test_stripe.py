"""Stripe: who signs is believed, and its events tell one payment once, in any order."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.connectors import DisbelievedError, Heard, Hook, UnreadableError
from baton.connectors.stripe import checkout, settings, tidings
from baton.connectors.stripe.checkout import Bill
from baton.connectors.stripe.hooks import StripeHooks
from baton.connectors.stripe.settings import StripeSettings
from baton.connectors.stripe.tidings import Outcome
from baton.core.json import Json

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET = "whsec_0123456789abcdef0123456789abcdef"
KEY = f"sk_test_{'a1' * 12}"


def event(kind: str, name: str = "evt_1", **thing: Any) -> Json:
    """Return an event as Stripe's documentation shows it, less what does not concern us."""
    held: Json = {
        "id": "cs_test_1",
        "metadata": {"baton_invoice": "i1"},
        "currency": "usd",
        **thing,
    }
    return {
        "id": name, "object": "event", "api_version": "2024-06-20", "livemode": False,
        "created": int(NOW.timestamp()), "type": kind, "data": {"object": held},
        "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
    }  # fmt: skip


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> str:
    moment = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def hear(body: bytes, header: str, now: datetime = NOW) -> Heard:
    hook = Hook(body=body, headers={"stripe-signature": header}, url="https://x.example/systems/t")
    return StripeHooks().hear(hook, SECRET, now=now)


BODY = msgspec.json.encode(event("payment_intent.succeeded", id="pi_1", amount_received=4500))


def test_a_signature_of_now_is_believed_whatever_stands_beside_it() -> None:
    header = signed(BODY)
    moment, digest = header.split(",")
    rolled = f"{moment},v1={'0' * 64},{digest},v0={'1' * 64}"
    for one in (header, rolled, f" {moment} , {digest}"):
        assert hear(BODY, one).reference == "evt_1"


@pytest.mark.parametrize("away", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_its_moment_may_be_five_minutes_off_and_no_more(away: timedelta) -> None:
    assert hear(BODY, signed(BODY), NOW + away).reference
    with pytest.raises(DisbelievedError, match="too old"):
        hear(BODY, signed(BODY), NOW + away * 1.01)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        signed(BODY, secret="whsec_another"),
        signed(BODY + b" "),
        signed(BODY).replace("v1=", "v0="),
        signed(BODY).replace("t=", "t=1,t="),
        signed(BODY).replace("t=1", "t=2"),
        f"t={'9' * 40},v1={'0' * 64}",
        f"t=nan,v1={'0' * 64}",
        "v1=ü,t=1",
    ],
)
def test_what_proves_nothing_is_refused(header: str) -> None:
    with pytest.raises(DisbelievedError):
        hear(BODY, header)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"id":"e","object":"charge","type":"x"}'])
def test_what_is_no_event_cannot_be_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        hear(body, signed(body))


@given(header=st.text(max_size=200), body=st.binary(max_size=200))
def test_nobody_else_is_ever_believed(header: str, body: bytes) -> None:
    with pytest.raises(DisbelievedError):
        hear(body, header)


_SESSION: dict[str, Any] = {"amount_total": 4500, "payment_intent": "pi_1"}
_LATER = "checkout.session.async_payment_succeeded"
_INTENT: dict[str, Any] = {"id": "pi_1", "amount": 4500}


@pytest.mark.parametrize(
    ("told", "outcome", "reference"),
    [
        (event("checkout.session.completed", payment_status="paid", **_SESSION), "paid", "pi_1"),
        (event(_LATER, payment_status="paid", **_SESSION), "paid", "pi_1"),
        (event("payment_intent.succeeded", amount_received=4500, **_INTENT), "paid", "pi_1"),
        (event("payment_intent.payment_failed", "evt_7", **_INTENT), "failed", "evt_7"),
        (event("checkout.session.async_payment_failed", "evt_8", **_SESSION), "failed", "evt_8"),
    ],
)  # fmt: skip
def test_every_event_of_a_payment_names_it_alike(told: Json, outcome: str, reference: str) -> None:
    found = tidings.read(told)
    assert found
    assert (found.outcome, found.reference) == (Outcome(outcome), reference)
    assert (found.invoice_id, found.amount_minor, found.currency) == ("i1", 4500, "USD")
    assert found.at == NOW


@pytest.mark.parametrize(
    "told",
    [
        event("checkout.session.completed", payment_status="unpaid", **_SESSION),
        event("payment_intent.succeeded", metadata={}, **_INTENT),
        event("payment_intent.succeeded", metadata=None, **_INTENT),
        event("charge.refunded"),
        {"object": "event"},
        [],
    ],
)
def test_everything_else_is_none_of_ours(told: Json) -> None:
    assert tidings.read(told) is None


def test_an_event_of_ours_in_another_form_is_told() -> None:
    with pytest.raises(UnreadableError, match="Not as Stripe writes it"):
        tidings.read({"id": "e", "type": "payment_intent.succeeded", "created": 1, "data": 7})


def test_a_page_is_asked_for_as_the_documents_say() -> None:
    bill = Bill(
        invoice_id="i1", title="Factura 7", amount_minor=4500, currency="EUR", language="es-MX",
        back_url="https://gym.example/t/x", until=NOW, key="k1",
    )  # fmt: skip
    asking = checkout.render(StripeSettings(secret_key=KEY), bill)
    assert asking.url == "https://api.stripe.com/v1/checkout/sessions"
    assert asking.headers["Idempotency-Key"] == "k1"
    assert asking.headers["Authorization"] == f"Bearer {KEY}"
    fields = {name: values[0] for name, values in parse_qs(asking.body.decode()).items()}
    assert fields == {
        "mode": "payment",
        "client_reference_id": "i1",
        "metadata[baton_invoice]": "i1",
        "payment_intent_data[metadata][baton_invoice]": "i1",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "4500",
        "line_items[0][price_data][product_data][name]": "Factura 7",
        "locale": "es",
        "success_url": "https://gym.example/t/x",
        "cancel_url": "https://gym.example/t/x",
        "expires_at": str(int(NOW.timestamp())),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"id":"cs","url":null,"expires_at":1}',
        b'{"id":"cs","url":"javascript:1","expires_at":1}',
    ],
)
def test_an_answer_that_opens_no_page_is_none(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        checkout.parse(body)


@pytest.mark.parametrize(
    ("key", "is_good"),
    [
        (KEY, True),
        (KEY.replace("sk_test", "rk_live"), True),
        ("pk_test_abcdefghijk", False),
        ("", False),
    ],
)
def test_a_key_looks_like_one(key: str, is_good: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (not settings.problems_with(StripeSettings(secret_key=key))) == is_good
