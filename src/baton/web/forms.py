"""The console's forms: what a browser may send, before the services judge it."""

from django import forms
from django.utils.datastructures import MultiValueDict

from baton.core import escalation_rules, ids
from baton.core.alerts import Rhythm
from baton.core.breaches import Reason
from baton.core.confidence import Scope
from baton.core.errors import InvalidInput
from baton.services import inbox
from baton.services.desk import (
    agents,
    breach_desk,
    handoff_board,
    merging,
    passing_on,
    rule_board,
    staff_desk,
    triage_desk,
)
from baton.services.privacy import erasing
from baton.services.reading import reviews, verdicts
from baton.web import words


class WordsForm(forms.Form):
    """A reply or a note; its length and content are judged by the service."""

    text = forms.CharField(strip=False, required=False)


class ProtectionForm(forms.Form):
    """Why what is known of a contact is kept, or erased; the service judges it."""

    reason = forms.CharField(required=False, max_length=erasing.MAX_REASON)


class SearchForm(forms.Form):
    """Words that stand in a conversation."""

    words = forms.CharField(required=False, max_length=120)


class TokenForm(ProtectionForm):
    """A token whose identifier is wanted, and what for."""

    token = forms.CharField(required=False, max_length=80)


class ReplyForm(WordsForm):
    """A reply, with the channel and the template that its writer chose, if any."""

    channel = forms.CharField(max_length=20, required=False)
    template = forms.CharField(max_length=ids.LENGTH, required=False)


class ResolveForm(forms.Form):
    """The code that a conversation is closed with."""

    code = forms.ChoiceField(
        choices=[(code, words.CODES[code]) for code in agents.RESOLUTION_CODES]
    )


class TransferForm(forms.Form):
    """Who gets a conversation ("user:<id>"), or which queue ("queue:<name>"), and a note."""

    to = forms.CharField(max_length=80)
    note = forms.CharField(required=False, max_length=passing_on.MAX_NOTE)


class SnoozeForm(forms.Form):
    """Until when a conversation is set aside."""

    until = forms.ChoiceField(choices=[(name, words.SNOOZES[name]) for name in inbox.SNOOZES])


class CallForm(forms.Form):
    """What came of a call."""

    outcome = forms.CharField(max_length=20)
    words = forms.CharField(max_length=500, required=False)


class AgainForm(forms.Form):
    """A message that is to go again; one that may have arrived needs a reason."""

    message = forms.CharField(max_length=64)
    reason = forms.CharField(max_length=200, required=False)


class VerdictForm(forms.Form):
    """What a reviewer says of a turn; a correction names the intent, or its plain words."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in verdicts.VERDICTS])
    intent = forms.CharField(required=False, max_length=200)


class StopForm(forms.Form):
    """What a reviewer says of a hard stop: missed here, or none here."""

    kind = forms.ChoiceField(choices=[(name, name) for name in reviews.stop_kinds()])
    said = forms.ChoiceField(choices=[("missed", "missed"), ("none", "none")])


class SettleForm(forms.Form):
    """What a person found out about an effect in doubt."""

    took_place = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class AvailabilityForm(forms.Form):
    """Whether a person takes new conversations."""

    is_available = forms.BooleanField(required=False)


class ScopeForm(forms.Form):
    """What thresholds are set for, and the change that is put back, if one is."""

    scope = forms.ChoiceField(choices=[(scope.value, scope.value) for scope in Scope])
    name = forms.CharField(required=False, max_length=60)
    put_back = forms.CharField(required=False, max_length=ids.LENGTH)


class ThresholdsForm(forms.Form):
    """Thresholds in percent, with why and when to look again; the service judges them.

    `seen` is the version that was looked at, `shown` the values whose effect was.
    """

    answer = forms.IntegerField(error_messages={"invalid": "Write a whole percent, as 80."})
    floor = forms.IntegerField(error_messages={"invalid": "Write a whole percent, as 45."})
    takes_above = forms.BooleanField(required=False)
    reason = forms.CharField(required=False)
    review_on = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "Say when to look at this again."},
    )
    seen = forms.IntegerField(min_value=0)
    shown = forms.CharField(required=False, max_length=20)
    puts_back = forms.CharField(required=False, max_length=ids.LENGTH)


class ConsentForm(forms.Form):
    """What a contact told a person of the staff about being written to; the service judges it."""

    channel = forms.CharField(max_length=20)
    purpose = forms.CharField(max_length=20)
    said = forms.ChoiceField(choices=[("given", "given"), ("withdrawn", "withdrawn")])
    source = forms.CharField(max_length=60, error_messages={"required": "Say where they said so."})
    wording = forms.CharField(max_length=400, required=False)


class ChannelForm(forms.Form):
    """A channel that is barred for a contact, or opened again."""

    channel = forms.CharField(max_length=20)
    reason = forms.CharField(max_length=80, required=False)


class ZoneForm(forms.Form):
    """Where a contact lives."""

    timezone = forms.CharField(max_length=60, required=False)


class BelongsForm(forms.Form):
    """The location that a contact belongs to; the service judges it."""

    location = forms.CharField(max_length=32, required=False)


class LanguageForm(forms.Form):
    """In which language a contact is written to."""

    language = forms.CharField(max_length=10, required=False)


class PreferForm(forms.Form):
    """On which channel a contact would rather be written to."""

    channel = forms.CharField(max_length=20, required=False)


class MergeForm(forms.Form):
    """Who was found to be this contact, by the id or the address of their page, and how."""

    other = forms.CharField(max_length=300)
    reason = forms.CharField(max_length=merging.MAX_REASON)

    def clean_other(self) -> str:
        """Return the id alone: people paste what stands in the browser's address line."""
        return str(self.cleaned_data["other"]).rstrip("/").rpartition("/")[2]


