"""The pilot board and one flow's rollout: stages, gates, answers, stops, the time line."""

from collections.abc import Callable
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import rollout
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.core.rollout import Check
from baton.services import house as houses
from baton.services.house import House
from baton.services.pilot import pilot_board, roadmap, rollouts, shadows, taking_back
from baton.services.pilot.rollouts import Beginning, Move
from baton.store.models import User
from baton.web import errors, words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.pilot import forms
from baton.web.shell import page

Deed: TypeAlias = Callable[[House], object]


@require_GET
@for_staff
def board_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show every flow with where its rollout stands, and what is next."""
    board = pilot_board.show(houses.current(), user)
    context = {"board": board, "section": "pilot", "states": words.ROLLOUT_STATES}
    return page(request, user, "pilot/pilot.html", context)


@require_GET
@for_staff
def flow_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show one flow's rollout."""
    return _shown(request, user, name)


@require_POST
@for_staff
def begin(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Begin a rollout."""
    given = checked(forms.BeginForm, request.POST).cleaned_data
    beginning = Beginning(plan=given["plan"], reason=given["reason"], bounds=forms.bounds_in(given))
    return _done(request, user, name, lambda house: rollouts.begin(house, user, name, beginning))


@require_POST
@for_staff
def move(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Move a rollout to a stage, or set its share."""
    given = checked(forms.MoveForm, request.POST).cleaned_data
    share = None if given["percent"] is None else given["percent"] / 100
    wanted = Move(
        stage=given["stage"], share=share, reason=given["reason"], is_despite=given["is_despite"]
    )
    return _done(request, user, name, lambda house: rollouts.move(house, user, name, wanted))


@require_POST
@for_staff
def answer(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Answer for something that a stage needs."""
    given = checked(forms.AnswerForm, request.POST).cleaned_data
    check, said = Check(given["check"]), given["reason"]
    return _done(request, user, name, lambda house: rollouts.answer(house, user, name, check, said))


@require_POST
@for_staff
def end(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Complete a rollout, or stop it."""
    given = checked(forms.EndForm, request.POST).cleaned_data
    goes_on, reason = given["goes_on"] == "yes", given["reason"]

    def deed(house: House) -> None:
        rollouts.complete(house, user, name, reason=reason, goes_on=goes_on)

    return _done(request, user, name, deed)


@require_POST
@for_staff
def roll_back(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Take a flow back."""
    reason = checked(forms.ReasonForm, request.POST).cleaned_data["reason"]

    def deed(house: House) -> None:
        taking_back.take_back(house, user, name, reason=reason)

    return _done(request, user, name, deed)


@require_POST
@for_staff
def take_up(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Serve people again after a rollback."""
    reason = checked(forms.ReasonForm, request.POST).cleaned_data["reason"]
    return _done(request, user, name, lambda house: rollouts.take_up(house, user, name, reason))


@require_GET
@for_staff
def drafts_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show what a flow in shadow would have said, beside what people said."""
    before = checked(forms.DraftsForm, request.GET).cleaned_data["before"]
    house = houses.current()
    pilot = pilot_board.open_flow(house, user, name)
    since = pilot.row.began_at if pilot.row else house.clock.now()
    context = {
        "pilot": pilot,
        "drafts": shadows.list_drafts(house, user, name, before=before),
        "agreement": shadows.agreement_of(house, user.workspace_id, name, since=since),
        "before": before,
        "section": "pilot",
    }
    return page(request, user, "pilot/drafts.html", context)


@require_POST
@for_staff
def judge(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Say of a draft whether it says what a person said."""
    given = checked(forms.JudgeForm, request.POST).cleaned_data
    shadows.judge(houses.current(), user, given["draft"], given["verdict"])
    at = f"?before={given['before']}" if given["before"] else ""
    return redirect(f"{reverse('shadow_drafts', args=[name])}{at}#draft-{given['draft']}")


def _done(request: HttpRequest, user: User, name: str, deed: Deed) -> HttpResponse:
    """Do something and show the flow anew; a refusal stands on the page with what was written."""
    try:
        deed(houses.current())
    except (InvalidInput, Conflict) as error:
        return _shown(request, user, name, refused=error)
    return redirect("pilot_flow", name)


def _shown(
    request: HttpRequest, user: User, name: str, *, refused: BatonError | None = None
) -> HttpResponse:
    house = houses.current()
    pilot = pilot_board.open_flow(house, user, name)
    context = {
        "pilot": pilot,
        "road": roadmap.road_of(house, user, pilot),
        "steps": words.ROAD_STEPS,
        "plans": rollout.FIRST_PLANS,
        "kinds": words.ROLLOUT_MARKS,
        "check_words": words.ROLLOUT_CHECKS,
        "given": request.POST,
        "refused": errors.words_of(refused) if refused else "",
        "max_reason": rollouts.MAX_REASON,
        "section": "pilot",
    }
    response = page(request, user, "pilot/flow.html", context)
    response.status_code = errors.status_of(refused) if refused else 200
    return response
