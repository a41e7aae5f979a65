"""How an inbox is connected, whatever its channel: every provider that Baton speaks to.

Whoever adds a provider adds its settings to the union, and a case to what is asked below.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from baton.channels import (
    ChannelPort,
    Health,
    HealthPort,
    TemplateDraft,
    TemplateFault,
    TemplateNews,
    WirePort,
)
from baton.channels.email import settings as email_forms
from baton.channels.email.adapter import SmtpEmail
from baton.channels.email.settings import EmailSettings
from baton.channels.push import settings as push_forms
from baton.channels.push.adapter import WebPush
from baton.channels.push.settings import WebPushSettings
from baton.channels.sandbox import settings as sandbox_forms
from baton.channels.sandbox.adapter import Sandbox
from baton.channels.sandbox.settings import SandboxSettings
from baton.channels.sms import settings as sms_forms
from baton.channels.sms.gateway import GatewaySms
from baton.channels.sms.settings import GatewaySettings, TwilioSettings
from baton.channels.sms.twilio import TwilioSms
from baton.channels.voice import settings as voice_forms
from baton.channels.voice.adapter import TwilioVoice
from baton.channels.voice.settings import TwilioVoiceSettings
from baton.channels.whatsapp import settings as whatsapp_forms
from baton.channels.whatsapp import templates as whatsapp_templates
from baton.channels.whatsapp.cloud import CloudWhatsApp
from baton.channels.whatsapp.settings import CloudSettings
from baton.channels.wire import PublicWire, trusted
from baton.core.template import TemplateState

SMS = "sms"
WHATSAPP = "whatsapp"
EMAIL = "email"
PUSH = "push"
VOICE = "voice"

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        sms_forms.TWILIO: SMS,
        sms_forms.GATEWAY: SMS,
        whatsapp_forms.CLOUD: WHATSAPP,
        email_forms.SMTP: EMAIL,
        push_forms.WEB_PUSH: PUSH,
        voice_forms.TWILIO_VOICE: VOICE,
    }
)
"""The channel of each provider; the phone lab's plays whichever it is told to."""

ChannelSettings: TypeAlias = (
    TwilioSettings
    | GatewaySettings
    | CloudSettings
    | EmailSettings
    | WebPushSettings
    | TwilioVoiceSettings
    | SandboxSettings
)


def pack(settings: ChannelSettings) -> str:
    """Return settings as JSON, to be sealed."""
    return msgspec.json.encode(settings).decode()


def unpack(text: str) -> ChannelSettings:
    """Read settings back."""
    return msgspec.json.decode(
        text,
        type=TwilioSettings
        | GatewaySettings
        | CloudSettings
        | EmailSettings
        | WebPushSettings
        | TwilioVoiceSettings
        | SandboxSettings,
    )


def problems_with(settings: ChannelSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    match settings:
        case TwilioSettings() | GatewaySettings():
            return sms_forms.problems_with(settings)
        case CloudSettings():
            return whatsapp_forms.problems_with(settings)
        case EmailSettings():
            return email_forms.problems_with(settings)
        case WebPushSettings():
            return push_forms.problems_with(settings)
        case TwilioVoiceSettings():
            return voice_forms.problems_with(settings)
        case SandboxSettings():
            return sandbox_forms.problems_with(settings)


def provider_of(settings: ChannelSettings) -> str:
    """Return the provider's word, by which sealed settings are told apart too."""
    return str(settings.__struct_config__.tag)


def channel_of(settings: ChannelSettings) -> str:
    """Return the channel that the settings are for."""
    if isinstance(settings, SandboxSettings):
        return settings.channel
    return CHANNELS[provider_of(settings)]


def signing_key_of(settings: ChannelSettings) -> str:
    """Return what the provider signs its webhooks with, "" where that is the inbox's secret."""
    match settings:
        case TwilioSettings(auth_token=token) | TwilioVoiceSettings(auth_token=token):
            return token
        case CloudSettings(app_secret=secret):
            return secret
        case WebPushSettings(keys=keys):
            return keys[0].private
        case GatewaySettings() | EmailSettings() | SandboxSettings():
            return ""


def number_id_of(settings: ChannelSettings) -> str:
    """Return the provider's own name for the number, "" where its webhooks name none."""
    return settings.phone_number_id if isinstance(settings, CloudSettings) else ""


def hook_path_of(channel: str, provider: str, token: str) -> str:
    """Return where an inbox's provider posts to, below the installation's address."""
    return f"/{channel}/{provider}/{token}" if channel == SMS else f"/{channel}/{token}"


def adapter_of(settings: ChannelSettings, *, hook_url: str, wire: WirePort) -> ChannelPort:
    """Return the adapter of an inbox's settings; `hook_url` is where its provider reports to."""
    adapter: ChannelPort
    match settings:
        case TwilioSettings():
            adapter = TwilioSms(settings=settings, hook_url=hook_url, wire=wire)
        case GatewaySettings():
            adapter = GatewaySms(settings=settings, wire=wire)
        case CloudSettings():
            adapter = CloudWhatsApp(settings=settings, wire=wire)
        case EmailSettings():
            adapter = SmtpEmail(settings=settings, trust=trusted())
        case WebPushSettings():
            # Every visitor names a push service: no provider's own wire goes there.
            public = PublicWire(allows_loopback=settings.allows_loopback)
            adapter = WebPush(settings=settings, hook_url=hook_url, wire=public)
        case TwilioVoiceSettings():
            adapter = TwilioVoice(settings=settings, hook_url=hook_url, wire=wire)
        case SandboxSettings():
            adapter = Sandbox(settings=settings)
    return adapter


def submit_template(
    settings: ChannelSettings, draft: TemplateDraft, *, wire: WirePort
) -> TemplateNews | TemplateFault:
    """Hand a template in to the provider of an inbox; the sandbox approves every one."""
    if isinstance(settings, CloudSettings):
        return whatsapp_templates.submit(settings, wire, draft)
    return TemplateNews(
        name=draft.name, language=draft.language, provider_id="", state=TemplateState.APPROVED
    )


def list_templates(
    settings: ChannelSettings, *, wire: WirePort
) -> tuple[TemplateNews, ...] | TemplateFault:
    """Ask the provider of an inbox how its templates stand; the sandbox knows of no change."""
    if isinstance(settings, CloudSettings):
        return whatsapp_templates.list_all(settings, wire)
    return ()


def check(settings: ChannelSettings, *, wire: WirePort) -> Health:
    """Ask the provider whether the settings hold, which sends nothing."""
    asked: object = adapter_of(settings, hook_url="", wire=wire)
    return asked.check() if isinstance(asked, HealthPort) else Health()
