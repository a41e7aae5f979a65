"""The limits that a workspace lives by: every number of the contract, as a default.

A pack overrides some, a workspace overrides its pack's. No rule holds a literal
of its own. The ids behind each field name the row of the contract it comes from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import time, timedelta

from baton.core.errors import InvalidInput
from baton.core.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One workspace's limits.

    Attributes:
        answer_confidence: at or above it an answer may close by itself (E25, X2).
        floor_confidence: below it a message is a failed attempt (X2, U7).
        max_failed_attempts: the failed attempt that hands over (E2, X1): 1 or 2.
        mild_sentiment: at or below it a live flag is raised (U3, X34).
        strong_sentiment: at or below it the conversation is handed over (U3, E10).
        max_bot_turns: bot replies in one conversation before a person takes over (E26).
        max_steps_per_turn: steps that a flow may take for one message.
        coalesce_window: messages that come within it are one turn.
        csat_delay: how long after a resolution the one question is asked (FQ5, U7).
        csat_window: answers count up to this long after the close (X37).
        recontact_window: a return within it about the same thing reopens (K3, X9, U15).
        idle_after_answer: silence after an answer that counts as an assumed resolution.
        segments: tags of contacts, joined by commas; the first one that a contact has is the
            segment that reports tell their matters by (CH6), see `core.segment`.
        answer_within, answer_within_email: half of the contacts of a channel have a first answer
            within it, of messages and of email (K16).
        csat_fall_points: a fall of a channel's weekly mean by so many of 100 against the four weeks
            before asks for a look at its flows (K34).
        csat_fall_answers: fewer answers on either side tell nothing.
        alert_min_rows: fewer matters, messages or answers on a day or side tell no harm.
        escalation_jump: a day's share of handoffs of so many times the usual, and clearly above
            it, stops outreach until a person has looked (AL2, U12); 0 looks for none.
        csat_drop_points, csat_drop_answers: a week's mean mark so many points of 100 below that
            of the four weeks before does the same, with so many answers on both sides (U12, U1);
            0 points look for none.
        alert_cool_down: what was found is told again after it at the earliest.
        pause_csat_fall: a flow pauses itself when its CSAT clearly fell by more points of 100 than
            this within two weeks (AL3, X8, U1).
        pause_csat_marks: fewer marks on either side tell nothing (U1).
        pause_escalation_rate: it pauses itself when clearly a larger share of its matters, 0 to 1,
            is handed over than this, or than its own gate allows (AL2, X7).
        pause_recontact_rate: the same for who comes back within 72 hours (X9).
        pause_rise: the same for so much more of either, in 0 to 1, than before (AL2).
        pause_matters: fewer matters tell nothing.
        automate_max_complexity, automate_max_emotion, automate_min_frequency: T7.
        human_min_complexity, human_min_emotion: at or above, a person decides (T8, U2).
        high_value: business value at or above it makes a request hybrid (U2).
        bot_authority_minor: money the bot may grant, in minor units (U4).
        agent_authority_minor, senior_authority_minor, manager_authority_minor: by role (U4).
        wrap_up_window: what an agent still does after the last word and before the close counts
            as wrap-up, up to so long; longer is waiting for a word. Zero measures none (CO1).
        approval_window: opening hours in which whoever is asked for an approval answers; then the
            next on the path is asked, and after the last one it expires (G11).
        agent_capacity: open conversations that one agent holds at a time.
        handle_time: what one conversation takes an agent, for expected waits (U18).
        priority_from: a queue of this priority or more is pressing (R6, R13).
        reserved_places: of those who serve a pressing queue, places that other work does not
            take.
        escalation_lane: the queue of what nobody understood, so that it does not go to the
            whole team (R9); "" for none.
        keep_conversations: so long after a matter's last word its words, files and cards are kept;
            zero keeps them for good. What was counted stays (U14, P14).
        keep_promotions: so long the words of promotions are kept.
        keep_payloads: so long what connected systems delivered is kept as it came.
        erase_after: so long an erasure that was asked for can be taken back.
        guarded_queues: joined by commas, queues whose people get no word of a contact, on the
            card or in a transcript: they work from the intake form and the consent (H16, X5).
        closed_queues: joined by commas, queues whose conversations only those open who serve them,
            and who leads: trained staff alone meet what is theirs (T14).
        offering_queues: joined by commas, queues whose conversations are offered to one person
            at a time, beside being there for whoever takes them.
        offer_window: so long one person is asked, then the next.
        undo_window: so long a person may take back what they did with a conversation.
        two_step_roles: joined by commas, roles that sign in by a second step beside the password;
            who has none yet is led to set it up before anything else.
        tokenises_patients: whether a patient's number is kept as its token alone in what contacts
            write, not only on cards and in logs (G17).
        away_after: a console that gave no sign of life for so long counts as left.
        clock_warning_share: the share of a clock's window, 0 to 1, after which it warns.
        resolution_window: opening hours in which a matter with people is settled, where its
            queue names none of its own.
        orphan_after: a handoff that is unsettled for so long is an orphan (R10, U6).
        daily_check_at: when, by the place's clock, forgotten handoffs are looked for.
        quiet_from, quiet_until: nothing unasked is sent between them, by the contact's own
            clock; equal times keep no quiet hours.
        awake_window: so long after their own word a contact counts as awake.
        transactional_per_day, transactional_per_week: unasked messages to one contact in
            24 hours and in 7 days at most; so too for the other purposes (C20).
        promotional_per_day, promotional_per_week: promotions; 0 sends none.
        service_per_day, service_per_week: surveys and the like; answers are not counted.
        survey_rest: so long after any question on a scale nobody is asked another; what follows
            up an answer is asked all the same (NP3).
        surveys_per_month: such questions to one contact in 30 days.
        consent_free_channels: joined by commas, where what is no promotion needs no recorded
            consent, for people come there by themselves (P1, P17).
        whatsapp_template_price, whatsapp_promotion_price: a WhatsApp template outside of an
            open window, and one that promotes, in millionths of `currency` (CO3).
        double_opt_in: joined by commas, for which messages a yes that others pass on must be
            confirmed by the contact, each as channel:purpose (P17).
        double_opt_in_lasts: how long they may confirm it.
        approved_copy: joined by commas, for which unasked messages, each as channel:purpose, the
            words need an approval beyond that of their flow; of SMS and email.
        sms_part_price: one part of an SMS, in millionths of `currency` (C7).
        email_price: one email, in the same.
        voice_price: one call, in the same.
        chat_unseen_after: an agent's answer that nobody has seen in the chat goes on after it to
            where the visitor asked to be told (X33).
        payment_words: how somebody pays where no payment provider is connected, as it stands
            on the page of an invoice; "" for Baton's own words.
        attachment_bytes: the largest file that is taken from a contact, or sent to one (DI16).
        attachment_kinds: joined by commas, which kinds of `core.files` are taken.
        attachments_per_message: files that come or go with one message at most.
        deposit_from_minor, deposit_percent: a booking of that price or more needs this share
            of it as a deposit, where its activity sets none of its own (AP12).
        no_show_keeps_percent: how much of a paid deposit is kept when somebody does not come, in
            percent; with 0 none is, and none is spoken of (AP5, M30).
        offer_cost_minor: what one offer of a flow costs on the average, in minor units (CH13).
        offer_budget_minor: what the offers of 30 days may cost together; 0 for no limit. Who would
            be offered more goes the way of those who were offered it before.
        late_registration: how long before its start, at most, a booking that nobody says more
            of is a late registration (AP18).
        wage_hour_minor: an hour of an agent with all that goes with it, in minor units; 0 where
            nobody said (CO1).
        worst_touches: at worst so many more touches by people for each matter that the bot had
            first and that came back or went on to people (CO2).
        automation_month_minor: what automation costs in a month whatever it does.
        renewal_notice: how long before its last day a membership that does not renew by itself
            is told to end (RN1).
        churn_away_days, churn_drop_share, churn_habit_visits, churn_missed_visits,
            churn_payment_days, churn_idle_days, churn_quiet_messages: what is a sign of
            leaving (`core.churn.Rules`).
        churn_away_points, churn_fewer_points, churn_rare_points, churn_missed_points,
            churn_payment_points, churn_idle_points, churn_quiet_points: what each sign adds at
            its strongest; 0 leaves it out (U11).
        churn_min_signs: signs that stand together before somebody is at risk; 1 is the
            preset of X24.
        churn_at_risk: the score from which somebody is at risk, 1 to 100.
        high_value_share: the share of contacts, 0 to 1, who are of high value (CH6, U11).
        high_value_minor: what a contact of high value is worth in a year at least, in minor
            units; 0 takes the best share instead.
    """

    answer_confidence: float = 0.80
    floor_confidence: float = 0.45
    max_failed_attempts: int = 2
    mild_sentiment: float = -0.3
    strong_sentiment: float = -0.6
    max_bot_turns: int = 12
    max_steps_per_turn: int = 20
    coalesce_window: timedelta = timedelta(seconds=2)
    csat_delay: timedelta = timedelta(minutes=10)
    csat_window: timedelta = timedelta(hours=72)
    recontact_window: timedelta = timedelta(hours=72)
    idle_after_answer: timedelta = timedelta(minutes=10)
    segments: str = "high_value,at_risk"
    answer_within: timedelta = timedelta(minutes=5)
    answer_within_email: timedelta = timedelta(hours=2)
    csat_fall_points: int = 10
    csat_fall_answers: int = 10
    alert_min_rows: int = 30
    escalation_jump: float = 1.5
    csat_drop_points: int = 5
    csat_drop_answers: int = 50
    alert_cool_down: timedelta = timedelta(days=7)
    pause_csat_fall: float = 1.5
    pause_csat_marks: int = 50
    pause_escalation_rate: float = 0.20
    pause_rise: float = 0.05
    pause_recontact_rate: float = 0.10
    pause_matters: int = 30
    automate_max_complexity: int = 2
    automate_max_emotion: int = 0
    automate_min_frequency: int = 10
    human_min_complexity: int = 4
    human_min_emotion: int = 2
    high_value: int = 3
    bot_authority_minor: int = 0
    agent_authority_minor: int = 50_00
    senior_authority_minor: int = 200_00
    manager_authority_minor: int = 1000_00
    currency: str = "USD"
    wrap_up_window: timedelta = timedelta(0)
    approval_window: timedelta = timedelta(hours=4)
    agent_capacity: int = 5
    handle_time: timedelta = timedelta(minutes=6)
    priority_from: int = 100
    reserved_places: int = 1
    escalation_lane: str = ""
    keep_conversations: timedelta = timedelta(days=730)
    keep_promotions: timedelta = timedelta(days=365)
    keep_payloads: timedelta = timedelta(days=90)
    erase_after: timedelta = timedelta(days=3)
    guarded_queues: str = ""
    closed_queues: str = ""
    two_step_roles: str = ""
    tokenises_patients: bool = False
    offering_queues: str = ""
    offer_window: timedelta = timedelta(seconds=30)
    undo_window: timedelta = timedelta(minutes=2)
    away_after: timedelta = timedelta(minutes=30)
    clock_warning_share: float = 0.75
    resolution_window: timedelta = timedelta(hours=24)
    orphan_after: timedelta = timedelta(hours=24)
    daily_check_at: time = time(8)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    awake_window: timedelta = timedelta(minutes=30)
    transactional_per_day: int = 6
    transactional_per_week: int = 20
    promotional_per_day: int = 3
    promotional_per_week: int = 8
    service_per_day: int = 4
    service_per_week: int = 10
    survey_rest: timedelta = timedelta(hours=24)
    surveys_per_month: int = 4
    consent_free_channels: str = "webchat"
    double_opt_in: str = ""
    double_opt_in_lasts: timedelta = timedelta(days=2)
    approved_copy: str = ""
    sms_part_price: int = 11_800
    email_price: int = 100
    voice_price: int = 14_000
    whatsapp_template_price: int = 4_000
    whatsapp_promotion_price: int = 25_000
    chat_unseen_after: timedelta = timedelta(minutes=5)
    payment_words: str = ""
    attachment_bytes: int = 16 * 1024 * 1024
    attachment_kinds: str = "image,video,audio,document"
    attachments_per_message: int = 10
    deposit_from_minor: int = 100_00
    deposit_percent: int = 25
    no_show_keeps_percent: int = 0
    offer_cost_minor: int = 0
    offer_budget_minor: int = 0
    late_registration: timedelta = timedelta(hours=6)
    wage_hour_minor: int = 0
    worst_touches: float = 1.0
    automation_month_minor: int = 0
    renewal_notice: timedelta = timedelta(days=30)
    churn_away_days: int = 14
    churn_drop_share: float = 0.5
    churn_habit_visits: int = 6
    churn_missed_visits: int = 2
    churn_payment_days: int = 7
    churn_idle_days: int = 21
    churn_quiet_messages: int = 3
    churn_away_points: int = 45
    churn_fewer_points: int = 20
    churn_rare_points: int = 30
    churn_missed_points: int = 15
    churn_payment_points: int = 25
    churn_idle_points: int = 10
    churn_quiet_points: int = 10
    churn_min_signs: int = 2
    churn_at_risk: int = 20
    high_value_share: float = 0.2
    high_value_minor: int = 0


