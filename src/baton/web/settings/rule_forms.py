"""The forms of escalation rules; the service judges what they bring."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from baton.core import confidence, escalation_rules
from baton.core.escalation import Act
from baton.core.escalation_rules import BuiltIn, EscalationRule
from baton.core.pack import Pack
from baton.core.policy import Policy

HINTS = {
    "title": "As people read it in the inbox and in reports.",
    "act": "A flag lets the bot go on, and people may step in.",
    "queue": "Of a handoff.",
    "urgency": "Of a handoff: 0 to 100, at least.",
    "words": "One a line, any of them. A star at the end takes any ending: stroller*",
    "intents": "Any of them. Hold Ctrl to choose several.",
    "request_types": "Any of them. Hold Ctrl to choose several.",
    "memberships": "One a line, any of them.",
    "sentiment_at_most": "-1 (very upset) to below 0.",
    "value_at_least": "A sum that was said, or that the flow knows.",
    "when": "In CEL, as in flows: turn.text, turn.intent, turn.request_type, turn.sentiment, "
    "turn.value (in cents), turn.flow, turn.recontacts, turn.failed_attempts, contact.tags …",
    "reason": "Stands in the history and the audit trail.",
    "review_on": "Then the managers are told.",
}
_SCALES = dict.fromkeys(
    ("strong_sentiment", "mild_sentiment"), "; 0 is neutral, -1 is as upset as can be."
)
ACTS = {Act.FLAG.value: "Flag it live", Act.HAND_OVER.value: "Hand it over"}
_CENTS = 2


class VersionForm(forms.Form):
    """What every version of a rule has: why, and when to look again.

    `seen` is the version that was looked at, `shown` the rule whose effect was.
    """

    reason = forms.CharField(
        required=False,
        max_length=confidence.MAX_REASON,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    review_on = forms.DateField(
        label="Look at it again on",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say when to look at this again."},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class RuleForm(VersionForm):
    """A rule of the workspace's own."""

    title = forms.CharField(required=False, max_length=escalation_rules.MAX_TITLE, label="Name")
    act = forms.ChoiceField(choices=list(ACTS.items()), label="When it fires")
    queue = forms.ChoiceField(required=False, label="Queue")
    urgency = forms.IntegerField(required=False, label="Urgency")
    words = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}),
        label="Words or phrases",
    )  # fmt: skip
    intents = forms.MultipleChoiceField(required=False, label="What the message means")
    request_types = forms.MultipleChoiceField(required=False, label="What it is about")
    memberships = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}),
        label="Memberships",
    )  # fmt: skip
    sentiment_at_most = forms.FloatField(required=False, label="Sentiment at most")
    value_at_least = forms.DecimalField(
        required=False, max_digits=12, decimal_places=_CENTS, label="A sum of at least"
    )
    when = forms.CharField(
        required=False, max_length=1_000, label="One more condition",
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"}),
    )  # fmt: skip
    is_on = forms.BooleanField(required=False, label="In force")

    def __init__(self, *args: Any, pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].choices = [  # type: ignore[attr-defined] # a choice field
            ("", "As the matter goes"),
            *((queue.name, queue.title) for queue in pack.queues),
        ]
        for name, known in (
            ("intents", [(one.name, one.name.replace("_", " ")) for one in pack.intents]),
            ("request_types", [(one.name, one.title) for one in pack.request_types]),
        ):
            self.fields[name].choices = known  # type: ignore[attr-defined] # likewise
            self.fields[name].widget.attrs["size"] = 6

    def rule(self, name: str) -> EscalationRule:
        """Return the rule that a valid form holds."""
        given = self.cleaned_data
        value: Decimal | None = given["value_at_least"]
        is_handoff = given["act"] == Act.HAND_OVER
        return EscalationRule(
            name=name,
            title=given["title"].strip(),
            act=Act(given["act"]),
            queue=given["queue"] if is_handoff else "",
            urgency=(given["urgency"] or 0) if is_handoff else 0,
            words=tuple(_lines(given["words"])),
            intents=tuple(given["intents"]),
            request_types=tuple(given["request_types"]),
            memberships=tuple(_lines(given["memberships"])),
            sentiment_at_most=given["sentiment_at_most"],
            value_at_least=None if value is None else int(value.scaleb(_CENTS)),
            when=" ".join(given["when"].split()),
        )


class LimitsForm(VersionForm):
    """The limits of a built-in rule."""

    def __init__(self, *args: Any, rule: BuiltIn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for limit in rule.limits:
            is_whole = float(limit.least).is_integer() and float(limit.most).is_integer()
            kind = forms.IntegerField if is_whole else forms.FloatField
            self.fields[limit.field] = kind(
                label=limit.label,
                help_text=f"{limit.least:g} to {limit.most:g}{_SCALES.get(limit.field, '')}",
            )
        self._fields_of_rule = tuple(limit.field for limit in rule.limits)

    @property
    def limits(self) -> dict[str, float]:
        """The limits that a valid form holds."""
        return {name: self.cleaned_data[name] for name in self._fields_of_rule}


def initial_of(rule: EscalationRule) -> dict[str, Any]:
    """Return what the form of a rule begins with."""
    value = rule.value_at_least
    return {
        "title": rule.title,
        "act": rule.act.value,
        "queue": rule.queue,
        "urgency": rule.urgency,
        "words": "\n".join(rule.words),
        "intents": list(rule.intents),
        "request_types": list(rule.request_types),
        "memberships": "\n".join(rule.memberships),
        "sentiment_at_most": rule.sentiment_at_most,
        "value_at_least": None if value is None else Decimal(value).scaleb(-_CENTS),
        "when": rule.when,
    }


def initial_limits_of(rule: BuiltIn, policy: Policy) -> dict[str, Any]:
    """Return what the form of a built-in rule begins with: what holds."""
    return {limit.field: getattr(policy, limit.field) for limit in rule.limits}


def _lines(text: str) -> Iterable[str]:
    return dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip())
