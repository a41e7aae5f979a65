"""Reports > Experiments: what is tried, what it takes, what it says so far, and its end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import experiment_board, experiment_desk, experiment_subjects
from baton.services.desk.experiment_desk import Plan
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.errors import status_of
from baton.web.forms import checked
from baton.web.reports.experiment_forms import (
    HINTS,
    WIDE,
    ContactsForm,
    EndForm,
    ExperimentForm,
    mark_of,
)
from baton.web.shell import page


@require_GET
@for_staff
def experiments_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the experiments, those that run first."""
    shown = experiment_board.list_all(houses.current(), user)
    context = {"experiments": shown, "section": "experiments"}
    return page(request, user, "reports/experiments.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def begin_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form of an experiment; posted, tell its size, and then begin it."""
    subjects = experiment_subjects.subjects_of(houses.current(), user)
    if request.method == "GET":
        begin_with = {"subject": request.GET.get("subject", "")}
        return _form_page(request, user, ExperimentForm(subjects=subjects, initial=begin_with))
    form = ExperimentForm(request.POST, subjects=subjects)
    if not form.is_valid():
        return _form_page(request, user, form, status=422)
    return _plan_or_begin(request, user, form)


def _plan_or_begin(request: HttpRequest, user: User, form: ExperimentForm) -> HttpResponse:
    """Begin what was planned before; plan what was not; say what is refused."""
    wish = form.wish
    mark = mark_of(wish)
    try:
        if request.POST.get("act_on") == "begin" and form.cleaned_data["shown"] == mark:
            name = experiment_desk.begin(houses.current(), user, wish)
            return redirect("experiment", name)
        found = experiment_desk.plan(houses.current(), user, wish)
    except InvalidInput as refusal:
        for field, why in refusal.fields.items():
            form.add_error(field if field in form.fields else None, why)
        return _form_page(request, user, form, status=status_of(refusal))
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _form_page(request, user, form, status=status_of(conflict))
    return _form_page(request, user, form, plan=found, shown=mark)


def _form_page(  # noqa: PLR0913 - a page that says how far one is
    request: HttpRequest,
    user: User,
    form: ExperimentForm,
    *,
    plan: Plan | None = None,
    shown: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "fields": [
            (form[name], HINTS.get(name, ""), name in WIDE)
            for name in form.fields
            if name != "shown"
        ],
        "plan": plan,
        "shown": shown,
        "section": "experiments",
    }
    response = page(request, user, "reports/experiment_new.html", context)
    response.status_code = status
    return response


@require_GET
@for_staff
def experiment_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show an experiment."""
    return _shown(request, user, name)


@require_POST
@for_staff
def end(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """End an experiment, keeping an arm or none."""
    given = checked(EndForm, request.POST).cleaned_data
    try:
        experiment_desk.end(
            houses.current(), user, name, kept=given["kept"], reason=given["reason"]
        )
    except InvalidInput as refusal:
        return _shown(request, user, name, refusal=refusal, given=given)
    return redirect("experiment", name)


def _shown(
    request: HttpRequest,
    user: User,
    name: str,
    *,
    refusal: BatonError | None = None,
    given: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "one": experiment_board.show(houses.current(), user, name),
        "problems": refusal.fields.values() if isinstance(refusal, InvalidInput) else (),
        "given": given or {},
        "max_words": experiment_desk.MAX_WORDS,
        "section": "experiments",
    }
    response = page(request, user, "reports/experiment.html", context)
    response.status_code = status_of(refusal) if refusal else 200
    return response


@require_GET
@for_staff
def contacts_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show the contacts behind a number."""
    asked = checked(ContactsForm, request.GET).cleaned_data
    shown = experiment_board.list_contacts(
        houses.current(),
        user,
        name,
        number=asked["number"],
        arm=asked["arm"],
        page=asked["page"] or 1,
    )
    context = {"shown": shown, "name": name, **asked, "section": "experiments"}
    return page(request, user, "reports/experiment_contacts.html", context)
