"""The rows behind the triage report: conversations of a window, and triggers that fired in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.hard_stops import HardStop
from baton.core.policy import Policy
from baton.core.resolution import Closing, Verification, verification
from baton.core.triage import Outcome
from baton.store.models import Conversation, Escalation, Handoff, Review, StopMark, Turn
from baton.store.queries import located
from baton.store.queries.thresholds import lowest_id

ESCALATED, NEEDLESS = "escalated", "needless"
"""The reason of a review of an escalation, and its verdict that nobody was needed."""

MISREAD = frozenset({"corrected", "none_of_these"})
"""Verdicts that say it was taken for something else."""

_STOPS = tuple(stop.value for stop in HardStop if stop is not HardStop.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the report may know about one conversation."""

    id: str
    request_type: str
    complexity: int
    emotion: int
    value: int
    outcome: str
    bot_turns: int
    is_handed_over: bool
    is_negative: bool
    has_hard_stop: bool
    is_resolved: bool
    resolved_by: str
    recontacted_after: timedelta | None
    verification: Verification

    @property
    def is_for_people(self) -> bool:
        """Whether triage or a hard stop said that a person must decide it (T8)."""
        return self.outcome == Outcome.HUMAN or self.has_hard_stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A trigger that fired, and what a reviewer said of it, "" until somebody has looked."""

    id: str
    conversation_id: str
    trigger: str
    verdict: str

    @property
    def is_needless(self) -> bool:
        """Whether a reviewer found that no person was needed."""
        return self.verdict == NEEDLESS

    @property
    def is_misread(self) -> bool:
        """Whether a reviewer found that it had been taken for something else."""
        return self.verdict in MISREAD


def list_cases(
    workspace_id: str,
    *,
    policy: Policy,
    since: datetime,
    until: datetime,
    places: tuple[str, ...] = (),
) -> tuple[Case, ...]:
    """Return the conversations that began in a window, as they stand at its end or now.

    Of contacts of some `places`, or of all (P10).
    """
    every = Conversation.objects.filter(
        workspace_id=workspace_id, first_message_at__gte=since, first_message_at__lt=until
    ).exclude(opened_by="bot")
    found = located.of_contacts(every, workspace_id, places)
    ids = found.values("id")
    handed_over = set(
        Handoff.objects.filter(conversation_id__in=ids).values_list("conversation_id", flat=True)
    )
    stopped = set(
        Escalation.objects.filter(
            workspace_id=workspace_id, at__gte=since, trigger__in=_STOPS
        ).values_list("conversation_id", flat=True)
    )
    negative = set(
        Turn.objects.filter(
            workspace_id=workspace_id,
            # Ids begin with their time: the primary key finds the window.
            id__gte=lowest_id(since),
            sentiment__lte=policy.mild_sentiment,
        ).values_list("conversation_id", flat=True)
    )
    return tuple(
        Case(
            id=row.id,
            request_type=row.request_type,
            complexity=row.complexity or 0,
            emotion=row.emotion or 0,
            value=row.value or 0,
            outcome=row.triage,
            bot_turns=row.bot_turns,
            is_handed_over=row.id in handed_over,
            is_negative=row.id in negative,
            has_hard_stop=row.id in stopped,
            is_resolved=row.resolved_at is not None,
            resolved_by=row.resolved_by,
            recontacted_after=(
                None if row.recontacted_after is None else timedelta(seconds=row.recontacted_after)
            ),
            verification=verification(
                Closing(resolved_at=row.resolved_at, is_confirmed=row.is_confirmed),
                policy,
                now=until,
            ),
        )
        for row in found.order_by("-first_message_at", "-id").only(*_COLUMNS)
    )


def list_fired(
    workspace_id: str, *, since: datetime, until: datetime, places: tuple[str, ...] = ()
) -> tuple[Fired, ...]:
    """Return what fired in a window, newest first, with the verdict on its very turn."""
    every = Escalation.objects.filter(
        workspace_id=workspace_id, at__gte=since, at__lt=until, act="hand_over"
    )
    found = located.of_talks(every, workspace_id, places)
    verdicts, false_stops = _verdicts(workspace_id, since=since, until=until)
    fired = []
    for row in found.order_by("-at", "-id"):
        verdict = verdicts.get((row.conversation_id, row.at), "")
        # Somebody else may have been needed there; this trigger was not right to fire.
        is_false = (row.conversation_id, row.at, row.trigger) in false_stops
        fired.append(
            Fired(
                id=row.id,
                conversation_id=row.conversation_id,
                trigger=row.trigger,
                verdict=NEEDLESS if is_false else verdict,
            )
        )
    return tuple(fired)


def _verdicts(
    workspace_id: str, *, since: datetime, until: datetime
) -> tuple[dict[tuple[str, datetime], str], set[tuple[str, datetime, str]]]:
    """Return verdicts on escalations by conversation and moment, and stops found to be none."""
    reviews = Review.objects.filter(workspace_id=workspace_id, reason=ESCALATED, at__gte=since)
    judged = {row.turn_id: row for row in reviews.exclude(verdict="")}
    turns = Turn.objects.filter(id__in=judged, at__gte=since, at__lt=until)
    places = {judged[turn.id].id: (turn.conversation_id, turn.at) for turn in turns}
    verdicts = {places[row.id]: row.verdict for row in judged.values() if row.id in places}
    marks = StopMark.objects.filter(workspace_id=workspace_id, review_id__in=places, is_stop=False)
    return verdicts, {(*places[mark.review_id], mark.kind) for mark in marks}


_COLUMNS = (
    "id",
    "request_type",
    "complexity",
    "emotion",
    "value",
    "triage",
    "bot_turns",
    "resolved_at",
    "resolved_by",
    "is_confirmed",
    "recontacted_after",
)
