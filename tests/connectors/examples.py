"""Each connector that mirrors: how it is connected, how it signs, and what it tells of a booking.

`told` are files of its folder whose names begin with a number, in the order in which they
happened: a booking is made, moved and cancelled. They are modelled on the provider's documents.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.settings import CalcomSettings
from baton.connectors.calendly import settings as calendly
from baton.connectors.calendly.settings import CalendlySettings
from baton.connectors.mindbody import settings as mindbody
from baton.connectors.mindbody.settings import MindbodySettings
from baton.core.json import Json
from baton.services.systems.kinds import SystemSettings

SECRET = "a secret of the system's own"
URL = "https://baton.example/systems/token"
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
    """A connector; `reference`, `starts_at` and `page_url` are its booking's in the end."""

    kind: str
    settings: SystemSettings
    sign: Callable[[Signed], Mapping[str, str]]
    reference: str
    starts_at: str
    page_url: str = ""

    @property
    def told(self) -> tuple[Json, ...]:
        """What it tells, in the order in which it happened."""
        paths = sorted((HERE / self.kind).glob("[0-9]-*.json"))
        return tuple(json.loads(path.read_text("utf-8")) for path in paths)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _calendly(one: Signed) -> Mapping[str, str]:
    moment = str(int(one.at.timestamp()))
    digest = one.digest(f"{moment}.".encode()).hex()
    return {"calendly-webhook-signature": f"t={moment},v1={digest}"}


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
)
