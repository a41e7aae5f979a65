"""The forms that connect a number: one for each provider."""

from typing import Any

from django import forms

from baton.channels.sandbox.settings import SANDBOX, SandboxSettings
from baton.channels.sms.settings import (
    FORM_TYPE,
    GATEWAY,
    JSON_TYPE,
    TWILIO,
    TWILIO_API,
    GatewaySettings,
    TwilioSettings,
)
from baton.services.connections import ChannelSettings

_BODY = '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{id}"}'


class ChannelForm(forms.Form):
    """What every inbox has: a name for the staff, and the number that contacts see."""

    name = forms.CharField(max_length=120, label="Name")
    sender = forms.CharField(max_length=40, required=False, label="Sender")


class TwilioForm(ChannelForm):
    """A number at Twilio."""

    field_order = ("name", "account_sid", "auth_token", "sender")
    account_sid = forms.CharField(max_length=34, label="Account SID")
    auth_token = forms.CharField(
        max_length=100,
        required=False,
        label="Auth token",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class GatewayForm(ChannelForm):
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


class SandboxForm(ChannelForm):
    """A number that exists in the phone lab alone."""


FORMS: dict[str, type[ChannelForm]] = {
    TWILIO: TwilioForm,
    GATEWAY: GatewayForm,
    SANDBOX: SandboxForm,
}
HINTS = {
    "name": "For your staff, as in “SMS, Riverside”.",
    "account_sid": "Twilio console, Account info: begins with AC.",
    "auth_token": "Twilio console, Account info. It also proves what Twilio tells us.",
    "sender": "The number with its country, as +447700900123.",
    "url": "https, unless it is on this very machine. It is posted to.",
    "body": "{to}, {from}, {text} and {id} are filled in for each message.",
    "header": "For example Authorization. Empty: none.",
    "header_value": "For example Bearer and the key.",
    "id_field": "Where the answer names the message, as in messages.0.id. Empty: nowhere.",
    "is_idempotent": "Tick it only if your provider says so: then a lost answer is asked again.",
}
KEPT = "Leave empty to keep what is set."


def settings_of(form: ChannelForm, known: ChannelSettings | None) -> ChannelSettings:
    """Return the settings that a valid form holds; secrets left empty stay as they are `known`."""
    if isinstance(form, TwilioForm):
        return _twilio(form.cleaned_data, known)
    if isinstance(form, GatewayForm):
        return _gateway(form.cleaned_data, known)
    return SandboxSettings(sender=form.cleaned_data["sender"].strip())


def shown_of(settings: ChannelSettings) -> dict[str, object]:
    """Return what a form begins with: never a secret."""
    match settings:
        case TwilioSettings():
            return {"account_sid": settings.account_sid}
        case GatewaySettings():
            return {name: getattr(settings, name) for name in _GATEWAY_SHOWN}
        case SandboxSettings():
            return {}


_GATEWAY_SHOWN = ("url", "content_type", "body", "header", "id_field", "is_idempotent")


def _twilio(given: dict[str, Any], known: ChannelSettings | None) -> TwilioSettings:
    before = known if isinstance(known, TwilioSettings) else None
    return TwilioSettings(
        account_sid=given["account_sid"].strip(),
        auth_token=given["auth_token"].strip() or (before.auth_token if before else ""),
        sender=given["sender"].strip().replace(" ", ""),
        base=before.base if before else TWILIO_API,
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
