"""The forms that connect systems, and the one that maps their fields."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from baton.connectors.aftership import settings as aftership
from baton.connectors.aftership.settings import AfterShipSettings
from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.settings import CalcomSettings
from baton.connectors.caldav import settings as caldav
from baton.connectors.caldav.settings import CaldavSettings
from baton.connectors.calendly import settings as calendly
from baton.connectors.calendly.settings import CalendlySettings
from baton.connectors.easypost import settings as easypost
from baton.connectors.easypost.settings import EasyPostSettings
from baton.connectors.files import settings as files
from baton.connectors.files.settings import Dates, FileSettings
from baton.connectors.helpdesk import settings as helpdesk
from baton.connectors.helpdesk.settings import HelpdeskSettings
from baton.connectors.hubspot import settings as hubspot
from baton.connectors.hubspot.settings import HubspotSettings
from baton.connectors.ics import settings as ics
from baton.connectors.ics.settings import IcsSettings
from baton.connectors.mindbody import settings as mindbody
from baton.connectors.mindbody.settings import MindbodySettings
from baton.connectors.shopify import settings as shopify
from baton.connectors.shopify.settings import ShopifySettings
from baton.connectors.square import settings as square
from baton.connectors.square.settings import SquareSettings
from baton.connectors.stripe import settings as stripe
from baton.connectors.stripe.settings import StripeSettings
from baton.connectors.webhook import settings as webhook
from baton.connectors.webhook.settings import Proof, WebhookSettings
from baton.connectors.woocommerce import settings as woocommerce
from baton.connectors.woocommerce.settings import WooCommerceSettings
from baton.connectors.zendesk import settings as zendesk
from baton.connectors.zendesk.settings import ZendeskSettings
from baton.core import mapping
from baton.core.errors import InvalidInput
from baton.core.mapping import EVENT, PERSON_FIELDS, SHIPMENT, SLOT, TRACKING, FieldMap
from baton.core.targets import BOOKING, CHECK_IN, INVOICE, MEMBERSHIP, ORDER, TARGETS, Target
from baton.services.systems.kinds import SystemSettings

HINTS = {
    "name": "What your colleagues call it.",
    "proof": "Its documentation says how it signs what it posts.",
    "header": "For anything but Standard Webhooks: the header that holds the digest or the secret.",
    "digest_prefix": "What stands before the digest, such as sha256=; mostly nothing.",
    "secret_key": "A secret or restricted key that may write Checkout Sessions. It is never shown"
    " again; give it with each change.",
    "class_word": "Mindbody tells of a class without its name: contacts read this word, with who"
    " gives it.",
    "access_token": "It may read what the system's page of our documents names. It is never shown"
    " again; give it with each change.",
    "url": "It begins with https://. Whoever has it can read what lies there, so it is never shown"
    " again; give it with each change.",
    "user": "Only where its server asks for one.",
    "quiet_hours": "Empty: nobody is told. They are told once, until the system is heard again.",
    "api_key": "Only where bookings may be changed there from here. It is never shown again; give"
    " it with each change.",
    "site_number": "Mindbody's own number of the business; -99 is its sandbox.",
    "username": "A member of staff there who may change appointments; give it with each change.",
    "site": "The name before .zendesk.com, as mystore.",
    "shop": "The name before .myshopify.com, as mystore; empty where people pay back there"
    " themselves.",
    "consumer_key": "Of the REST API, with the right to read and write. It is never shown again;"
    " give it with each change.",
    "consumer_secret": "It comes with the key; give it with each change.",
    "client_id": "Of an app in Shopify's Dev Dashboard that is installed in the shop, under its"
    " Settings.",
    "client_secret": "It stands beside the client id. It is never shown again; give it with each"
    " change.",
    "email": "Of an agent there who may open tickets.",
    "api_token": "It is never shown again; give it with each change.",
    "queues": "Short names with commas, as returns, billing. Guarded queues are never given.",
    "secret": "Leave it empty: Baton makes one. Fill it in where the system gives you its own.",
}
MAKES = (
    (EVENT, "an event"),
    (BOOKING, "a booking"),
    (SLOT, "a time that can be booked"),
    (MEMBERSHIP, "a membership"),
    (CHECK_IN, "a check-in"),
    (INVOICE, "an invoice"),
    (ORDER, "an order"),
    (SHIPMENT, "a parcel of an order"),
    (TRACKING, "a scan of a parcel"),
)
"""What a map may make, as the form says it."""

_FACT_ROWS = 6
"""So many empty rows are offered for further facts."""


class SystemForm(forms.Form):
    """What every system has: a name, and what it signs with."""

    name = forms.CharField(max_length=120, label="Name")
    secret = forms.CharField(
        max_length=200,
        required=False,
        label="Secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    quiet_hours = forms.IntegerField(
        min_value=1,
        max_value=720,
        required=False,
        label="Tell who leads when nothing came for so many hours",
    )

    def refuse(self, refusal: InvalidInput) -> None:
        """Show beside each field why it was refused."""
        for name, why in refusal.fields.items():
            self.add_error(name if name in self.fields else None, why)


class WebhookForm(SystemForm):
    """Any system that posts JSON."""

    field_order = ("name", "proof", "header", "digest_prefix", "secret")
    proof = forms.ChoiceField(
        choices=[
            (Proof.STANDARD.value, "Standard Webhooks"),
            (Proof.HMAC.value, "HMAC-SHA256 of the body in a header"),
            (Proof.ITSELF.value, "The secret itself in a header"),
        ],
        label="It signs by",
    )
    header = forms.CharField(max_length=60, required=False, label="Header")
    digest_prefix = forms.CharField(max_length=20, required=False, label="Prefix of the digest")


class StripeForm(SystemForm):
    """A Stripe account; the key is never shown again, and has to be given with each change."""

    field_order = ("name", "secret_key", "secret")
    secret_key = forms.CharField(
        max_length=255,
        label="API key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class FileForm(SystemForm):
    """A system that exports files, by hand or to an address that is looked at."""

    field_order = ("name", "dates", "url", "user", "password", "minutes")
    url = forms.CharField(
        max_length=1_000,
        required=False,
        label="Address of the newest file",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    user = forms.CharField(max_length=200, required=False, label="User")
    password = forms.CharField(
        max_length=200,
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        min_value=5,
        max_value=1_440,
        initial=1_440,
        required=False,
        label="Look every so many minutes",
    )
    secret = None  # type: ignore[assignment] # Django's way of leaving out an inherited field
    dates = forms.ChoiceField(
        choices=[
            (Dates.UNSAID.value, "as 2026-04-03, or in one way alone"),
            (Dates.DAY_FIRST.value, "day first: 03/04/2026 is in April"),
            (Dates.MONTH_FIRST.value, "month first: 03/04/2026 is in March"),
        ],
        label="It writes dates",
    )


class CalcomForm(SystemForm):
    """A Cal.com account: its webhook signs with the secret; with a key, bookings change there."""

    field_order = ("name", "secret", "api_key")
    api_key = forms.CharField(
        max_length=220,
        required=False,
        label="API key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class CalendlyForm(SystemForm):
    """A Calendly account: its webhooks' key is its secret; with a token, bookings are cancelled."""

    field_order = ("name", "secret", "access_token")
    access_token = forms.CharField(
        max_length=1_000,
        required=False,
        label="Access token, to cancel there",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class SecretForm(SystemForm):
    """A carrier: what its webhooks are signed with is all that has to be known."""

    field_order = ("name", "secret")


class ShopifyForm(SystemForm):
    """A Shopify shop: its webhooks sign with the secret; with an app, refunds are paid there."""

    field_order = ("name", "secret", "shop", "client_id", "client_secret", "access_token")
    shop = forms.CharField(max_length=63, required=False, label="Shop, to pay refunds there")
    access_token = forms.CharField(
        max_length=200,
        required=False,
        label="Access token of the Admin API",
        help_text="Only of an app that shows a lasting one, in place of its client id and secret."
        " It is never shown again; give it with each change.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    client_id = forms.CharField(max_length=200, required=False, label="Client id of your app")
    client_secret = forms.CharField(
        max_length=200,
        required=False,
        label="Client secret of your app",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class WooCommerceForm(SystemForm):
    """A WooCommerce shop; with a key of its REST API, refunds are paid there."""

    field_order = ("name", "secret", "site", "consumer_key", "consumer_secret")
    site = forms.CharField(
        max_length=300,
        required=False,
        label="Shop, to pay refunds there",
        help_text="Its address, as https://shop.example; empty where people pay back there"
        " themselves.",
    )
    consumer_key = forms.CharField(
        max_length=120,
        required=False,
        label="Consumer key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    consumer_secret = forms.CharField(
        max_length=120,
        required=False,
        label="Consumer secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class MindbodyForm(SystemForm):
    """A Mindbody site: its webhooks have a key, its Public API another, with a staff login."""

    field_order = ("name", "secret", "class_word", "api_key", "site_number", "username", "password")
    class_word = forms.CharField(max_length=40, initial="Class", label="What a class is called")
    api_key = forms.CharField(
        max_length=80,
        required=False,
        label="API key, to change bookings there",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    site_number = forms.CharField(max_length=13, required=False, label="Site")
    username = forms.CharField(
        max_length=200,
        required=False,
        label="Login",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        max_length=200,
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class SquareForm(SystemForm):
    """A Square account, or its sandbox."""

    field_order = ("name", "secret", "access_token", "place")
    access_token = forms.CharField(
        max_length=200,
        label="Access token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    place = forms.ChoiceField(
        choices=[(square.LIVE, "the business"), (square.TRIAL, "the sandbox, for trials")],
        label="It is the token of",
    )


class HubspotForm(SystemForm):
    """A HubSpot account, by an app of the business's own."""

    field_order = ("name", "secret", "access_token", "keeps_traits")
    access_token = forms.CharField(
        max_length=250,
        label="Access token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    keeps_traits = forms.ChoiceField(
        choices=[("", "no"), ("yes", "yes, into the five baton_ properties of contacts")],
        required=False,
        label="Write booking status, order and tags there",
        help_text="Create the properties in HubSpot first; the handbook names them.",
    )


class IcsForm(SystemForm):
    """A calendar's feed; its address is a secret, and is given again with each change."""

    field_order = ("name", "url", "user", "password", "minutes")
    secret = None  # type: ignore[assignment] # Django's way of leaving out an inherited field
    url = forms.CharField(
        max_length=1_000,
        label="Address",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    user = forms.CharField(max_length=200, required=False, label="User")
    password = forms.CharField(
        max_length=200,
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        min_value=5, max_value=1_440, initial=15, label="Look every so many minutes"
    )


class CaldavForm(IcsForm):
    """A calendar on its server; who may read it is told with its address."""

    url = forms.CharField(
        max_length=1_000,
        label="Address",
        help_text="The calendar's own address on its server; it begins with https://.",
    )
    user = forms.CharField(
        max_length=200,
        label="User",
        help_text="With a password for this alone, where the server gives such ones.",
    )


class ZendeskForm(SystemForm):
    """A Zendesk account, in which tickets are opened."""

    field_order = ("name", "site", "email", "api_token", "queues")
    secret = None  # type: ignore[assignment] # Django's way of leaving out an inherited field
    quiet_hours = None  # type: ignore[assignment] # likewise: nothing is heard of it
    site = forms.CharField(max_length=63, label="Account")
    email = forms.CharField(max_length=200, label="Email")
    api_token = forms.CharField(
        max_length=120,
        label="API token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    queues = forms.CharField(max_length=500, label="Queues")


class HelpdeskForm(SystemForm):
    """Any other helpdesk, in which tickets are opened."""

    field_order = ("name", "url", "api_token", "queues")
    secret = None  # type: ignore[assignment] # Django's way of leaving out an inherited field
    quiet_hours = None  # type: ignore[assignment] # likewise: nothing is heard of it
    url = forms.CharField(
        max_length=600,
        label="Address",
        help_text="As https://help.example/baton: what its page of our documents names is asked"
        " under it.",
    )
    api_token = forms.CharField(
        max_length=400,
        label="Token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    queues = forms.CharField(max_length=500, label="Queues")


FORMS: Mapping[str, type[SystemForm]] = {
    webhook.KIND: WebhookForm,
    stripe.KIND: StripeForm,
    calcom.KIND: CalcomForm,
    calendly.KIND: CalendlyForm,
    mindbody.KIND: MindbodyForm,
    square.KIND: SquareForm,
    hubspot.KIND: HubspotForm,
    shopify.KIND: ShopifyForm,
    woocommerce.KIND: WooCommerceForm,
    easypost.KIND: SecretForm,
    aftership.KIND: SecretForm,
    ics.KIND: IcsForm,
    caldav.KIND: CaldavForm,
    files.KIND: FileForm,
    zendesk.KIND: ZendeskForm,
    helpdesk.KIND: HelpdeskForm,
}


def settings_of(kind: str, form: SystemForm) -> SystemSettings:
    """Return what a valid form says of how a system of a kind is believed."""
    return _READ[kind](form.cleaned_data)


def _watched(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all that is looked at is told by; likewise of no type."""
    said = {name: given[name] for name in ("user", "password", "minutes")}
    return {"url": given["url"].strip(), **said}


_READ: Mapping[str, Callable[[Mapping[str, Any]], SystemSettings]] = {
    webhook.KIND: lambda given: WebhookSettings(
        proof=given["proof"], header=given["header"], prefix=given["digest_prefix"]
    ),
    stripe.KIND: lambda given: StripeSettings(secret_key=given["secret_key"].strip()),
    calcom.KIND: lambda given: CalcomSettings(api_key=given["api_key"].strip()),
    calendly.KIND: lambda given: CalendlySettings(access_token=given["access_token"].strip()),
    mindbody.KIND: lambda given: MindbodySettings(
        class_word=given["class_word"].strip(),
        api_key=given["api_key"].strip(),
        site_number=given["site_number"].strip(),
        username=given["username"].strip(),
        password=given["password"],
    ),
    square.KIND: lambda given: SquareSettings(
        access_token=given["access_token"].strip(), api_url=given["place"]
    ),
    hubspot.KIND: lambda given: HubspotSettings(
        access_token=given["access_token"].strip(), keeps_traits=bool(given["keeps_traits"])
    ),
    shopify.KIND: lambda given: ShopifySettings(
        shop=given["shop"].strip().lower(),
        access_token=given["access_token"].strip(),
        client_id=given["client_id"].strip(),
        client_secret=given["client_secret"].strip(),
    ),
    woocommerce.KIND: lambda given: WooCommerceSettings(
        site=given["site"].strip().rstrip("/"),
        consumer_key=given["consumer_key"].strip(),
        consumer_secret=given["consumer_secret"].strip(),
    ),
    easypost.KIND: lambda _: EasyPostSettings(),
    aftership.KIND: lambda _: AfterShipSettings(),
    ics.KIND: lambda given: IcsSettings(**_watched(given)),
    caldav.KIND: lambda given: CaldavSettings(**_watched(given)),
    files.KIND: lambda given: FileSettings(
        dates=given["dates"],
        url=given["url"].strip(),
        user=given["user"],
        password=given["password"],
        minutes=given["minutes"] or 1_440,
    ),
    zendesk.KIND: lambda given: ZendeskSettings(
        site=given["site"].strip().lower(),
        email=given["email"].strip(),
        api_token=given["api_token"].strip(),
        queues=given["queues"].strip(),
    ),
    helpdesk.KIND: lambda given: HelpdeskSettings(
        url=given["url"].strip().rstrip("/"),
        api_token=given["api_token"].strip(),
        queues=given["queues"].strip(),
    ),
}
"""What Django read of a form has no type of ours."""


def shown_of(settings: SystemSettings) -> dict[str, str]:
    """Return settings as their form shows them; no secret is ever shown."""
    if isinstance(settings, WebhookSettings):
        return {
            "proof": settings.proof,
            "header": settings.header,
            "digest_prefix": settings.prefix,
        }
    if isinstance(settings, SquareSettings):
        return {"place": settings.api_url}
    if isinstance(settings, HubspotSettings):
        return {"keeps_traits": "yes" if settings.keeps_traits else ""}
    shown = _SHOWN.get(type(settings), ())
    return {name: str(getattr(settings, name)) for name in shown}


_SHOWN: Mapping[type[SystemSettings], tuple[str, ...]] = {
    MindbodySettings: ("class_word",),
    ShopifySettings: ("shop", "client_id"),
    WooCommerceSettings: ("site",),
    IcsSettings: ("user", "minutes"),
    CaldavSettings: ("user", "minutes"),
    FileSettings: ("dates", "user", "minutes"),
    ZendeskSettings: ("site", "email", "queues"),
    HelpdeskSettings: ("url", "queues"),
}
"""What is no secret, of those whose fields are called as their settings are."""


def map_of(posted: Mapping[str, str]) -> FieldMap:
    """Return the map that a form describes; whether it can be used, the service says."""
    fields = {
        name: place for name in PERSON_FIELDS if (place := posted.get(f"person_{name}", "").strip())
    }
    for number in range(mapping.MAX_FIELDS):
        name = posted.get(f"fact_{number}", "").strip()
        place = posted.get(f"place_{number}", "").strip()
        if name and place:
            fields[name] = place
    makes = posted.get("makes", EVENT)
    for target in TARGETS.get(makes, ()):
        if place := posted.get(f"target_{target.name}", "").strip():
            fields[target.name] = place
    return FieldMap(
        name=posted.get("name", "").strip()[:80],
        makes=makes,
        event=posted.get("event", "").strip() if makes == EVENT else "",
        when=posted.get("when", "").strip(),
        equals=posted.get("equals", "").strip(),
        fields=fields,
    )


def target_rows(
    shown: FieldMap, problems: Mapping[str, str]
) -> tuple[tuple[Target, str, str], ...]:
    """Return the fields of a record, with their places and what is wrong with them."""
    return tuple(
        (target, shown.fields.get(target.name, ""), problems.get(target.name, ""))
        for target in TARGETS.get(shown.makes, ())
    )


def fact_rows(shown: FieldMap) -> tuple[tuple[str, str], ...]:
    """Return the rows of further facts, with empty ones to fill in."""
    if shown.makes != EVENT:
        return ()
    facts = tuple(
        (name, place) for name, place in shown.fields.items() if name not in PERSON_FIELDS
    )
    return (facts + (("", ""),) * _FACT_ROWS)[: mapping.MAX_FIELDS]
