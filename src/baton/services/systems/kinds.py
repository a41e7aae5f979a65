"""The kinds of systems that can be connected: how each is believed, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from baton.connectors import (
    AskPort,
    CrmPort,
    HookPort,
    RecordsPort,
    RefundPort,
    TicketPort,
    Watched,
)
from baton.connectors.aftership import settings as aftership
from baton.connectors.aftership.hooks import AfterShipHooks
from baton.connectors.aftership.settings import AfterShipSettings
from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.deeds import CalcomDeeds
from baton.connectors.calcom.hooks import CalcomHooks
from baton.connectors.calcom.settings import CalcomSettings
from baton.connectors.caldav import settings as caldav
from baton.connectors.caldav.settings import CaldavSettings
from baton.connectors.calendly import settings as calendly
from baton.connectors.calendly.deeds import CalendlyDeeds
from baton.connectors.calendly.hooks import CalendlyHooks
from baton.connectors.calendly.settings import CalendlySettings
from baton.connectors.crm import settings as crm
from baton.connectors.crm.deeds import CrmTidings
from baton.connectors.crm.settings import CrmSettings
from baton.connectors.easypost import settings as easypost
from baton.connectors.easypost.hooks import EasyPostHooks
from baton.connectors.easypost.settings import EasyPostSettings
from baton.connectors.files import settings as files
from baton.connectors.files.settings import FileSettings
from baton.connectors.helpdesk import settings as helpdesk
from baton.connectors.helpdesk.deeds import HelpdeskDeeds
from baton.connectors.helpdesk.settings import HelpdeskSettings
from baton.connectors.hubspot import settings as hubspot
from baton.connectors.hubspot.deeds import HubspotDeeds
from baton.connectors.hubspot.hooks import HubspotHooks
from baton.connectors.hubspot.settings import HubspotSettings
from baton.connectors.ics import settings as ics
from baton.connectors.ics.feed import IcsRecords
from baton.connectors.ics.settings import IcsSettings
from baton.connectors.mindbody import settings as mindbody
from baton.connectors.mindbody.deeds import MindbodyDeeds
from baton.connectors.mindbody.hooks import MindbodyHooks
from baton.connectors.mindbody.settings import MindbodySettings
from baton.connectors.shopify import settings as shopify
from baton.connectors.shopify.deeds import ShopifyDeeds
from baton.connectors.shopify.hooks import ShopifyHooks
from baton.connectors.shopify.settings import ShopifySettings
from baton.connectors.square import settings as square
from baton.connectors.square.deeds import SquareDeeds
from baton.connectors.square.hooks import SquareHooks
from baton.connectors.square.settings import SquareSettings
from baton.connectors.stripe import settings as stripe
from baton.connectors.stripe.hooks import StripeHooks
from baton.connectors.stripe.settings import StripeSettings
from baton.connectors.webhook import settings as webhook
from baton.connectors.webhook.hooks import WebhookHooks
from baton.connectors.webhook.settings import WebhookSettings
from baton.connectors.woocommerce import settings as woocommerce
from baton.connectors.woocommerce.deeds import WooCommerceDeeds
from baton.connectors.woocommerce.hooks import WooCommerceHooks
from baton.connectors.woocommerce.settings import WooCommerceSettings
from baton.connectors.zendesk import settings as zendesk
from baton.connectors.zendesk.deeds import ZendeskDeeds
from baton.connectors.zendesk.settings import ZendeskSettings
from baton.core.deeds import ActPort, Asking
from baton.core.tidings import TellPort

SystemSettings: TypeAlias = msgspec.Struct
"""How a system is reached and believed: each kind has a struct of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of system: `title` names it, `about` says what it is for.

    `proves_by` is what the system calls the secret that it gives us, and where it shows it;
    "" where it takes one of ours.

    What hears its webhooks, knows what they mean, asks for what they leave out, acts there, notes
    something about contacts, tells it of them, opens tickets or pays orders back there, and says
    what of its settings cannot be used is made of its settings, of whichever type they are; None
    for what a kind has not.
    """

    name: str
    title: str
    about: str
    settings: type[SystemSettings]
    proves_by: str = ""
    hears: Callable[[Any], HookPort] | None = None
    reads: Callable[[Any], RecordsPort] | None = None
    asks: Callable[[Any], AskPort] | None = None
    acts: Callable[[Any], ActPort | None] | None = None
    notes: Callable[[Any], CrmPort] | None = None
    told: Callable[[Any], TellPort] | None = None
    tickets: Callable[[Any], TicketPort] | None = None
    refunds: Callable[[Any], RefundPort | None] | None = None
    doubts: Callable[[Any], dict[str, str]] | None = None

    @property
    def has_hooks(self) -> bool:
        """Whether it posts."""
        return self.hears is not None

    @property
    def is_mapped(self) -> bool:
        """Whether people say what its fields mean."""
        return self.reads is None and self.tells and self.name != stripe.KIND

    @property
    def tells(self) -> bool:
        """Whether anything is heard of it; a helpdesk is only written to."""
        return self.tickets is None and self.told is None

    @property
    def is_told(self) -> bool:
        """Whether it is told by webhooks of ours, signed with its secret."""
        return self.told is not None


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name=webhook.KIND,
            title="Another system, by webhook",
            about="Any system that posts JSON: you say by a form what its fields mean.",
            settings=WebhookSettings,
            hears=WebhookHooks,
            doubts=webhook.problems_with,
        ),
        Kind(
            name=stripe.KIND,
            title="Stripe",
            about="Contacts pay their invoices on its page; it tells what was paid.",
            settings=StripeSettings,
            proves_by="the endpoint's signing secret (whsec_...)",
            hears=lambda _: StripeHooks(),
            doubts=stripe.problems_with,
        ),
        Kind(
            name=calcom.KIND,
            title="Cal.com",
            about="Bookings made, moved and cancelled there are told by its webhook.",
            settings=CalcomSettings,
            doubts=calcom.problems_with,
            acts=lambda settings: CalcomDeeds(settings) if settings.api_key else None,
            hears=lambda _: CalcomHooks(),
            reads=lambda _: CalcomHooks(),
        ),
        Kind(
            name=calendly.KIND,
            title="Calendly",
            about="Events booked, moved, cancelled and missed there are told by its webhooks.",
            settings=CalendlySettings,
            doubts=calendly.problems_with,
            acts=lambda settings: CalendlyDeeds(settings) if settings.access_token else None,
            hears=lambda _: CalendlyHooks(),
            reads=lambda _: CalendlyHooks(),
        ),
        Kind(
            name=mindbody.KIND,
            title="Mindbody",
            about="Its webhooks tell of appointments, classes, clients and memberships.",
            settings=MindbodySettings,
            proves_by="the subscription's messageSignatureKey",
            hears=MindbodyHooks,
            reads=MindbodyHooks,
            acts=lambda settings: MindbodyDeeds(settings) if settings.api_key else None,
            doubts=mindbody.problems_with,
        ),
        Kind(
            name=square.KIND,
            title="Square Appointments",
            about="Bookings made, moved, cancelled and missed there, with who booked what.",
            settings=SquareSettings,
            proves_by="the webhook subscription's signature key",
            hears=SquareHooks,
            reads=SquareHooks,
            asks=SquareHooks,
            acts=SquareDeeds,
            doubts=square.problems_with,
        ),
        Kind(
            name=hubspot.KIND,
            title="HubSpot",
            about="Contacts that are new or have changed there; tasks about them are told to it.",
            settings=HubspotSettings,
            proves_by="the app's client secret",
            hears=HubspotHooks,
            reads=HubspotHooks,
            asks=HubspotHooks,
            notes=HubspotDeeds,
            doubts=hubspot.problems_with,
        ),
        Kind(
            name=crm.KIND,
            title="Another CRM, by a webhook",
            about="Tasks, notes and how contacts stand are posted to any CRM that takes a webhook,"
            " under names that you give.",
            settings=CrmSettings,
            told=CrmTidings,
            doubts=crm.problems_with,
        ),
        Kind(
            name=shopify.KIND,
            title="Shopify",
            about="Orders and what was sent for them, with tracking numbers, by its webhooks;"
            " refunds are paid there by one click.",
            settings=ShopifySettings,
            proves_by="the signing secret under Settings > Notifications > Webhooks",
            hears=lambda _: ShopifyHooks(),
            reads=lambda _: ShopifyHooks(),
            refunds=lambda settings: ShopifyDeeds(settings) if settings.may_ask else None,
            doubts=shopify.problems_with,
        ),
        Kind(
            name=woocommerce.KIND,
            title="WooCommerce",
            about="Orders, and what was sent for them, by its webhooks; refunds are paid there by"
            " one click.",
            settings=WooCommerceSettings,
            hears=lambda _: WooCommerceHooks(),
            reads=lambda _: WooCommerceHooks(),
            refunds=lambda settings: WooCommerceDeeds(settings) if settings.site else None,
            doubts=woocommerce.problems_with,
        ),
        Kind(
            name=easypost.KIND,
            title="EasyPost",
            about="What carriers scanned of each parcel, by its webhooks.",
            settings=EasyPostSettings,
            hears=lambda _: EasyPostHooks(),
            reads=lambda _: EasyPostHooks(),
        ),
        Kind(
            name=aftership.KIND,
            title="AfterShip",
            about="What carriers scanned of each parcel, by its webhooks.",
            settings=AfterShipSettings,
            proves_by="the webhook secret under Settings > Notifications > Webhooks",
            hears=lambda _: AfterShipHooks(),
            reads=lambda _: AfterShipHooks(),
        ),
        Kind(
            name=ics.KIND,
            title="A calendar feed (ICS)",
            about="A calendar under a secret address, looked at every few minutes.",
            settings=IcsSettings,
            reads=lambda _: IcsRecords(),
            doubts=ics.problems_with,
        ),
        Kind(
            name=caldav.KIND,
            title="A calendar by CalDAV",
            about="A calendar on a server with user and password, looked at every few minutes.",
            settings=CaldavSettings,
            reads=lambda _: IcsRecords(),
            doubts=caldav.problems_with,
        ),
        Kind(
            name=zendesk.KIND,
            title="Zendesk",
            about="What is handed over to queues that you name becomes a ticket there, with all"
            " that was said and shown.",
            settings=ZendeskSettings,
            tickets=ZendeskDeeds,
            doubts=zendesk.problems_with,
        ),
        Kind(
            name=helpdesk.KIND,
            title="Another helpdesk, by its address",
            about="What is handed over to queues that you name becomes a ticket of any helpdesk"
            " that answers five requests, or that a few lines of yours stand in front of.",
            settings=HelpdeskSettings,
            tickets=HelpdeskDeeds,
            doubts=helpdesk.problems_with,
        ),
        Kind(
            name=files.KIND,
            title="A system that exports files",
            about="CSV or XLSX, by hand or every night: for a system that posts no webhooks.",
            settings=FileSettings,
            doubts=files.problems_with,
        ),
    )
}
_OF: dict[type[SystemSettings], Kind] = {kind.settings: kind for kind in KINDS.values()}


def register(kind: Kind) -> None:
    """Know a kind that an extension brings.

    Raises ValueError where its name is taken, or its settings are those of another kind.
    """
    if KINDS.get(kind.name, kind) is not kind or _OF.get(kind.settings, kind) is not kind:
        raise ValueError(f"a kind of system is called {kind.name} already, or has its settings")
    KINDS[kind.name] = _OF[kind.settings] = kind


def kind_of(settings: SystemSettings) -> Kind:
    """Return the kind of system that has such settings."""
    return _OF[type(settings)]


def hooks_of(settings: SystemSettings) -> HookPort | None:
    """Return what hears a system's webhooks, None where it posts none."""
    hears = kind_of(settings).hears
    return hears(settings) if hears else None


