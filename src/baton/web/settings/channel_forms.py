"""The forms that connect a number: one for each provider."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from baton.channels.email.settings import SMTP, EmailSettings
from baton.channels.push import keys as push_keys
from baton.channels.push.settings import WEB_PUSH, WebPushSettings
from baton.channels.sandbox import settings as sandbox
from baton.channels.sandbox.settings import SANDBOX, SandboxSettings
from baton.channels.sms.settings import (
    FORM_TYPE,
    GATEWAY,
    JSON_TYPE,
    TWILIO,
    GatewaySettings,
    TwilioSettings,
)
from baton.channels.twilio import TWILIO_API
from baton.channels.voice.settings import TWILIO_VOICE, TwilioVoiceSettings
from baton.channels.whatsapp import settings as whatsapp_settings
from baton.channels.whatsapp.settings import CLOUD, CloudSettings
from baton.services.workspace.connections import ChannelSettings
from baton.web.settings import email_form
from baton.web.settings.channel_form import ChannelForm
from baton.web.settings.email_form import EmailForm
from baton.web.words import CHANNELS

_BODY = '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{id}"}'


class NumberForm(ChannelForm):
    """An inbox whose number, as contacts see it, is told by whoever connects it."""

    sender = forms.CharField(max_length=40, required=False, label="Sender")


class TwilioForm(NumberForm):
    """A number at Twilio."""

    field_order: tuple[str, ...] = ("name", "account_sid", "auth_token", "sender")
    account_sid = forms.CharField(max_length=34, label="Account SID")
    auth_token = forms.CharField(
        max_length=100,
        required=False,
        label="Auth token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class GatewayForm(NumberForm):
    """Any provider that takes one HTTP request."""

    field_order = ("name", "url", "header", "header_value", "content_type", "body", "sender")
    url = forms.CharField(max_length=500, label="Address to send to")
    content_type = forms.ChoiceField(
        choices=[(JSON_TYPE, "JSON"), (FORM_TYPE, "A form")], label="The body is"
    )
    body = forms.CharField(
        max_length=2_000,
        initial=_BODY,
        label="Body",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
    )
    header = forms.CharField(max_length=60, required=False, label="Header that proves who asks")
    header_value = forms.CharField(
        max_length=500,
        required=False,
        label="Its value",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    id_field = forms.CharField(max_length=120, required=False, label="Message id in the answer")
    is_idempotent = forms.BooleanField(required=False, label="It takes the same {id} once")


class CloudForm(ChannelForm):
    """A WhatsApp number at Meta; Meta tells how contacts see it."""

    field_order = ("name", "phone_number_id", "business_account_id", "access_token", "app_secret")
    phone_number_id = forms.CharField(max_length=40, label="Phone number ID")
    business_account_id = forms.CharField(max_length=40, label="WhatsApp business account ID")
    access_token = forms.CharField(
        max_length=1_000,
        required=False,
        label="Access token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    app_secret = forms.CharField(
        max_length=100,
        required=False,
        label="App secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class PushForm(ChannelForm):
    """Notifications to visitors' browsers; their keys are made by Baton."""

    field_order = ("name", "sender", "contact")
    sender = forms.CharField(max_length=60, label="Title")
    contact = forms.CharField(max_length=254, label="Your email")


class VoiceForm(TwilioForm):
    """A number at Twilio that calls."""

    field_order = ("name", "account_sid", "auth_token", "sender", "reach")
    reach = forms.CharField(max_length=40, required=False, label="Whom the key 1 reaches")


class SandboxForm(NumberForm):
    """A number that exists in the phone lab alone; what it plays is chosen once."""

    field_order = ("name", "channel", "sender")
    channel = forms.ChoiceField(
        choices=[(name, CHANNELS[name]) for name in sandbox.CHANNELS], label="It plays"
    )


class PaceForm(forms.Form):
    """How fast an inbox may send; empty or 0 sets no limit."""

    per_second = forms.IntegerField(required=False, min_value=0)
    per_minute = forms.IntegerField(required=False, min_value=0)
    per_day = forms.IntegerField(required=False, min_value=0)
    warm_up_from = forms.IntegerField(required=False, min_value=0)
    reason = forms.CharField(max_length=200)


FORMS: dict[str, type[ChannelForm]] = {
    TWILIO: TwilioForm,
    GATEWAY: GatewayForm,
    CLOUD: CloudForm,
    SMTP: EmailForm,
    WEB_PUSH: PushForm,
    TWILIO_VOICE: VoiceForm,
    SANDBOX: SandboxForm,
}
HINTS = {
    "name": "For your staff, as in “SMS, Riverside”.",
    "phone_number_id": "App dashboard, WhatsApp, API setup: the ID below the number.",
    "business_account_id": "The same page: WhatsApp Business Account ID.",
    "access_token": "Of a system user, with whatsapp_business_messaging and _management.",
    "app_secret": "App dashboard, App settings, Basic. It proves what Meta tells us.",
    "account_sid": "Twilio console, Account info: begins with AC.",
    "auth_token": "Twilio console, Account info. It also proves what Twilio tells us.",
    "sender": "The number with its country, as +447700900123.",
    "url": "https, unless it is on this very machine. It is posted to.",
    "body": "{to}, {from}, {text} and {id} are filled in for each message.",
    "header": "For example Authorization. Empty: none.",
    "header_value": "For example Bearer and the key.",
    "id_field": "Where the answer names the message, as in messages.0.id. Empty: nowhere.",
    **email_form.HINTS,
    "reach": "A telephone of your team. Empty: who presses 1 is called back from the inbox.",
    "contact": "Push services, such as Google's and Mozilla's, write to it if something is wrong.",
    "is_idempotent": "Tick it only if your provider says so: then a lost answer is asked again.",
}
PUSH_HINTS = {
    "name": "For your staff, as in “Notifications, Riverside”.",
    "sender": "Stands above every notification, as FitLocal Riverside.",
}
KEPT = "Leave empty to keep what is set."


