"""To do: what flows gave people to do, due first, and what came of it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.outreach import Outcome
from baton.services import house as houses
from baton.services.desk import task_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class ViewForm(forms.Form):
    """Which tasks are looked at."""

    view = forms.ChoiceField(required=False, choices=[(one, one) for one in task_desk.VIEWS])
    page = forms.IntegerField(required=False, min_value=1)


class FinishForm(forms.Form):
    """What came of a task; the service judges it."""

    outcome = forms.CharField(max_length=20)
    words = forms.CharField(required=False, max_length=task_desk.MAX_WORDS)
    told = forms.CharField(required=False, max_length=task_desk.MAX_TOLD)


OUTCOMES = {
    Outcome.REACHED: "Reached them",
    Outcome.DONE: "Done",
    Outcome.NOT_REACHED: "Could not reach them",
    Outcome.NEEDLESS: "Not needed any more",
}


@require_GET
@for_staff
def tasks_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what is to be done."""
    asked = checked(ViewForm, request.GET).cleaned_data
    view = asked["view"] or task_desk.OPEN
    context = {
        "board": task_desk.show(houses.current(), user, view, page=asked["page"] or 1),
        "view": view,
        "outcomes": [(one.value, label) for one, label in OUTCOMES.items()],
        "days": task_desk.WINDOW.days,
        "section": "tasks",
    }
    template = "inbox/_tasks.html" if getattr(request, "htmx", False) else "inbox/tasks.html"
    return page(request, user, template, context)


@require_POST
@for_staff
def finish(request: HttpRequest, user: User, task_id: str) -> HttpResponse:
    """Mark a task as done."""
    given = checked(FinishForm, request.POST).cleaned_data
    task_desk.finish(
        houses.current(), user, task_id, given["outcome"], given["words"], told=given["told"]
    )
    return redirect("tasks")


@require_POST
@for_staff
def reopen(_request: HttpRequest, user: User, task_id: str) -> HttpResponse:
    """Put a task back on the list."""
    task_desk.reopen(houses.current(), user, task_id)
    return redirect("tasks")
