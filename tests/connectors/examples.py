"""Each connector that mirrors: how it is connected, how it signs, and what it tells.

`told` are files of its folder whose names begin with a number, in the order in which they
happened: a booking is made, moved and cancelled, or a contact changes. They are modelled on
the provider's documents.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from baton.connectors.aftership import settings as aftership
from baton.connectors.aftership.settings import AfterShipSettings
from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.settings import CalcomSettings
from baton.connectors.calendly import settings as calendly
from baton.connectors.calendly.settings import CalendlySettings
from baton.connectors.easypost import settings as easypost
from baton.connectors.easypost.settings import EasyPostSettings
from baton.connectors.hubspot import settings as hubspot
from baton.connectors.hubspot.settings import HubspotSettings
from baton.connectors.mindbody import settings as mindbody
from baton.connectors.mindbody.settings import MindbodySettings
from baton.connectors.shopify import settings as shopify
from baton.connectors.shopify.settings import ShopifySettings
from baton.connectors.square import settings as square
from baton.connectors.square.settings import SquareSettings
from baton.connectors.woocommerce import settings as woocommerce
from baton.connectors.woocommerce.settings import WooCommerceSettings
from baton.core.json import Json
from baton.services.systems.kinds import SystemSettings

SECRET = "a secret of the system's own"
URL = "https://baton.example/systems/token"
TOKEN = "EAAAl0trialtokenoftests_-"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a provider signs."""

    body: bytes
    secret: str = SECRET
    url: str = URL
    at: datetime = datetime(2026, 3, 2, 10, tzinfo=UTC)

    def digest(self, *before: bytes, after: bytes = b"") -> bytes:
        """Return the HMAC-SHA256 of the body and what stands around it."""
        whole = b"".join((*before, self.body, after))
        return hmac.new(self.secret.encode(), whole, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A connector; `reference`, `starts_at` and `page_url` are its booking's in the end, if any."""

    kind: str
    settings: SystemSettings
    sign: Callable[[Signed], Mapping[str, str]]
    reference: str = ""
    starts_at: str = ""
    page_url: str = ""

    @property
    def told(self) -> tuple[Json, ...]:
        """What it tells, in the order in which it happened."""
        paths = sorted((HERE / self.kind).glob("[0-9]-*.json"))
        return tuple(_read(path) for path in paths)

    @property
    def answers(self) -> Mapping[str, Json]:
        """What it answers by path, where it is asked besides."""
        path = HERE / self.kind / "answers.json"
        said = _read(path) if path.exists() else {}
        return said if isinstance(said, dict) else {}


def _read(path: Path) -> Json:
    said: Json = json.loads(path.read_text("utf-8"))
    return said


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _calendly(one: Signed) -> Mapping[str, str]:
    moment = str(int(one.at.timestamp()))
    digest = one.digest(f"{moment}.".encode()).hex()
    return {"calendly-webhook-signature": f"t={moment},v1={digest}"}


def _hubspot(one: Signed) -> Mapping[str, str]:
    moment = str(int(one.at.timestamp() * 1000))
    digest = one.digest(f"POST{one.url}".encode(), after=moment.encode())
    return {
        "x-hubspot-signature-v3": _base64(digest),
        "x-hubspot-request-timestamp": moment,
    }


EXAMPLES = (
    Example(
        kind=calcom.KIND,
        settings=CalcomSettings(),
        sign=lambda one: {"x-cal-signature-256": one.digest().hex()},
        reference="bFJeNb2uX8ANpT3JL5EfXw@Cal.com",
        starts_at="2026-03-06 09:30:00+00:00",
        page_url="https://app.cal.com/booking/3xAmPl3uIdAfterMoving",
    ),
    Example(
        kind=calendly.KIND,
        settings=CalendlySettings(),
        sign=_calendly,
        reference="30429fd6-dcc5-4b15-aa65-d9f658df7c21",
        starts_at="2026-03-06 14:00:00+00:00",
        page_url="https://calendly.com/reschedulings/84a1e1fc-7b4e-46c3-8a27-b4fbd0a5c1d0",
    ),
    Example(
        kind=mindbody.KIND,
        settings=MindbodySettings(),
        sign=lambda one: {"x-mindbody-signature": f"sha256={_base64(one.digest())}"},
        reference="appointment-121",
        starts_at="2026-03-06 14:00:00+00:00",
    ),
    Example(
        kind=square.KIND,
        settings=SquareSettings(access_token=TOKEN),
        sign=lambda one: {
            "x-square-hmacsha256-signature": _base64(one.digest(one.url.encode())),
        },
        reference="i2id2g3enyspi7",
        starts_at="2026-03-06 14:00:00+00:00",
    ),
    Example(
        kind=hubspot.KIND,
        settings=HubspotSettings(access_token=TOKEN),
        sign=_hubspot,
    ),
)

SHOPS = (
    Example(
        kind=shopify.KIND,
        settings=ShopifySettings(),
        sign=lambda one: {"x-shopify-hmac-sha256": _base64(one.digest())},
    ),
    Example(
        kind=woocommerce.KIND,
        settings=WooCommerceSettings(),
        sign=lambda one: {"x-wc-webhook-signature": _base64(one.digest())},
    ),
)
CARRIERS = (
    Example(
        kind=easypost.KIND,
        settings=EasyPostSettings(),
        sign=lambda one: {"x-hmac-signature": f"hmac-sha256-hex={one.digest().hex()}"},
    ),
    Example(
        kind=aftership.KIND,
        settings=AfterShipSettings(),
        sign=lambda one: {"aftership-hmac-sha256": _base64(one.digest())},
    ),
)
