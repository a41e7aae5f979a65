"""The learning pages: train a reader, see what it gains and loses, put it live, take it back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from baton.core import evaluation, teaching
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.core.teaching import NewIntent
from baton.services import house as houses
from baton.services import inbox
from baton.services.conversation import sampling
from baton.services.house import House
from baton.services.reading import failure_board, learning, readers
from baton.services.reading.workshop import workshop_of
from baton.services.workspace import editions, lessons, own_intents, supervision, windows
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.review.learning_forms import ExamplesForm, IntentForm, ReasonForm
from baton.web.shell import page


@require_GET
@for_staff
def learning_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show versions, what waits to be learned, what is watched and how escalation drifts."""
    is_fragment = bool(getattr(request, "htmx", False))
    template = "review/_learning.html" if is_fragment else "review/learning.html"
    return page(
        request,
        user,
        template,
        {
            "shown": learning.overview(houses.current(), user),
            "window_length": windows.LENGTH,
            "per_week": sampling.PER_WEEK,
            "before_reader": failure_board.before_reader(user),
            "section": "learning",
            "tab": "versions",
        },
    )


@require_GET
@for_staff
def report_page(request: HttpRequest, user: User, number: int) -> HttpResponse:
    """Show a version's report as a table per intent."""
    return page(
        request,
        user,
        "review/reader_report.html",
        {
            "report": learning.open_report(houses.current(), user, number),
            "tolerance": evaluation.TOLERANCE,
            "section": "learning",
        },
    )


@require_POST
@for_staff
def train(request: HttpRequest, user: User) -> HttpResponse:
    """Begin a candidate; the page shows how far it is."""
    reason = checked(ReasonForm, request.POST).cleaned_data["reason"]
    number = workshop_of(houses.current()).train(user, reason)
    _say(request, f"Version {number} is being trained. You may go on with other work.")
    return redirect("learning")


@require_POST
@for_staff
def change_version(request: HttpRequest, user: User, number: int, deed: str) -> HttpResponse:
    """Evaluate a version anew, open its validation window, or put it live."""
    house = houses.current()
    inbox.require(user, Action.TEACH)
    if deed not in _DEEDS:
        raise Http404
    _say(request, _DEEDS[deed](house, user, number))
    return redirect("learning")


@require_POST
@for_staff
def back(request: HttpRequest, user: User) -> HttpResponse:
    """Go one step back."""
    inbox.require(user, Action.TEACH)
    reason = checked(ReasonForm, request.POST).cleaned_data["reason"]
    live = readers.back(houses.current(), user.workspace_id, actor=f"user:{user.id}", reason=reason)
    name = f"Version {live}" if live else "The reader that came with the pack"
    _say(request, f"{name} is live again.")
    return redirect("learning")


@require_POST
@for_staff
def close_window(request: HttpRequest, user: User) -> HttpResponse:
    """Close the validation window before its time."""
    inbox.require(user, Action.TEACH)
    reason = checked(ReasonForm, request.POST).cleaned_data["reason"]
    actor = f"user:{user.id}"
    readers.close_window(houses.current(), user.workspace_id, actor=actor, outcome=reason)
    _say(request, "The validation window is closed.")
    return redirect("learning")


@require_POST
@for_staff
def end_phase(request: HttpRequest, user: User, phase_id: str) -> HttpResponse:
    """End a supervised phase, with a reason."""
    reason = checked(ReasonForm, request.POST).cleaned_data["reason"]
    supervision.end(houses.current(), user, phase_id, reason)
    _say(request, "The supervised phase is over: sure answers may close again.")
    return redirect("learning")


@require_http_methods(["GET", "POST"])
@for_staff
def examples_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show what people taught, newest first, with a form for more by hand."""
    house = houses.current()
    form = ExamplesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            count = lessons.teach_by_hand(house, user, given["intent"], given["examples"])
        except InvalidInput as refused:
            for name, why in refused.fields.items():
                form.add_error(name if name in form.fields else None, why)
        else:
            _say(request, f"{count} example{'' if count == 1 else 's'} kept.")
            return redirect("examples")
    lines, following = learning.open_examples(house, user, before=request.GET.get("before", ""))
    return page(
        request,
        user,
        "review/examples.html",
        {
            "form": form,
            "lines": lines,
            "following": following,
            "intents": editions.edition_of(house, user.workspace_id).intents,
            "own": own_intents.list_lines(user.workspace_id),
            "section": "learning",
            "tab": "examples",
        },
    )


@require_POST
@for_staff
def retire_example(request: HttpRequest, user: User, example_id: str) -> HttpResponse:
    """Take an example out of the next lesson."""
    lessons.retire_by(houses.current(), user, example_id)
    _say(request, "The example is taken out. Readers made before keep it.")
    return redirect("examples")


@require_http_methods(["GET", "POST"])
@for_staff
def new_intent(request: HttpRequest, user: User) -> HttpResponse:
    """Make an intent of the workspace's own."""
    house = houses.current()
    inbox.require(user, Action.TEACH)
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
            lessons.make_intent(house, user, new, wanted["examples"])
        except InvalidInput as refused:
            form.refuse(refused)
        else:
            return redirect("examples")
    return page(
        request,
        user,
        "review/new_intent.html",
        {"form": form, "least": teaching.MIN_EXAMPLES, "section": "learning"},
    )


def _say(request: HttpRequest, words: str) -> None:
    """Let the next learning page say something; other pages' messages are not shown there."""
    messages.info(request, words, extra_tags="learning")


def _evaluate(house: House, user: User, number: int) -> str:
    workshop_of(house).evaluate(user, number)
    return f"Version {number} is being held against the live reader."


def _validate(house: House, user: User, number: int) -> str:
    readers.validate(house, user.workspace_id, number, actor=f"user:{user.id}")
    return f"The validation window of version {number} is open."


def _promote(house: House, user: User, number: int) -> str:
    readers.promote(house, user.workspace_id, number, actor=f"user:{user.id}")
    return f"Version {number} is live."


_DEEDS: dict[str, Callable[[House, User, int], str]] = {
    "evaluate": _evaluate,
    "validate": _validate,
    "promote": _promote,
}
