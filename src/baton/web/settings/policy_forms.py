"""The forms of a policy's numbers; the services judge what they bring."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from baton.services.desk import limits, member_settings, routing_desk, sending_desk

Labels = Mapping[str, tuple[str, str]]

_OF_SENDING: Labels = {
    "quiet_from": ("Quiet from", "by the clock where the contact is, as 21:00"),
    "quiet_until": ("Quiet until", "the same time as above keeps no quiet hours"),
    "awake_window": ("Awake after their own word for", "as 30m: who has just written is awake"),
    "transactional_per_day": ("About bookings and orders, in 24 hours", ""),
    "transactional_per_week": ("About bookings and orders, in 7 days", ""),
    "promotional_per_day": ("Promotions, in 24 hours", "0 sends none at all"),
    "promotional_per_week": ("Promotions, in 7 days", ""),
    "service_per_day": ("Surveys and the like, in 24 hours", "answers are not counted"),
    "service_per_week": ("Surveys and the like, in 7 days", ""),
    "survey_rest": ("Nobody is asked to rate again for", "as 24h, whichever question it was"),
    "surveys_per_month": ("Questions to rate, in 30 days", "to one contact; 0 asks nobody"),
    "consent_free_channels": (
        "Channels where no consent is needed",
        "for what is no promotion; joined by commas, as webchat",
    ),
    "double_opt_in": (
        "Ask for a second yes",
        "where others pass a yes on; each as sms:promotional, joined by commas; empty: nowhere",
    ),
    "double_opt_in_lasts": ("The second yes may take", "as 48h"),
    "approved_copy": (
        "Words that need an approval of their own",
        "beyond their flow's; each as sms:promotional or email:service, joined by commas",
    ),
    "sms_part_price": ("One part of an SMS", "with the carrier's fee"),
    "email_price": ("One email", ""),
    "whatsapp_template_price": ("A WhatsApp template", "after 24 hours; within them it is free"),
    "whatsapp_promotion_price": ("A WhatsApp template that promotes", ""),
    "voice_price": ("One call", ""),
}
_OF_ROUTING: Labels = {
    "agent_capacity": ("Conversations at a time", "of who has no number of their own"),
    "reserved_places": (
        "Places kept for what presses",
        "of those who serve a pressing queue; other work does not take them",
    ),
    "priority_from": ("A queue presses from priority", "as the pack names it: the clinic has 100"),
    "handle_time": ("A conversation takes", "as 6m; until it is measured"),
    "escalation_lane": (
        "Lane for what the bot did not understand",
        "a queue's name; empty: the queue of the request",
    ),
    "guarded_queues": (
        "Guarded queues",
        "joined by commas: their people see no word of a contact's, only form and consent",
    ),
    "closed_queues": (
        "Closed queues",
        "joined by commas: only who serves them opens their conversations, and who leads",
    ),
    "away_after": ("Counts as away after", "as 30m without a sign of life of their console"),
    "clock_warning_share": ("A clock warns after", "a share of its window, as 0.75"),
    "resolution_window": ("Settled within", "opening hours, as 24h; a queue may have its own"),
    "orphan_after": ("Forgotten after", "as 24h: handed over, and neither settled nor snoozed"),
    "offering_queues": (
        "Queues that offer to one person at a time",
        "joined by commas; empty: people take from the list",
    ),
    "offer_window": ("One person is asked for", "as 30s, then the next"),
    "undo_window": ("Can be undone for", "as 2m, or until somebody went on with it"),
    "csat_fall_points": (
        "A fall of CSAT that alarms",
        "points of 100: a channel's last week against the four before; managers are told",
    ),
    "csat_fall_answers": ("Answers that a fall needs", "in the week, and in the four before"),
    "pause_csat_fall": (
        "A flow pauses itself when its CSAT falls by",
        "points of 100 within two weeks, clearly, as 1.5",
    ),
    "pause_csat_marks": ("Marks that such a fall needs", "on either side"),
    "pause_escalation_rate": (
        "It pauses itself when more are handed over than",
        "a share, as 0.20; a flow's own gate comes first",
    ),
    "pause_rise": ("Or when either rises by", "a share more than before, as 0.05"),
    "pause_recontact_rate": (
        "It pauses itself when more come back within 72 hours than",
        "a share, as 0.10",
    ),
    "pause_matters": ("Matters that such a stop needs", "of the flow, in the days looked at"),
    "wrap_up_window": (
        "Wrap-up counts up to",
        "as 10m, from the last word to the close, on each one's My day; 0m measures none",
    ),
}


_OF_MEMBERS: Labels = {
    "deposit_from_minor": ("A booking needs a deposit from", "its price, as 100.00"),
    "deposit_percent": ("The deposit, in percent of the price", "unless its activity sets one"),
    "no_show_keeps_percent": (
        "A no-show loses, in percent",
        "of a paid deposit; the message after it says so, and offers no discount then",
    ),
    "payment_words": (
        "How an invoice is paid without a payment provider",
        "as: At the desk, or by transfer to ...; empty: in Baton's words",
    ),
    "late_registration": (
        "A late registration is made at most",
        "before the start, as 6h; 0h: none is",
    ),
    "renewal_notice": (
        "A membership that ends is told ahead by",
        "as 720h for 30 days; the flow of renewals begins then",
    ),
    "churn_away_days": ("Away is who did not come for, in days", "or half as long again as usual"),
    "churn_drop_share": (
        "Comes less is who came at most",
        "a share of a usual month, as 0.5 for half as often",
    ),
    "churn_missed_visits": ("Missed bookings in 30 days that are a sign", "0: none is"),
    "churn_payment_days": ("A failed payment is a sign for, in days", ""),
    "churn_min_signs": ("Signs that have to stand together", "1 makes a single one enough"),
    "churn_at_risk": ("At risk from a score of", "1 to 100"),
    "high_value_share": ("Of high value is the best share", "as 0.2 for a fifth"),
    "high_value_minor": ("Or who is worth in a year", "0.00: the share counts"),
    "segments": (
        "Segments that reports tell apart",
        "tags, commas between; the first that a contact has counts. Then: members, and others",
    ),
    "offer_cost_minor": ("One offer costs", "on the average; the report on winback counts by it"),
    "offer_budget_minor": (
        "Offers of 30 days may cost together",
        "0.00: no limit; who would be one too many gets the milder word",
    ),
}


_OF_ALERTS: Labels = {
    "alert_min_rows": ("Least rows", "matters or messages a day; fewer tell no harm"),
    "escalation_jump": (
        "A day's handoffs alarm at",
        "so many times the usual share, as 1.5, and clearly above it; 0: never",
    ),
    "csat_drop_points": (
        "A week's CSAT alarms at a drop of",
        "points of 100 against the four weeks before, and clear; 0: never",
    ),
    "csat_drop_answers": ("Answers that a drop needs", "in the week, and in the four before"),
    "alert_cool_down": ("Told again after", "as 168h for a week"),
    "answer_within": ("A first answer comes within", "on channels of messages, as 5m"),
    "answer_within_email": ("By email within", "as 2h; Reports > Channels holds both against it"),
}

_OF_MONEY: Labels = {
    "wage_hour_minor": ("An hour of an agent costs", "with all that goes with it, as 24.00"),
    "worst_touches": (
        "Touches more, at worst",
        "by people, of a matter that the bot had first and that came back or went on, as 1",
    ),
    "automation_month_minor": ("Automation costs a month", "whatever it does, as 300.00"),
    "offer_cost_minor": ("One offer costs", "on the average, as 12.50"),
}


class PolicyForm(forms.Form):
    """Numbers as somebody writes them, why they change, and the settings that were seen."""

    labels: ClassVar[Labels] = {}
    may_be_empty: ClassVar[frozenset[str]] = frozenset()
    reason = forms.CharField(max_length=limits.MAX_REASON, error_messages={"required": "Say why."})
    seen = forms.IntegerField(min_value=1)

    def __init__(self, *given: object, **named: object) -> None:
        """Add a field for each number."""
        super().__init__(*given, **named)  # type: ignore[arg-type] # as Django's own form takes them
        for name, (label, about) in self.labels.items():
            self.fields[name] = forms.CharField(
                label=label,
                help_text=about,
                max_length=200,
                required=name not in self.may_be_empty,
            )

    @property
    def limits(self) -> list[forms.BoundField]:
        """The fields of the numbers, in order."""
        return [self[name] for name in self.labels if name not in limits.PRICES]

    @property
    def prices(self) -> list[forms.BoundField]:
        """The fields of the prices, in order."""
        return [self[name] for name in self.labels if name in limits.PRICES]


class LimitsForm(PolicyForm):
    """The limits of sending."""

    labels = {name: _OF_SENDING[name] for name in (*sending_desk.LIMITS, *limits.PRICES)}
    may_be_empty = frozenset({"consent_free_channels", "double_opt_in", "approved_copy"})


class RoutingForm(PolicyForm):
    """Who gets a conversation, and by when."""

    labels = {name: _OF_ROUTING[name] for name in routing_desk.LIMITS}
    may_be_empty = frozenset(
        {"escalation_lane", "guarded_queues", "closed_queues", "offering_queues"}
    )


class AlertsForm(PolicyForm):
    """What counts as harm."""

    labels = _OF_ALERTS


class MoneyForm(PolicyForm):
    """What people and automation cost."""

    labels = _OF_MONEY


class MembersForm(PolicyForm):
    """Deposits, renewals, signs of leaving, and what offers may cost."""

    labels = {name: _OF_MEMBERS[name] for name in member_settings.LIMITS}
    may_be_empty = frozenset({"payment_words", "segments"})
