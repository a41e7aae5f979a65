"""Review > Failure log: what failed and why, who mends it by when, and what the fix came to."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core import cells, ids
from baton.core.errors import InvalidInput
from baton.core.failures import MAX_CAUSE, RootCause
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox, notices
from baton.services.reading import failure_board, failure_log
from baton.services.reading.failure_log import Mended, Told
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page

_OWN = "own"


class ViewForm(forms.Form):
    """Which failures are looked at."""

    view = forms.ChoiceField(required=False, choices=[(one, one) for one in failure_board.VIEWS])
    page = forms.IntegerField(required=False, min_value=1)


class FailureForm(forms.Form):
    """A failure as somebody logs it; the service judges it."""

    conversation = forms.CharField(max_length=ids.LENGTH)
    escalation = forms.CharField(max_length=ids.LENGTH, required=False)
    cause = forms.ChoiceField(
        choices=[(one.value, words.ROOT_CAUSES[one.value]) for one in RootCause]
        + [(_OWN, "Something else, which I name")]
    )
    own_cause = forms.CharField(max_length=MAX_CAUSE, required=False)
    words = forms.CharField(max_length=failure_log.MAX_WORDS, required=False)
    owner = forms.CharField(max_length=ids.LENGTH, required=False)


class FixForm(forms.Form):
    """What mended it."""

    words = forms.CharField(max_length=failure_log.MAX_WORDS + 200, required=False)
    change = forms.IntegerField(required=False, min_value=1)


class OwnerForm(forms.Form):
    """Who is to mend it."""

    owner = forms.CharField(max_length=ids.LENGTH)


@require_GET
@for_staff
def failures_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the log, what is open and due first."""
    house = houses.current()
    asked = checked(ViewForm, request.GET).cleaned_data
    view = asked["view"] or "open"
    context = {
        "board": failure_board.show(house, user, view, page=asked["page"] or 1),
        "view": view,
        "changes": failure_board.recent_changes(house, user),
        "people": _people(user),
        "causes": words.ROOT_CAUSES,
        "days": failure_board.WINDOW.days,
        "section": "failures",
    }
    return page(request, user, "review/failures.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def new_failure(request: HttpRequest, user: User) -> HttpResponse:
    """Log a failure of a conversation."""
    house = houses.current()
    inbox.require(user, Action.MEND)
    form = FailureForm(request.POST or None, initial=_initial(request))
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told = Told(
            conversation_id=given["conversation"],
            escalation_id=given["escalation"],
            cause=given["own_cause"] if given["cause"] == _OWN else given["cause"],
            words=given["words"],
            owner_id=given["owner"],
        )
        try:
            failure_log.log(house, user, told)
        except InvalidInput as refused:
            problems = list(refused.fields.values())
        else:
            return redirect("failures")
    context = {
        "form": form,
        "problems": problems,
        "people": _people(user),
        "section": "failures",
        "max_words": failure_log.MAX_WORDS,
    }
    return page(request, user, "review/new_failure.html", context)


@require_POST
@for_staff
def fix(request: HttpRequest, user: User, failure_id: str) -> HttpResponse:
    """Say what mended it."""
    given = checked(FixForm, request.POST).cleaned_data
    mended = Mended(words=given["words"], seq=given["change"])
    failure_log.fix(houses.current(), user, failure_id, mended)
    return redirect(f"{reverse('failures')}?view=fixed#failure-{failure_id}")


@require_POST
@for_staff
def give(request: HttpRequest, user: User, failure_id: str) -> HttpResponse:
    """Let somebody else mend it."""
    owner = checked(OwnerForm, request.POST).cleaned_data["owner"]
    failure_log.give(houses.current(), user, failure_id, owner)
    return redirect("failures")


@require_POST
@for_staff
def reopen(_request: HttpRequest, user: User, failure_id: str) -> HttpResponse:
    """Put back what was not mended after all."""
    failure_log.reopen(houses.current(), user, failure_id)
    return redirect("failures")


@require_GET
@for_staff
def export(_request: HttpRequest, user: User) -> HttpResponse:
    """Send the log as CSV, with its root causes."""
    lines = failure_board.lines_for_export(houses.current(), user)
    text = "".join(cells.csv_line(line) for line in lines)
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="failures.csv"'},
    )


def _initial(request: HttpRequest) -> dict[str, str]:
    return {
        "conversation": request.GET.get("conversation", ""),
        "escalation": request.GET.get("escalation", ""),
    }


def _people(user: User) -> list[tuple[str, str]]:
    """Return who may be given it, whoever looks first."""
    others = sorted(notices.colleagues_of(user).items(), key=lambda one: one[1].casefold())
    return [(user.id, f"{user.name} (you)"), *others]
