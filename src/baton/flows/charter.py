"""What a flow is accountable for: who owns it, what it is measured by, when it must stop.

Every automation is a hypothesis with an owner in the business, one business metric and
gates that were set before it went live (GV2, K25, X31, PL11).
"""

from dataclasses import dataclass
from enum import StrEnum

from baton.core.consent import Purpose
from baton.core.triage import TriageScore
from baton.flows.fields import Fields


class Escalates(StrEnum):
    """A trigger that hands a conversation over, named before launch (E19, E31)."""

    HARD_STOP = "hard_stop"  # always on, whatever a flow says
    ASKED_FOR_PERSON = "asked_for_person"
    NEGATIVE_SENTIMENT = "negative_sentiment"
    FAILED_ATTEMPTS = "failed_attempts"
    NOT_HELPFUL = "not_helpful"
    ACTION_FAILED = "action_failed"
    SILENCE = "silence"


class Stance(StrEnum):
    """Which side of a gate is good."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


class WhenPaused(StrEnum):
    """What becomes of the people in a flow while it is paused (PL31)."""

    HOLD = "hold"  # their runs wait on, and go on when it is resumed
    END = "end"  # their runs are stopped


class WhenRolledBack(StrEnum):
    """What becomes of the people in a flow that is rolled back (PL9)."""

    HAND_OVER = "hand_over"  # whoever answers what it asked gets a person; the rest is let go
    FINISH = "finish"  # their runs go on to their end
    END = "end"  # their runs are stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A limit that a KPI has to keep before the flow may reach more people."""

    kpi: str
    stance: Stance
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What a flow is accountable for.

    Attributes:
        owner: a role in operations or CX, never engineering (GV2).
        technical_owner: who mends its connections.
        rollback: who may take it back.
        metric: the one business metric (K25).
        efficiency, experience: KPIs beside it, at least one of each (X31).
        gates: limits set before launch (PL11).
        about: request types that it is there for: how many still come in, and to people, is told
            of them, whoever answers.
        triage: the axes of what it automates (T7), None for one that answers anything.
        escalates_on: the triggers named before launch (E19).
        when_paused: what becomes of those in it when somebody pauses it (PL31).
        when_rolled_back: the same when it is taken back (PL9).
    """

    owner: str
    technical_owner: str = ""
    rollback: str = ""
    purpose: Purpose = Purpose.SERVICE
    metric: str = ""
    efficiency: tuple[str, ...] = ()
    experience: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    about: tuple[str, ...] = ()
    triage: TriageScore | None = None
    escalates_on: tuple[Escalates, ...] = ()
    when_paused: WhenPaused = WhenPaused.HOLD
    when_rolled_back: WhenRolledBack = WhenRolledBack.HAND_OVER


def charter_of(fields: Fields) -> Charter:
    """Read the accountable part of a flow's head; what is missing is for `baton check` to say."""
    purposes = tuple(purpose.value for purpose in Purpose)
    purpose = fields.word(
        "purpose", "Why people are written to.", default="service", options=purposes
    )
    triggers = tuple(one.value for one in Escalates)
    holds = tuple(one.value for one in WhenPaused)
    paused = fields.word(
        "when_paused",
        "What becomes of those in it while it is paused.",
        default="hold",
        options=holds,
    )
    backs = tuple(one.value for one in WhenRolledBack)
    back = fields.word(
        "when_rolled_back",
        "What becomes of those in it when it is taken back.",
        default="hand_over",
        options=backs,
    )
    named = fields.words("escalates_on", "What hands a conversation over.", options=triggers)
    kpis = fields.entry("kpis", "What is watched beside the metric.", _kpis_of, is_required=False)
    return Charter(
        owner=fields.text("owner", "Who answers for it, in operations or CX."),
        technical_owner=fields.text("technical_owner", "Who mends its connections.", default=""),
        rollback=fields.text("rollback", "Who may take it back.", default=""),
        purpose=Purpose(purpose) if purpose in purposes else Purpose.SERVICE,
        metric=fields.word("metric", "The one business metric.", default=""),
        efficiency=kpis[0] if kpis else (),
        experience=kpis[1] if kpis else (),
        gates=fields.entries(
            "gates",
            "Limits that must hold before it reaches more people.",
            _gate_of,
            is_required=False,
        ),
        about=fields.words("about", "Request types that it spares people."),
        triage=fields.entry("triage", "The axes of what it does.", _triage_of, is_required=False),
        escalates_on=tuple(Escalates(one) for one in named if one in triggers),
        when_paused=WhenPaused(paused) if paused in holds else WhenPaused.HOLD,
        when_rolled_back=WhenRolledBack(back) if back in backs else WhenRolledBack.HAND_OVER,
    )


def _kpis_of(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        fields.words("efficiency", "KPIs of cost and speed."),
        fields.words("experience", "KPIs of what the customer got."),
    )


def _gate_of(fields: Fields) -> Gate:
    kpi = fields.word("kpi", "The KPI.")
    has_most, has_least = fields.has("at_most"), fields.has("at_least")
    most = fields.number("at_most", "It may not be above.", default=0.0)
    least = fields.number("at_least", "It may not be below.", default=0.0)
    if has_most is has_least:
        fields.problem("at_most", "choose one of at_most and at_least")
    if has_most:
        return Gate(kpi=kpi, stance=Stance.AT_MOST, limit=most)
    return Gate(kpi=kpi, stance=Stance.AT_LEAST, limit=least)


def _triage_of(fields: Fields) -> TriageScore:
    return TriageScore(
        complexity=fields.whole("complexity", "0 (a look-up) to 5 (judgement)."),
        emotion=fields.whole("emotion", "0 (none) to 3 (distress)."),
        frequency=fields.whole("frequency_per_week", "How often in an average week."),
        value=fields.whole("value", "Business value, 0 to 3."),
    )
