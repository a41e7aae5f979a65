"""The review page: turns to look at again, oldest first, each with what was read and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.core.teaching import MIN_EXAMPLES, NewIntent
from baton.services import house as houses
from baton.services import inbox
from baton.services.reading import reviews, verdicts
from baton.services.workspace import editions, own_intents
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.done import tell_done
from baton.web.forms import StopForm, VerdictForm, checked
from baton.web.review.learning_forms import IntentForm
from baton.web.shell import page

_SEEN = "reviews_seen"


@require_GET
@for_staff
def review_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what waits for a verdict, of one reason or of all."""
    house = houses.current()
    inbox.require(user, Action.REVIEW)
    is_fragment = bool(getattr(request, "htmx", False))
    reason = request.GET.get("reason", "")
    if reason and reason not in reviews.REASONS:
        raise InvalidInput({"reason": "There is no such reason."})
    # In the session, not in the request: nobody reads unlogged by claiming to refresh.
    seen = request.session.get(_SEEN, []) if is_fragment else []
    shown = reviews.open_page(house, user, reason=reason, seen=seen)
    request.session[_SEEN] = [review.id for review in shown.reviews]
    template = "review/_reviews.html" if is_fragment else "review/review.html"
    return page(
        request,
        user,
        template,
        {
            "shown": shown,
            "reason": reason,
            "reasons": [
                (name, words.REVIEW_REASONS[name], shown.counts.get(name, 0))
                for name in reviews.REASONS
            ],
            "intents": editions.edition_of(house, user.workspace_id).intents,
            "stop_kinds": reviews.stop_kinds(),
            "last": verdicts.find_last(user),
            "section": "review",
        },
    )


@require_POST
@for_staff
def judge(request: HttpRequest, user: User, review_id: str) -> HttpResponse:
    """Record a verdict."""
    given = checked(VerdictForm, request.POST).cleaned_data
    said = verdicts.Said(verdict=given["verdict"], intent=given["intent"])
    verdicts.judge(houses.current(), user, review_id, said)
    taught = said.verdict in (verdicts.CORRECTED, verdicts.NONE)
    return _done(request, "Kept as an example." if taught else "Verdict kept.")


@require_POST
@for_staff
def mark_stop(request: HttpRequest, user: User, review_id: str) -> HttpResponse:
    """Note that a hard stop was missed, or is none here."""
    given = checked(StopForm, request.POST).cleaned_data
    verdicts.mark_stop(
        houses.current(), user, review_id, given["kind"], is_stop=given["said"] == "missed"
    )
    return _done(request, "Noted; new readers are held to it.")


@require_POST
@for_staff
def undo(request: HttpRequest, user: User) -> HttpResponse:
    """Take back this person's last verdict."""
    verdicts.undo_last(houses.current(), user)
    return _done(request, "Taken back.")


@require_http_methods(["GET", "POST"])
@for_staff
def new_intent(request: HttpRequest, user: User, review_id: str) -> HttpResponse:
    """Make an intent of what was asked, with its first examples."""
    house = houses.current()
    inbox.require(user, Action.REVIEW)
    asked = reviews.asked_in(house, user, review_id)
    edition = editions.edition_of(house, user.workspace_id)
    form = IntentForm(request.POST or None, kinds=edition.request_types)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        new = NewIntent(
            name=own_intents.name_from(wanted["name"]),
            request_type=wanted["request_type"],
            wants=wanted["wants"],
        )
        try:
            verdicts.judge_as_new(house, user, review_id, new, wanted["examples"])
        except InvalidInput as refused:
            form.refuse(refused)
        else:
            return redirect("review")
    return page(
        request,
        user,
        "review/new_intent.html",
        {
            "form": form,
            "asked": asked,
            "action": reverse("review_intent", args=[review_id]),
            "least": MIN_EXAMPLES,
            "section": "review",
        },
    )


def _done(request: HttpRequest, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("review")
    return tell_done("judge", said)
