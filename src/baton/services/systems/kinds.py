"""The kinds of systems that can be connected: how each is believed, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from baton.connectors import HookPort, RecordsPort
from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.hooks import CalcomHooks
from baton.connectors.calcom.settings import CalcomSettings
from baton.connectors.files import settings as files
from baton.connectors.files.settings import FileSettings
from baton.connectors.stripe import settings as stripe
from baton.connectors.stripe.hooks import StripeHooks
from baton.connectors.stripe.settings import StripeSettings
from baton.connectors.webhook import settings as webhook
from baton.connectors.webhook.hooks import WebhookHooks
from baton.connectors.webhook.settings import WebhookSettings

SystemSettings: TypeAlias = WebhookSettings | StripeSettings | CalcomSettings | FileSettings
"""How a system is reached and believed, by its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of system: `title` names it, `about` says what it is for; with hooks it posts."""

    name: str
    title: str
    about: str
    settings: type[SystemSettings]
    has_hooks: bool = True


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name=webhook.KIND,
            title="Another system, by webhook",
            about="Any system that posts JSON: you say by a form what its fields mean.",
            settings=WebhookSettings,
        ),
        Kind(
            name=stripe.KIND,
            title="Stripe",
            about="Contacts pay their invoices on its page; it tells what was paid.",
            settings=StripeSettings,
        ),
        Kind(
            name=calcom.KIND,
            title="Cal.com",
            about="Bookings made, moved and cancelled there are told by its webhook.",
            settings=CalcomSettings,
        ),
        Kind(
            name=files.KIND,
            title="A system that exports files",
            about="CSV or XLSX, by hand or every night: for a system that posts no webhooks.",
            settings=FileSettings,
            has_hooks=False,
        ),
    )
}


def hooks_of(settings: SystemSettings) -> HookPort | None:
    """Return what hears a system's webhooks, None where it posts none."""
    match settings:
        case WebhookSettings():
            return WebhookHooks(settings)
        case StripeSettings():
            return StripeHooks()
        case CalcomSettings():
            return CalcomHooks()
        case FileSettings():
            return None


def records_of(settings: SystemSettings) -> RecordsPort | None:
    """Return what knows the meaning of a system's payloads, None where people map them."""
    return CalcomHooks() if isinstance(settings, CalcomSettings) else None


def problems_with(settings: SystemSettings) -> dict[str, str]:
    """Return what of a system's settings cannot be used, by field."""
    match settings:
        case WebhookSettings():
            return webhook.problems_with(settings)
        case StripeSettings():
            return stripe.problems_with(settings)
        case FileSettings():
            return files.problems_with(settings)
        case CalcomSettings():
            return {}


def pack(settings: SystemSettings) -> str:
    """Return settings as they are sealed."""
    return msgspec.json.encode(settings).decode()


def unpack(kind: str, packed: str) -> SystemSettings:
    """Return settings as they were packed."""
    return msgspec.json.decode(packed, type=KINDS[kind].settings)
