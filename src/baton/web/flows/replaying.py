"""Flows > Try a change: the last days are played as they are and with a change; nothing is sent."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from baton.core.errors import InvalidInput
from baton.flows.replaying import Course
from baton.services import house as houses
from baton.services.flows import replay_desk
from baton.services.flows.replay_desk import Standing, Wish
from baton.services.flows.replays import Replayed
from baton.services.writing.documents import InvalidDocument
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.shell import page

_PERCENT = 100
MOST_MOVES = 50
COURSES = {
    Course.AUTOMATED: "Answered, nobody needed",
    Course.ESCALATED: "Handed over",
    Course.NOT_UNDERSTOOD: "Not understood, nobody came",
    Course.SILENT: "Nothing said",
}


class ChangeForm(forms.Form):
    """A change; the service judges it."""

    days = forms.TypedChoiceField(choices=[(one, one) for one in replay_desk.DAYS], coerce=int)
    answer = forms.FloatField(required=False, min_value=0, max_value=100)
    floor = forms.FloatField(required=False, min_value=0, max_value=100)
    draft = forms.CharField(required=False, max_length=60)
    source = forms.CharField(required=False, max_length=replay_desk.MAX_SOURCE, strip=False)

    def __init__(self, *given: Any, standing: Standing, **named: Any) -> None:
        super().__init__(*given, **named)
        for limit in standing.limits:
            self.fields[f"limit_{limit.field}"] = forms.FloatField(
                required=False, min_value=limit.least, max_value=limit.most, label=limit.label
            )

    def wish(self) -> Wish:
        """Return the change that was sent."""
        given = self.cleaned_data
        limits = {
            name.removeprefix("limit_"): value
            for name, value in given.items()
            if name.startswith("limit_") and value is not None
        }
        return Wish(
            days=given["days"],
            answer=None if given["answer"] is None else given["answer"] / _PERCENT,
            floor=None if given["floor"] is None else given["floor"] / _PERCENT,
            limits=limits,
            draft=given["draft"],
            source=given["source"],
        )


@require_http_methods(["GET", "POST"])
@for_staff
def replay_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form, and what a change would have come to."""
    house = houses.current()
    standing = replay_desk.standing(house, user)
    form = ChangeForm(request.POST or None, standing=standing)
    problems: list[str] = []
    played: Replayed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            played = replay_desk.try_change(house, user, form.wish())
        except InvalidInput as refused:
            problems = [errors.words_of(refused)]
        except InvalidDocument as refused:
            problems = [problem.text for problem in refused.problems]
    elif request.method == "POST":
        problems = [
            f"{form.fields[name].label or name}: {told[0]}" for name, told in form.errors.items()
        ]
    context = {
        "form": form,
        "standing": standing,
        "limits": [(limit, form[f"limit_{limit.field}"].value()) for limit in standing.limits],
        "problems": problems,
        "played": played,
        "lines": _lines(played) if played else (),
        "moves": played.differences[0].moves[:MOST_MOVES] if played else (),
        "courses": COURSES,
        "days": replay_desk.DAYS,
        "most": replay_desk.MOST,
        "drafted": request.GET.get("draft", "") or form["draft"].value(),
        "section": "flows",
    }
    return page(request, user, "flows/replay.html", context)


def _lines(played: Replayed) -> list[tuple[str, int, float | None, int, float | None]]:
    """Return each course with its count and share, as it is and changed."""
    now, changed = played.outcomes
    return [
        (title, now.courses[one], now.share(one), changed.courses[one], changed.share(one))
        for one, title in COURSES.items()
    ]
