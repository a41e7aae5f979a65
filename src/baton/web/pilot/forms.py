"""What the pages of the pilot may be sent, before the services judge it."""

from django import forms

from baton.core import ids, rollout
from baton.core.rollout import Bounds, Check
from baton.services.pilot import rollouts
from baton.services.pilot.shadows import Word

_MOST_NAMES = 400


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(required=False, max_length=rollouts.MAX_REASON + 200)


class BeginForm(ReasonForm):
    """A plan, and whom it is limited to: names with commas between them, and a condition."""

    plan = forms.ChoiceField(choices=[(name, plan.title) for name, plan in rollout.PLANS.items()])
    channels = forms.CharField(required=False, max_length=_MOST_NAMES)
    locations = forms.CharField(required=False, max_length=_MOST_NAMES)
    products = forms.CharField(required=False, max_length=_MOST_NAMES)
    segment = forms.CharField(required=False, max_length=1_000)


class MoveForm(ReasonForm):
    """A stage, the percent that it is to serve, and whether gates are passed over."""

    stage = forms.CharField(max_length=20)
    percent = forms.IntegerField(required=False, min_value=0, max_value=100)
    is_despite = forms.BooleanField(required=False)


class AnswerForm(ReasonForm):
    """What somebody answers for."""

    check = forms.ChoiceField(choices=[(one.value, one.value) for one in Check])


class EndForm(ReasonForm):
    """How a rollout ends."""

    goes_on = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class JudgeForm(forms.Form):
    """What somebody says of a draft, and the page that it stood on."""

    draft = forms.CharField(max_length=ids.LENGTH)
    verdict = forms.ChoiceField(choices=[(one.value, one.value) for one in Word])
    before = forms.CharField(required=False, max_length=ids.LENGTH)


class ColumnsForm(forms.Form):
    """Which column of a table holds what; empty ones are found by their usual names."""

    words = forms.CharField(required=False, max_length=120)
    subject = forms.CharField(required=False, max_length=120)
    answer = forms.CharField(required=False, max_length=120)
    contact = forms.CharField(required=False, max_length=120)
    opened_at = forms.CharField(required=False, max_length=120)
    handled_minutes = forms.CharField(required=False, max_length=120)


class DraftsForm(forms.Form):
    """Behind which draft a page begins."""

    before = forms.CharField(required=False, max_length=ids.LENGTH)


def bounds_in(given: dict[str, str]) -> Bounds:
    """Return the bounds that a form brings."""

    def names(key: str) -> frozenset[str]:
        return frozenset(one.strip() for one in given[key].split(",") if one.strip())

    return Bounds(
        channels=names("channels"),
        locations=names("locations"),
        products=names("products"),
        segment=given["segment"].strip(),
    )