def settings_of(form: ChannelForm, known: ChannelSettings | None) -> ChannelSettings:
    """Return the settings that a valid form holds; secrets left empty stay as they are `known`."""
    if isinstance(form, EmailForm):
        return email_form.settings_of(form, known)
    if isinstance(form, SandboxForm):
        return _sandbox(form.cleaned_data, known)
    return _SETTINGS[type(form)](form.cleaned_data, known)


def changing(form: ChannelForm) -> ChannelForm:
    """Return the form of an inbox that is there, without what cannot change any more."""
    if isinstance(form, SandboxForm):
        del form.fields["channel"]
    return form


def shown_of(settings: ChannelSettings) -> dict[str, object]:
    """Return what a form begins with: never a secret."""
    if isinstance(settings, EmailSettings):
        return email_form.shown_of(settings)
    return {name: getattr(settings, name) for name in _SHOWN[type(settings)]}


_SHOWN: Mapping[type[ChannelSettings], tuple[str, ...]] = {
    TwilioSettings: ("account_sid",),
    GatewaySettings: ("url", "content_type", "body", "header", "id_field", "is_idempotent"),
    CloudSettings: ("phone_number_id", "business_account_id"),
    WebPushSettings: ("contact",),
    TwilioVoiceSettings: ("account_sid", "reach"),
    SandboxSettings: (),
}


def _sandbox(given: dict[str, Any], known: ChannelSettings | None) -> SandboxSettings:
    channel = known.channel if isinstance(known, SandboxSettings) else given["channel"]
    return SandboxSettings(sender=given["sender"].strip(), channel=channel)


def _twilio(given: dict[str, Any], known: ChannelSettings | None) -> TwilioSettings:
    before = known if isinstance(known, TwilioSettings) else None
    return TwilioSettings(
        account_sid=given["account_sid"].strip(),
        auth_token=given["auth_token"].strip() or (before.auth_token if before else ""),
        sender=given["sender"].strip().replace(" ", ""),
        base=before.base if before else TWILIO_API,
    )


def _cloud(given: dict[str, Any], known: ChannelSettings | None) -> CloudSettings:
    before = known if isinstance(known, CloudSettings) else None
    return CloudSettings(
        phone_number_id=given["phone_number_id"].strip(),
        business_account_id=given["business_account_id"].strip(),
        access_token=given["access_token"].strip() or (before.access_token if before else ""),
        app_secret=given["app_secret"].strip() or (before.app_secret if before else ""),
        sender=before.sender if before else "",
        base=before.base if before else whatsapp_settings.API,
    )


def _voice(given: dict[str, Any], known: ChannelSettings | None) -> TwilioVoiceSettings:
    before = known if isinstance(known, TwilioVoiceSettings) else None
    return TwilioVoiceSettings(
        account_sid=given["account_sid"].strip(),
        auth_token=given["auth_token"].strip() or (before.auth_token if before else ""),
        sender=given["sender"].strip().replace(" ", ""),
        reach=given["reach"].strip().replace(" ", ""),
        base=before.base if before else TWILIO_API,
    )


def _push(given: dict[str, Any], known: ChannelSettings | None) -> WebPushSettings:
    before = known if isinstance(known, WebPushSettings) else None
    return WebPushSettings(
        sender=given["sender"].strip(),
        contact=given["contact"].strip(),
        keys=before.keys if before else (push_keys.fresh(),),
        allows_loopback=before.allows_loopback if before else False,
    )


def _gateway(given: dict[str, Any], known: ChannelSettings | None) -> GatewaySettings:
    before = known if isinstance(known, GatewaySettings) else None
    return GatewaySettings(
        url=given["url"].strip(),
        body=given["body"].strip(),
        content_type=given["content_type"],
        sender=given["sender"].strip(),
        header=given["header"].strip(),
        header_value=given["header_value"] or (before.header_value if before else ""),
        id_field=given["id_field"].strip(),
        is_idempotent=given["is_idempotent"],
    )


_SETTINGS: Mapping[
    type[ChannelForm], Callable[[dict[str, Any], ChannelSettings | None], ChannelSettings]
] = {
    TwilioForm: _twilio,
    VoiceForm: _voice,
    GatewayForm: _gateway,
    CloudForm: _cloud,
    PushForm: _push,
}
