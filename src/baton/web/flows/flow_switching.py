"""The messages of a flow, each with a switch of its own."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from baton.core import roles
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services import inbox
from baton.services.flows import flow_drafts, flow_messages, outlooks
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.flows.flows import flows_page, head_of
from baton.web.forms import checked


class SwitchForm(forms.Form):
    """Which message is switched, how, and as whoever did so saw it."""

    step = forms.CharField(max_length=60)
    is_on = forms.BooleanField(required=False)
    seen = forms.CharField(max_length=64)


@for_staff
def messages_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show what a flow says, message by message; switch one in the draft."""
    if request.method != "POST":
        return _shown(request, user, name)
    inbox.require(user, Action.CONFIGURE)
    asked = checked(SwitchForm, request.POST).cleaned_data
    try:
        flow_messages.switch(
            houses.current(),
            user,
            name,
            asked["step"],
            is_on=asked["is_on"],
            seen=asked["seen"],
        )
    except (InvalidInput, Conflict) as error:
        return _shown(request, user, name, refused=error)
    return redirect("flow_messages", name)


def _shown(
    request: HttpRequest, user: User, name: str, *, refused: BatonError | None = None
) -> HttpResponse:
    writing = flow_drafts.open_flow(user, name)
    may_read = roles.may(Role(user.role), Action.READ_REPORTS)
    outlook = outlooks.of_messages(houses.current(), user, writing) if may_read else None
    by_step = outlook.by_step if outlook else {}
    listed = flow_messages.list_messages(writing)
    context = {
        **head_of(user, writing),
        "messages": [(one, by_step.get(one.step)) for one in listed],
        "outlook": outlook,
        "may_configure": roles.may(Role(user.role), Action.CONFIGURE),
        "may_read_reports": may_read,
        "refused": errors.words_of(refused) if refused else "",
    }
    status = errors.status_of(refused) if refused else 200
    return flows_page(request, user, "flows/flow_messages.html", context, status=status)
