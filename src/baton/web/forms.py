"""The console's forms: what a browser may send, before the services judge it."""

from django import forms
from django.utils.datastructures import MultiValueDict

from baton.core.errors import InvalidInput
from baton.services import agents, inbox, reviews
from baton.web import words


class WordsForm(forms.Form):
    """A reply or a note; its length and content are judged by the service."""

    text = forms.CharField(strip=False, required=False)


class ResolveForm(forms.Form):
    """The code that a conversation is closed with."""

    code = forms.ChoiceField(
        choices=[(code, words.CODES[code]) for code in agents.RESOLUTION_CODES]
    )


class SnoozeForm(forms.Form):
    """Until when a conversation is set aside."""

    until = forms.ChoiceField(choices=[(name, words.SNOOZES[name]) for name in inbox.SNOOZES])


class VerdictForm(forms.Form):
    """What a reviewer says of an answer."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in reviews.VERDICTS])


class AvailabilityForm(forms.Form):
    """Whether a person takes new conversations."""

    is_available = forms.BooleanField(required=False)


class AuditForm(forms.Form):
    """What entries of the audit trail are looked for."""

    actor = forms.CharField(required=False, max_length=60)
    action = forms.CharField(required=False, max_length=60)
    subject = forms.CharField(required=False, max_length=80)
    before = forms.IntegerField(required=False, min_value=1)


def checked(form_type: type[forms.Form], posted: "MultiValueDict[str, str]") -> forms.Form:
    """Return a valid form; raises InvalidInput that names each refused field."""
    form = form_type(posted)
    if not form.is_valid():
        raise InvalidInput({name: " ".join(map(str, lines)) for name, lines in form.errors.items()})
    return form