def guards(policy: Policy, queue: str) -> bool:
    """Return whether the people of a queue are shown no word of a contact's (X5)."""
    return bool(queue) and queue in policy.guarded_queues.split(",")


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_DIGITS = 9  # of a number of seconds, that is thirty years
_CLOCK_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
LONGEST = timedelta(days=3_653)
"""Ten years: no span is longer, so that none leads out of the calendar."""


def parse_duration(text: str) -> timedelta:
    """Read "90s", "10m", "4h" or "2d"; raises ValueError for anything else."""
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isdecimal():
        message = f"{text!r} is no duration; write a whole number and s, m, h or d, as in 10m"
        raise ValueError(message)
    span = timedelta(**{_UNITS[unit]: int(number)}) if len(number) <= _MOST_DIGITS else LONGEST * 2
    if span > LONGEST:
        message = f"{text[:_MOST_DIGITS]!r} is no duration to wait for; ten years are the most"
        raise ValueError(message)
    return span


def with_overrides(policy: Policy, overrides: Mapping[str, Json]) -> Policy:
    """Return the policy with some fields replaced.

    Durations are written as in `parse_duration`. Raises InvalidInput that names
    every unknown field and every value of a wrong type or sign.
    """
    known = {field.name: getattr(policy, field.name) for field in fields(policy)}
    problems: dict[str, str] = {}
    values: dict[str, object] = {}
    for name, value in overrides.items():
        if name not in known:
            problems[name] = f"unknown; choose one of {', '.join(sorted(known))}"
            continue
        try:
            values[name] = _converted(known[name], value)
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise InvalidInput(problems)
    return replace(policy, **values)  # type: ignore[arg-type] # each value has its field's type


def _converted(default: object, value: Json) -> object:
    if isinstance(default, timedelta):
        if not isinstance(value, str):
            message = f"{value!r} is no duration; write for example 10m"
            raise ValueError(message)  # noqa: TRY004 - a refused value, as all others here
        return parse_duration(value)
    if isinstance(default, time):
        return _clock_time(value)
    if isinstance(default, float) and isinstance(value, int | float) and value is not True:
        return float(value)
    if type(value) is not type(default):
        message = f"must be a {type(default).__name__}, not {value!r}"
        raise ValueError(message)
    if isinstance(value, int) and value < 0:
        message = f"must not be negative, but is {value}"
        raise ValueError(message)
    return value


def _clock_time(value: Json) -> time:
    if not isinstance(value, str) or not _CLOCK_TIME.fullmatch(value):
        message = f"{value!r} is no time of day; write it in quotes, as in '21:00'"
        raise ValueError(message)
    return time.fromisoformat(value)