class WindowForm(forms.Form):
    """How many days a report looks back."""

    days = forms.IntegerField(required=False, min_value=1)


class CountedForm(forms.Form):
    """Which number of the triage report is opened, and the page of its list."""

    kind = forms.ChoiceField(choices=[(name, name) for name in ("type", "trigger", "drift")])
    name = forms.CharField(max_length=60)
    measure = forms.CharField(required=False, max_length=20)
    part = forms.ChoiceField(choices=[(name, name) for name in triage_desk.PARTS])
    days = forms.IntegerField(required=False, min_value=1)
    page = forms.IntegerField(required=False, min_value=1)


class FiredForm(forms.Form):
    """Which number of the escalation rules is opened, and the page of its list."""

    rule = forms.CharField(max_length=escalation_rules.MAX_NAME)
    part = forms.ChoiceField(choices=[(name, name) for name in rule_board.PARTS])
    days = forms.IntegerField(required=False, min_value=1)
    page = forms.IntegerField(required=False, min_value=1)


class HandoffNumberForm(forms.Form):
    """Which number of the handoff report is opened, and the page of its list."""

    measure = forms.ChoiceField(choices=[(name, name) for name in handoff_board.MEASURES])
    part = forms.ChoiceField(choices=[(name, name) for name in handoff_board.PARTS])
    days = forms.IntegerField(required=False, min_value=1)
    page = forms.IntegerField(required=False, min_value=1)


class MissedForm(forms.Form):
    """The rule that should have fired."""

    rule = forms.CharField(max_length=escalation_rules.MAX_NAME)


class PutBackForm(forms.Form):
    """The version of a rule that is put back, if one is."""

    version = forms.IntegerField(required=False, min_value=1)


class MemberForm(forms.Form):
    """What a lead wants of a member of the team; the skills are judged by the service."""

    capacity = forms.IntegerField(required=False)
    authority = forms.IntegerField(required=False)
    languages = forms.CharField(required=False, max_length=120)
    hours = forms.CharField(required=False, max_length=300)
    is_available = forms.BooleanField(required=False)
    away_reason = forms.CharField(required=False, max_length=staff_desk.MAX_REASON)


class BreachForm(forms.Form):
    """Which breaches are looked at."""

    state = forms.ChoiceField(required=False, choices=[(name, name) for name in ("open", "past")])
    reason = forms.ChoiceField(required=False, choices=[(name, name) for name in Reason])
    queue = forms.CharField(required=False, max_length=40)
    agent = forms.CharField(required=False, max_length=ids.LENGTH)
    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in breach_desk.WINDOWS]
    )
    page = forms.IntegerField(required=False, min_value=1)


class LeavingForm(forms.Form):
    """Whom of those at risk somebody looks at."""

    worth = forms.ChoiceField(required=False, choices=[("high", "high")])
    page = forms.IntegerField(required=False, min_value=1)


class AfterForm(forms.Form):
    """The notice after which others are asked for."""

    after = forms.CharField(required=False, max_length=ids.LENGTH)


class AlertsForm(forms.Form):
    """What a person wants to be called for."""

    kinds = forms.MultipleChoiceField(required=False, choices=list(words.ALERTS.items()))
    has_sound = forms.BooleanField(required=False)
    quiet_from = forms.CharField(required=False, max_length=8)
    quiet_until = forms.CharField(required=False, max_length=8)
    digest = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Rhythm])


class BrowserForm(forms.Form):
    """A browser's permission to call its person, as it tells it."""

    endpoint = forms.CharField(max_length=2_000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
    key = forms.CharField(max_length=100)


class AuditForm(forms.Form):
    """What entries of the audit trail are looked for."""

    actor = forms.CharField(required=False, max_length=60)
    action = forms.CharField(required=False, max_length=60)
    subject = forms.CharField(required=False, max_length=80)
    words = forms.CharField(required=False, max_length=80)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1)


def checked(form_type: type[forms.Form], posted: "MultiValueDict[str, str]") -> forms.Form:
    """Return a valid form; raises InvalidInput that names each refused field."""
    form = form_type(posted)
    if not form.is_valid():
        raise InvalidInput({name: " ".join(map(str, lines)) for name, lines in form.errors.items()})
    return form