def records_of(settings: SystemSettings) -> RecordsPort | None:
    """Return what knows the meaning of a system's payloads, None where people map them."""
    reads = kind_of(settings).reads
    return reads(settings) if reads else None


def asks_of(settings: SystemSettings) -> AskPort | None:
    """Return what asks a system for what it does not tell, None where it tells all."""
    asks = kind_of(settings).asks
    return asks(settings) if asks else None


def acts_of(settings: SystemSettings) -> ActPort | None:
    """Return what has a system do something, None where nothing may be done there."""
    acts = kind_of(settings).acts
    return acts(settings) if acts else None


def tickets_of(settings: SystemSettings) -> TicketPort | None:
    """Return what opens tickets in a system, None where it keeps none."""
    tickets = kind_of(settings).tickets
    return tickets(settings) if tickets else None


def notes_of(settings: SystemSettings) -> CrmPort | None:
    """Return what notes something about contacts in a system, None where it takes nothing."""
    notes = kind_of(settings).notes
    return notes(settings) if notes else None


def told_of(settings: SystemSettings) -> TellPort | None:
    """Return what tells a system of contacts, None where it is told nothing."""
    told = kind_of(settings).told
    return told(settings) if told else None


def refunds_of(settings: SystemSettings) -> RefundPort | None:
    """Return what pays orders back in a system, None where people do that there."""
    refunds = kind_of(settings).refunds
    return refunds(settings) if refunds else None


def check_of(settings: SystemSettings) -> Asking | None:
    """Return what is asked to see whether settings hold, None where nobody is ever asked."""
    port = asks_of(settings) or acts_of(settings) or tickets_of(settings) or refunds_of(settings)
    return port.check() if port else None


def watched_of(settings: SystemSettings) -> Watched | None:
    """Return what of a system is looked at again and again, None for nothing."""
    return settings if isinstance(settings, Watched) and settings.url else None


def problems_with(settings: SystemSettings) -> dict[str, str]:
    """Return what of a system's settings cannot be used, by field."""
    doubts = kind_of(settings).doubts
    return doubts(settings) if doubts else {}


def pack(settings: SystemSettings) -> str:
    """Return settings as they are sealed."""
    return msgspec.json.encode(settings).decode()


def unpack(kind: str, packed: str) -> SystemSettings:
    """Return settings as they were packed."""
    return msgspec.json.decode(packed, type=KINDS[kind].settings)
