"""Stripe's Checkout page for one invoice: what is asked, and what the answer says.

See https://docs.stripe.com/api/checkout/sessions/create. A request carries a key of its own, so
that two taps within it open one page.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec

from baton.connectors import UnreadableError
from baton.connectors.stripe.settings import StripeSettings
from baton.connectors.stripe.tidings import INVOICE
from baton.core.deeds import Asking

VERSION = "2024-06-20"
"""The version of the API whose words these are; a newer account answers in them all the same."""

_HTTPS = "https://"
_LOCALES = frozenset({"en", "es", "de", "fr", "it", "nl", "pt", "pl", "sv", "da", "fi", "nb"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is paid on the page; `title` is what it says there, `back_url` leads back to us."""

    invoice_id: str
    title: str
    amount_minor: int
    currency: str
    language: str
    back_url: str
    until: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The page: its name at Stripe, its address, and until when it is good."""

    reference: str
    url: str
    until: datetime


class _Session(msgspec.Struct, frozen=True):
    id: str
    url: str | None
    expires_at: int


def render(settings: StripeSettings, bill: Bill) -> Asking:
    """Return the request that opens a page."""
    language = bill.language.partition("-")[0].lower()
    fields = {
        "mode": "payment",
        "client_reference_id": bill.invoice_id,
        f"metadata[{INVOICE}]": bill.invoice_id,
        f"payment_intent_data[metadata][{INVOICE}]": bill.invoice_id,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": bill.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(bill.amount_minor),
        "line_items[0][price_data][product_data][name]": bill.title,
        "locale": language if language in _LOCALES else "auto",
        "success_url": bill.back_url,
        "cancel_url": bill.back_url,
        "expires_at": str(int(bill.until.timestamp())),
    }
    return Asking(
        method="POST",
        url=f"{settings.api_url}/v1/checkout/sessions",
        headers={
            "Authorization": f"Bearer {settings.secret_key}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": bill.key,
            "Stripe-Version": VERSION,
        },
        body=urlencode(fields).encode(),
    )


def parse(body: bytes) -> Opened:
    """Read the answer; raises UnreadableError for one that opens no page."""
    try:
        session = msgspec.json.decode(body, type=_Session)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError("Stripe's answer is no Checkout Session.") from error
    if not (session.url or "").startswith(_HTTPS):
        raise UnreadableError("Stripe's answer opens no page.")
    return Opened(
        reference=session.id,
        url=session.url or "",
        until=datetime.fromtimestamp(session.expires_at, UTC),
    )
