"""What to automate: a file of past conversations goes in, findings come out, drafts are begun."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.pilot import assessments, setting_up
from baton.services.pilot.setting_up import SetUp
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.pilot import assessment_paper, forms
from baton.web.shell import page

_SECTION = "pilot"


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what was assessed, and the form for another file."""
    return _listed(request, user)


@require_POST
@for_staff
def upload(request: HttpRequest, user: User) -> HttpResponse:
    """Begin to assess a file."""
    inbox.require(user, Action.RUN_PILOT)
    file = request.FILES.get("file")
    if file is None:
        return _listed(request, user, refused=InvalidInput({"file": "Choose a file first."}))
    try:
        columns = checked(forms.ColumnsForm, request.POST).cleaned_data
        given = {name: column for name, column in columns.items() if column}
        begun = assessments.begin(
            houses.current(), user, file.name or "file", iter(file.chunks()), given
        )
    except (InvalidInput, Conflict) as refusal:
        return _listed(request, user, refused=refusal)
    return redirect("assessment", begun)


@require_GET
@for_staff
def assessment_page(request: HttpRequest, user: User, assessment_id: str) -> HttpResponse:
    """Show how far an assessment is, and what it found."""
    is_part = bool(getattr(request, "htmx", False))
    return _shown(request, user, assessment_id, is_part=is_part)


@require_GET
@for_staff
def paper(_request: HttpRequest, user: User, assessment_id: str) -> HttpResponse:
    """Hand out the findings as one page that prints and needs nothing else."""
    line = assessments.open_one(houses.current(), user, assessment_id)
    if not line.told:
        message = "It is not assessed yet. Wait until it is done."
        raise Conflict(message)
    response = HttpResponse(assessment_paper.page_of(dict(line.told)))
    response["Content-Disposition"] = 'attachment; filename="what-to-automate.html"'
    return response


@require_POST
@for_staff
def set_up(request: HttpRequest, user: User, assessment_id: str) -> HttpResponse:
    """Begin drafts of the chosen flows, and keep the chosen request types."""
    chosen = request.POST
    try:
        done = setting_up.set_up(
            houses.current(),
            user,
            assessment_id,
            flows=chosen.getlist("flow"),
            types=chosen.getlist("type"),
        )
    except (InvalidInput, Conflict) as refusal:
        return _shown(request, user, assessment_id, refused=refusal)
    return _shown(request, user, assessment_id, done=done)


@require_POST
@for_staff
def remove(_request: HttpRequest, user: User, assessment_id: str) -> HttpResponse:
    """Forget an assessment."""
    assessments.remove(houses.current(), user, assessment_id)
    return redirect("assessments")


def _listed(request: HttpRequest, user: User, *, refused: BatonError | None = None) -> HttpResponse:
    context = {
        "lines": assessments.list_all(houses.current(), user),
        "given": request.POST,
        "may_run": inbox.may(user, Action.RUN_PILOT),
        "refused": errors.words_of(refused) if refused else "",
        "section": _SECTION,
    }
    response = page(request, user, "pilot/assessments.html", context)
    response.status_code = errors.status_of(refused) if refused else 200
    return response


def _shown(  # noqa: PLR0913 - what a page is told by
    request: HttpRequest,
    user: User,
    assessment_id: str,
    *,
    is_part: bool = False,
    refused: BatonError | None = None,
    done: SetUp | None = None,
) -> HttpResponse:
    line = assessments.open_one(houses.current(), user, assessment_id)
    context = {
        "line": line,
        "percent": round(line.share * 100),
        "sheet": assessment_paper.sheet_of(dict(line.told)) if line.told else None,
        "may_run": inbox.may(user, Action.RUN_PILOT),
        "refused": errors.words_of(refused) if refused else "",
        "done": done,
        "section": _SECTION,
    }
    template = "pilot/_assessment_standing.html" if is_part else "pilot/assessment.html"
    response = page(request, user, template, context)
    response.status_code = errors.status_of(refused) if refused else 200
    return response
