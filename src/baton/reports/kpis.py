"""The first KPIs, each with the rows behind it: no ratio without its numerator and denominator.

A numerator is a subset of its denominator by construction: both are sets of
conversations, or of handoffs, the first filtered from the second (invariant 12). Efficiency is
never shown without its outcome: `pairs_with` names the other half (K9).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.policy import Policy
from baton.core.resolution import Closing, Verification, verification
from baton.store.models import Assignment, Conversation, Handoff, SurveyResponse

NAMES = (
    "automated_resolution",
    "containment",
    "recontact_48h",
    "recontact_72h",
    "handoff_first_touch",
    "hours_to_verified_resolution",
    "csat",
)
"""The KPIs that are measured, as `kpis_of` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReading:
    """One KPI's value over a window.

    Attributes:
        value: a ratio from 0 to 1, a score from 0 to 100, or hours; None without rows.
        numerator, denominator: ids of the conversations counted, of handoffs where
            they are what counts; for a mean, the numerator holds the rows that it
            was taken over.
        unit: "share", "score" or "hours".
        pairs_with: the KPI without which this one misleads.
    """

    name: str
    value: float | None
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    unit: str
    pairs_with: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the formulas may know about one conversation."""

    id: str
    first_message_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    handoffs: tuple[str, ...]
    touches: int
    recontacted_after: timedelta | None
    verification: Verification


def kpis_of(
    workspace_id: str, *, now: datetime, policy: Policy, since: datetime | None = None
) -> dict[str, KpiReading]:
    """Return every KPI of a workspace's conversations that began in the window."""
    cases = _list_cases(workspace_id, now=now, policy=policy, since=since)
    resolved = [case for case in cases if case.resolved_at or case.recontacted_after is not None]
    readings = (
        _share("automated_resolution", cases, _is_automated, "recontact_72h"),  # K1
        _share("containment", cases, lambda case: not case.handoffs, "csat"),  # K6
        _share("recontact_48h", resolved, _came_back(timedelta(hours=48)), "containment"),  # K7
        _share("recontact_72h", resolved, _came_back(timedelta(hours=72)), "containment"),  # K3
        _first_touch(cases),
        _verified_hours(cases),
        _csat(workspace_id, policy=policy, since=since),
    )
    return {reading.name: reading for reading in readings}


def _share(
    name: str, among: Sequence[_Case], counts: Callable[[_Case], bool], pairs_with: str
) -> KpiReading:
    counted = tuple(case.id for case in among if counts(case))
    return KpiReading(
        name=name,
        value=len(counted) / len(among) if among else None,
        numerator=counted,
        denominator=tuple(case.id for case in among),
        unit="share",
        pairs_with=pairs_with,
    )


def _is_automated(case: _Case) -> bool:
    """Resolved by the bot alone, and nobody came back about it (K1, FQ19)."""
    return case.resolved_by == "bot" and not case.handoffs and case.recontacted_after is None


def _came_back(window: timedelta) -> Callable[[_Case], bool]:
    """Count a return about the same matter within a window of the close (K3, K7)."""

    def counts(case: _Case) -> bool:
        return case.recontacted_after is not None and case.recontacted_after <= window

    return counts


def _first_touch(cases: Sequence[_Case]) -> KpiReading:
    """Share of all handoffs that were their conversation's only one, and closed it (K5)."""
    closed = tuple(id_ for case in cases if _closed_at_first_touch(case) for id_ in case.handoffs)
    all_of_them = tuple(id_ for case in cases for id_ in case.handoffs)
    return KpiReading(
        name="handoff_first_touch",
        value=len(closed) / len(all_of_them) if all_of_them else None,
        numerator=closed,
        denominator=all_of_them,
        unit="share",
        pairs_with="csat",
    )


def _closed_at_first_touch(case: _Case) -> bool:
    """Resolved by people after one handoff, by the first who had it, without a return."""
    is_once = len(case.handoffs) == 1 and case.touches <= 1 and case.recontacted_after is None
    return is_once and case.resolved_by == "agent"


def _verified_hours(cases: Sequence[_Case]) -> KpiReading:
    """Mean hours from the first message to a resolution that was verified (K4)."""
    verified = [c for c in cases if c.verification is Verification.VERIFIED and c.resolved_at]
    spans = [
        (case.resolved_at - case.first_message_at) / timedelta(hours=1)
        for case in verified
        if case.resolved_at
    ]
    return KpiReading(
        name="hours_to_verified_resolution",
        value=sum(spans) / len(spans) if spans else None,
        numerator=tuple(case.id for case in verified),
        denominator=tuple(case.id for case in cases),
        unit="hours",
        pairs_with="csat",
    )


def _csat(workspace_id: str, *, policy: Policy, since: datetime | None) -> KpiReading:
    """Mean score, 0 to 100, of answers within the window after the question (K2, U1, X37)."""
    asked = SurveyResponse.objects.filter(workspace_id=workspace_id, kind="csat")
    if since:
        asked = asked.filter(asked_at__gte=since)
    rows = list(asked.values_list("conversation_id", "asked_at", "answered_at", "score"))
    answered = [
        (conversation_id, score)
        for conversation_id, asked_at, answered_at, score in rows
        if answered_at and score is not None and answered_at - asked_at <= policy.csat_window
    ]
    return KpiReading(
        name="csat",
        value=sum(score for _, score in answered) / len(answered) if answered else None,
        numerator=tuple(conversation_id for conversation_id, _ in answered),
        denominator=tuple(row[0] for row in rows),
        unit="score",
        pairs_with="automated_resolution",
    )


def _list_cases(
    workspace_id: str, *, now: datetime, policy: Policy, since: datetime | None
) -> list[_Case]:
    # A reminder that nobody answered is no conversation that the bot contained.
    found = Conversation.objects.filter(workspace_id=workspace_id).exclude(opened_by="bot")
    if since:
        found = found.filter(first_message_at__gte=since)
    handed_over: dict[str, list[str]] = defaultdict(list)
    made = Handoff.objects.filter(workspace_id=workspace_id).order_by("id")
    for conversation_id, handoff_id in made.values_list("conversation_id", "id"):
        handed_over[conversation_id].append(handoff_id)
    had = Assignment.objects.filter(workspace_id=workspace_id)
    touches = Counter(had.values_list("conversation_id", flat=True))
    rows = found.values_list(
        "id",
        "first_message_at",
        "resolved_at",
        "resolved_by",
        "is_confirmed",
        "recontacted_after",
    )
    return [
        _Case(
            id=row[0],
            first_message_at=row[1],
            resolved_at=row[2],
            resolved_by=row[3],
            handoffs=tuple(handed_over[row[0]]),
            touches=touches[row[0]],
            recontacted_after=None if row[5] is None else timedelta(seconds=row[5]),
            verification=verification(
                Closing(resolved_at=row[2], is_confirmed=row[4]), policy, now=now
            ),
        )
        for row in rows
    ]
