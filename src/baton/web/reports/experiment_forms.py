"""The forms of experiments; the service judges what they bring."""

import hashlib
from typing import Any

from django import forms

from baton.core import experiments as core
from baton.core.experiments import Tries
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.services.desk import experiment_desk
from baton.services.desk.experiment_desk import Wish
from baton.services.desk.experiment_subjects import Subject

HINTS = {
    "name": "Small letters, digits and _; it stands in the page's address.",
    "subject": "A flow's split deals its variants; of a limit, write the values to try.",
    "values": "Of a limit alone, with commas: what holds today first, as 2, 1.",
    "control": "The arm that the others are held against; the first one if left empty.",
    "metric": "One number decides.",
    "effect": "In points of 100: the smallest change for which you would do it otherwise.",
    "baseline": "In percent, or points of 100. Empty takes what was counted in 90 days.",
    "guards": "If one gets clearly worse, the arm is harming. Empty takes those that go with "
    "the metric.",
    "least_days": "However clear it is, nothing is kept before: a whole billing or booking cycle.",
    "hypothesis": "What you expect, and why.",
}
WIDE = ("guards", "hypothesis")
_SCALES = {Unit.SHARE: 0.01}


class ExperimentForm(forms.Form):
    """An experiment before it begins; `shown` is the one whose size was shown."""

    name = forms.CharField(max_length=60, label="Name")
    subject = forms.ChoiceField(label="On")
    values = forms.CharField(max_length=40, required=False, label="Values to try")
    tries = forms.ChoiceField(
        label="What differs", choices=[(one.value, one.value.capitalize()) for one in Tries]
    )
    control = forms.CharField(max_length=60, required=False, label="Control")
    metric = forms.ChoiceField(label="Metric")
    effect = forms.FloatField(min_value=0, label="Change that would matter")
    baseline = forms.FloatField(required=False, min_value=0, label="What it is today")
    least_days = forms.IntegerField(initial=core.LEAST_DAYS, label="Days at least")
    guards = forms.MultipleChoiceField(required=False, label="Must not get worse")
    hypothesis = forms.CharField(
        max_length=experiment_desk.MAX_WORDS,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subjects: tuple[Subject, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = {
            "subject": [(one.key, one.title) for one in subjects],
            "metric": [(one.name, one.title) for one in core.measurable()],
        }
        chosen["guards"] = chosen["metric"]
        for name, choices in chosen.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean_values(self) -> tuple[int, ...]:
        """Return the numbers that are tried."""
        words = [one.strip() for one in self.cleaned_data["values"].split(",") if one.strip()]
        if not all(one.isdecimal() and len(one) <= 4 for one in words):  # noqa: PLR2004 - 9999
            raise forms.ValidationError("Write whole numbers with commas, as 2, 1.")
        return tuple(map(int, words))

    @property
    def wish(self) -> Wish:
        """What a valid form asks for."""
        given = self.cleaned_data
        scale = _SCALES.get(CATALOGUE[given["metric"]].unit, 1.0)
        baseline = given["baseline"]
        return Wish(
            name=given["name"],
            subject=given["subject"],
            tries=given["tries"],
            metric=given["metric"],
            effect=given["effect"] * scale,
            control=given["control"],
            guards=tuple(given["guards"]),
            baseline=None if baseline is None else baseline * scale,
            values=given["values"],
            least_days=given["least_days"],
            hypothesis=given["hypothesis"],
        )


class EndForm(forms.Form):
    """How an experiment ends."""

    kept = forms.CharField(required=False, max_length=60)
    reason = forms.CharField(required=False, max_length=experiment_desk.MAX_WORDS)


class ContactsForm(forms.Form):
    """Which number of an experiment is opened: "" for all who were dealt the arm."""

    number = forms.CharField(required=False, max_length=60)
    arm = forms.CharField(max_length=60)
    page = forms.IntegerField(required=False, min_value=1)


def mark_of(wish: Wish) -> str:
    """Return by what a page tells which design it has shown the size of."""
    return hashlib.sha256(repr(wish).encode()).hexdigest()
