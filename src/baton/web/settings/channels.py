"""Settings > Channels: the inboxes and their health, and the forms that connect a number."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.channels.email.settings import SMTP
from baton.channels.push.settings import WEB_PUSH
from baton.channels.sandbox.settings import SANDBOX
from baton.channels.sms.settings import GATEWAY, TWILIO
from baton.channels.voice.settings import TWILIO_VOICE
from baton.channels.whatsapp.settings import CLOUD
from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.delivery import pacing
from baton.services.desk import channel_desk
from baton.services.desk.channel_desk import Line
from baton.services.workspace.connections import ChannelSettings
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Inbox, User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.settings.channel_form import ChannelForm
from baton.web.settings.channel_forms import (
    FORMS,
    HINTS,
    KEPT,
    PUSH_HINTS,
    PaceForm,
    changing,
    settings_of,
    shown_of,
)
from baton.web.settings.email_form import OWN_HINTS, SECRETS, TITLES
from baton.web.shell import page

_SECRETS = SECRETS | {"auth_token", "header_value", "access_token", "app_secret"}


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every inbox and how it is doing."""
    lines = channel_desk.list_channels(houses.current(), user)
    context = {
        "lines": lines,
        "section": "channels",
        "days": channel_desk.LOOKS_BACK.days,
        "gone": request.GET.get("gone", ""),
    }
    return page(request, user, "settings/channels.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def new_page(request: HttpRequest, user: User, provider: str) -> HttpResponse:
    """Show the form of a provider; posted, try the connection and keep it if it holds."""
    inbox.require(user, Action.CONFIGURE)
    form_type = _form_type(provider)
    if request.method == "GET":
        return _form_page(request, user, form_type(), provider=provider)
    return _take(request, user, form_type(request.POST), provider=provider)


@require_http_methods(["GET", "POST"])
@for_staff
def channel_page(request: HttpRequest, user: User, inbox_id: str) -> HttpResponse:
    """Show how an inbox is connected, and what its provider has to be told."""
    house = houses.current()
    line = channel_desk.get_line(house, user, inbox_id)
    if not line.provider:
        return redirect("web_chat", inbox_id)
    known = channel_desk.find_settings(house, user, inbox_id)
    form_type = _form_type(line.provider)
    if request.method == "GET":
        shown = {"name": line.name, "sender": line.sender}
        initial = shown | (shown_of(known) if known else {})
        form = changing(form_type(initial=initial))
        return _form_page(request, user, form, provider=line.provider, line=line)
    form = changing(form_type(request.POST))
    return _take(request, user, form, provider=line.provider, line=line, known=known)


@require_POST
@for_staff
def rotate(request: HttpRequest, user: User, inbox_id: str) -> HttpResponse:
    """Make another signing secret, and show it this once."""
    house = houses.current()
    line = channel_desk.get_line(house, user, inbox_id)
    if line.provider == WEB_PUSH:  # its keys are nobody's to copy
        channel_desk.rotate_keys(house, user, inbox_id)
        return redirect(f"{reverse('channel', args=[inbox_id])}?rotated=1")
    return secret_page(request, user, line, channel_desk.rotate_secret(house, user, inbox_id))


@require_POST
@for_staff
def pace(request: HttpRequest, user: User, inbox_id: str) -> HttpResponse:
    """Set how fast an inbox may send."""
    given = checked(PaceForm, request.POST).cleaned_data
    limits = {name: given[name] or 0 for name in pacing.LIMITS}
    pacing.change(houses.current(), user, inbox_id, limits, reason=given["reason"])
    return redirect(f"{reverse('channel', args=[inbox_id])}?paced=1#pace")


@require_POST
@for_staff
def disconnect(_request: HttpRequest, user: User, inbox_id: str) -> HttpResponse:
    """Forget how a number is reached."""
    channel_desk.disconnect(houses.current(), user, inbox_id)
    return redirect(f"{reverse('channels')}?gone=1")


def _take(  # noqa: PLR0913 - a form, and what it is for
    request: HttpRequest,
    user: User,
    form: ChannelForm,
    *,
    provider: str,
    line: Line | None = None,
    known: ChannelSettings | None = None,
) -> HttpResponse:
    """Try a connection and keep it, or say what is wrong beside the field that it is about."""
    kept = _kept(user, form, line, known) if form.is_valid() else None
    if kept is None:
        return _form_page(request, user, form, provider=provider, line=line, status=422)
    if provider == GATEWAY and line is None:
        house = houses.current()
        secret = channel_desk.rotate_secret(house, user, kept.id)  # made now, to be shown once
        return secret_page(request, user, channel_desk.get_line(house, user, kept.id), secret)
    return redirect(f"{reverse('channel', args=[kept.id])}?saved=1")


def _kept(
    user: User, form: ChannelForm, line: Line | None, known: ChannelSettings | None
) -> Inbox | None:
    """Return the inbox as it is connected now; None when the form says why it is not."""
    settings = settings_of(form, known)
    try:
        health = channel_desk.try_out(settings)
        if not health.problem:
            wanted = Wanted(
                name=form.cleaned_data["name"],
                settings=settings,
                inbox_id=line.id if line else "",
                sender=health.sender,
            )
            return channel_desk.connect(houses.current(), user, wanted)
        form.add_error(None, health.problem)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field, why)
    return None


def _unsteady(user: User, provider: str) -> tuple[str, ...]:
    return channel_desk.list_unsteady(houses.current(), user, provider)


def _form_page(  # noqa: PLR0913 - a form, and what it is for
    request: HttpRequest,
    user: User,
    form: ChannelForm,
    *,
    provider: str,
    line: Line | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "fields": [
            (field, _hint_of(field.name, line, provider), TITLES.get(field.name)) for field in form
        ],
        "provider": provider,
        "line": line,
        "is_twilio": provider == TWILIO,
        "is_email": provider == SMTP,
        "is_gateway": provider == GATEWAY,
        "is_cloud": provider == CLOUD,
        "is_voice": provider == TWILIO_VOICE,
        "is_push": provider == WEB_PUSH,
        "is_sandbox": provider == SANDBOX,
        "just_saved": request.GET.get("saved", ""),
        "just_rotated": request.GET.get("rotated", ""),
        "just_paced": request.GET.get("paced", ""),
        "pace": pacing.find(user, line.id) if line else None,
        "unsteady": () if line else _unsteady(user, provider),
        "worker_url": f"{houses.current().base_url}/push-worker.js",
        "section": "channels",
    }
    response = page(request, user, "settings/channel.html", context)
    response.status_code = status
    return response


def secret_page(request: HttpRequest, user: User, line: Line, secret: str) -> HttpResponse:
    """Show an inbox's fresh secret, this once."""
    context = {"line": line, "secret": secret, "section": "channels"}
    name = "channel_secret" if line.provider else "web_chat_secret"
    return page(request, user, f"settings/{name}.html", context)


def _hint_of(name: str, line: Line | None, provider: str) -> str:
    own = {SMTP: OWN_HINTS, WEB_PUSH: PUSH_HINTS}.get(provider, {})
    hint = own.get(name) or HINTS.get(name, "")
    return f"{hint} {KEPT}" if line and line.is_connected and name in _SECRETS else hint


def _form_type(provider: str) -> type[ChannelForm]:
    if provider not in FORMS:
        raise NotFound("provider", provider)
    return FORMS[provider]
