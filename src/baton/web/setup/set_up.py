"""The checklist of a new workspace, with the steps that have no other page: channel and flow."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.channels.sandbox import settings as sandbox
from baton.channels.sandbox.settings import SandboxSettings
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import channel_desk
from baton.services.pilot import checklist, first_flow
from baton.services.pilot.checklist import Line, Step
from baton.services.workspace.inboxes import Wanted
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.errors import status_of, words_of
from baton.web.forms import checked
from baton.web.setup.words import SET_UP
from baton.web.shell import page

_PLAYED_NUMBER = "+15005550006"  # nobody's: Twilio keeps it for tests
_PLAYED_MAILBOX = "hello@lab.example"
_PAGES = {
    Step.PLACE: "business",
    Step.CHANNEL: "set_up_channel",
    Step.TEAM: "people",
    Step.CONSENT: "consent",
    Step.ANSWERS: "knowledge",
    Step.FLOW: "set_up_flow",
    Step.TRY: "lab",
}


class StepForm(forms.Form):
    """A step, and whether it needs nothing more or is to be done after all."""

    step = forms.ChoiceField(choices=[(one.value, one.value) for one in Step])
    back = forms.BooleanField(required=False)


class CloseForm(forms.Form):
    """Whether the checklist is shown on every page again."""

    again = forms.BooleanField(required=False)


class FlowForm(forms.Form):
    """The flow to begin with."""

    flow = forms.CharField(max_length=60, required=False)


class PlayedForm(forms.Form):
    """The channel that the phone lab is to play."""

    channel = forms.ChoiceField(choices=[(name, name) for name in sandbox.CHANNELS])


@require_GET
@for_staff
def checklist_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what is done, what is left, and what to be careful of."""
    found = checklist.show(houses.current(), user)
    context = {
        "list": found,
        "lines": [_shown_line(line) for line in found.lines],
        "following": _shown_line(found.following) if found.following else None,
        "section": "set_up",
    }
    return page(request, user, "setup/checklist.html", context)


@require_POST
@for_staff
def pass_step(request: HttpRequest, user: User) -> HttpResponse:
    """Say that a step needs nothing more, or that it is to be done after all."""
    given = checked(StepForm, request.POST).cleaned_data
    deed = checklist.take_back if given["back"] else checklist.pass_over
    deed(houses.current(), user, given["step"])
    return redirect(f"{reverse('set_up_list')}#{given['step']}")


@require_POST
@for_staff
def close(request: HttpRequest, user: User) -> HttpResponse:
    """Put the checklist away, or show it on every page again."""
    given = checked(CloseForm, request.POST).cleaned_data
    deed = checklist.reopen if given["again"] else checklist.close
    deed(houses.current(), user)
    return redirect("set_up_list")


@require_http_methods(["GET", "POST"])
@for_staff
def channel_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show how contacts may reach the business; posted, play a channel in the phone lab."""
    house = houses.current()
    if request.method == "POST":
        channel = checked(PlayedForm, request.POST).cleaned_data["channel"]
        sender = _PLAYED_MAILBOX if channel == "email" else _PLAYED_NUMBER
        wanted = Wanted(
            name=f"{words.CHANNELS[channel]} (phone lab)",
            settings=SandboxSettings(channel=channel, sender=sender),
        )
        channel_desk.connect(house, user, wanted)
        return redirect("set_up_channel")
    lines = channel_desk.list_channels(house, user)
    played = {line.channel for line in lines if line.provider == sandbox.SANDBOX}
    context = {
        "lines": [line for line in lines if line.is_connected],
        "unsteady": channel_desk.list_unsteady(house, user),
        "playable": [one for one in ("sms", "whatsapp", "email") if one not in played],
        "section": "set_up",
    }
    return page(request, user, "setup/channel.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def flow_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the flows to begin with; posted, put one in shadow."""
    house = houses.current()
    refused: BatonError | None = None
    if request.method == "POST":
        name = checked(FlowForm, request.POST).cleaned_data["flow"]
        try:
            first_flow.start_in_shadow(house, user, name)
        except (InvalidInput, Conflict) as refusal:
            refused = refusal
        else:
            return redirect("pilot_flow", name)
    found = first_flow.list_candidates(house, user)
    context = {
        "ready": [one for one in found if one.is_of_pack and not one.waits_for],
        "others": [one for one in found if not one.is_of_pack and not one.waits_for],
        "waiting": [one for one in found if one.waits_for],
        "list": checklist.show(house, user),
        "refused": words_of(refused) if refused else "",
        "section": "set_up",
    }
    response = page(request, user, "setup/flow.html", context)
    response.status_code = status_of(refused) if refused else 200
    return response


def _shown_line(line: Line) -> dict[str, object]:
    return {
        "step": line.step.value,
        "line": line,
        "told": SET_UP[line.step],
        "url": reverse(_PAGES[line.step]),
    }
