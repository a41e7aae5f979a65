"""What the pages of flows may be sent besides a flow's own fields."""

from django import forms

from baton.core import ids, rollout
from baton.core.errors import InvalidInput
from baton.flows.charter import WhenPaused
from baton.flows.trial import MoveKind
from baton.services.flows import flow_pauses, flow_publishing, flow_trials
from baton.services.flows.flow_runs import Deed
from baton.services.flows.flow_sources import MAX_SOURCE, NAME
from baton.services.workspace import library

_MAX_BYTES = 4 * MAX_SOURCE  # a sign takes up to four


class SourceForm(forms.Form):
    """A flow as YAML, and the digest of what was there when somebody began to write."""

    source = forms.CharField(max_length=MAX_SOURCE, strip=False, widget=forms.Textarea)
    seen = forms.CharField(max_length=64)


class ImportForm(forms.Form):
    """A flow from a file, from a template, or pasted."""

    file = forms.FileField(required=False, max_length=200, allow_empty_file=False)
    source = forms.CharField(
        required=False, max_length=MAX_SOURCE, strip=False, widget=forms.Textarea
    )
    template = forms.CharField(required=False, max_length=60)


class StepForm(forms.Form):
    """A new step: its name, its type, and the step that it follows."""

    name = forms.RegexField(NAME, error_messages={"invalid": "Use small letters, digits and _."})
    type = forms.CharField(max_length=20)
    after = forms.CharField(required=False, max_length=60)


class RenameForm(forms.Form):
    """A step's new name."""

    name = forms.RegexField(NAME, error_messages={"invalid": "Use small letters, digits and _."})


class PublishForm(forms.Form):
    """Why a draft is published, and what was seen of it."""

    reason = forms.CharField(required=False, max_length=flow_publishing.MAX_REASON + 200)
    seen = forms.CharField(max_length=64)
    newest = forms.IntegerField(min_value=0)
    plan = forms.ChoiceField(required=False, choices=[(name, name) for name in rollout.PLANS])


class PlaceForm(forms.Form):
    """The flow that a draft is to stand in for."""

    other = forms.CharField(max_length=60)


class RevertForm(forms.Form):
    """Why an older version comes back, and the version in force when that was asked."""

    reason = forms.CharField(required=False, max_length=flow_publishing.MAX_REASON + 200)
    newest = forms.IntegerField(min_value=1)


class PauseForm(forms.Form):
    """Why a flow is paused or resumed, and what becomes of those in it meanwhile."""

    reason = forms.CharField(required=False, max_length=flow_pauses.MAX_REASON + 200)
    when_paused = forms.ChoiceField(
        required=False, choices=[(one.value, one.value) for one in WhenPaused]
    )


class RunsForm(forms.Form):
    """Which runs of a flow are looked for, and behind which one the page begins."""

    version = forms.IntegerField(required=False, min_value=1)
    step = forms.CharField(required=False, max_length=60)
    who = forms.CharField(required=False, max_length=120)
    before = forms.CharField(required=False, max_length=ids.LENGTH)


class RunsDeedForm(forms.Form):
    """What is done to runs: to those that were ticked, or to all of the flow."""

    deed = forms.ChoiceField(choices=[(one.value, one.value) for one in Deed])
    scope = forms.ChoiceField(choices=[("ticked", "ticked"), ("all", "all")])
    reason = forms.CharField(required=False, max_length=flow_publishing.MAX_REASON + 200)


class TrialForm(forms.Form):
    """A trial so far, and what happens next.

    `kind` is a move's, or "restart"; `said` is a choice that was pressed, `event` an event.
    """

    moves = forms.CharField(strip=False, max_length=400_000)
    kind = forms.ChoiceField(
        required=False, choices=[(str(one), str(one)) for one in (*MoveKind, "restart")]
    )
    text = forms.CharField(required=False, max_length=flow_trials.MAX_WORDS)
    channel = forms.CharField(required=False, max_length=20)
    language = forms.CharField(required=False, max_length=20)
    begins_at = forms.CharField(required=False, max_length=40)
    said = forms.CharField(required=False, max_length=flow_trials.MAX_WORDS)
    event = forms.CharField(required=False, max_length=60)


class VersionsForm(forms.Form):
    """Which two versions are meant: `version` the older, `to` the other."""

    version = forms.IntegerField(min_value=1)
    to = forms.IntegerField(min_value=1)


class AgainstForm(forms.Form):
    """Which version another one is held against; none is the one before it."""

    against = forms.IntegerField(required=False, min_value=0)


def imported(form: ImportForm) -> str:
    """Return the YAML that a form brings; raises InvalidInput or NotFound."""
    if not form.is_valid():
        told = (f"{line}" for lines in form.errors.values() for line in lines)
        raise InvalidInput({"source": " ".join(told)})
    given = form.cleaned_data
    if given["template"]:
        return library.load_template(given["template"]).source
    file = given["file"]
    if file is None:
        return str(given["source"]).replace("\r\n", "\n")
    if (file.size or 0) > _MAX_BYTES:
        raise InvalidInput({"file": f"A flow may have at most {MAX_SOURCE:,} characters."})
    try:
        return str(file.read(), "utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInput({"file": "This file is no text in UTF-8."}) from error
