"""The triage report: what a pack assumes of each request type, held against what happened (T9).

Every share keeps the conversations behind it, its numerator filtered from its
denominator (invariant 12), and its interval; a suggestion is made only where the two
part clearly and the sample is large enough. Nothing here changes an assumption: that is
for a person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from baton.core import triage
from baton.core.pack import Pack, RequestType
from baton.core.policy import Policy
from baton.core.resolution import Verification
from baton.core.triage import TriageScore
from baton.reports import intervals, triage_advice
from baton.reports.intervals import Interval
from baton.reports.triage_readings import (
    Drift,
    Share,
    TriageReport,
    TriggerReading,
    TypeReading,
)
from baton.reports.triage_rows import Case, Fired, list_cases, list_fired

_WEEK = timedelta(weeks=1)


def report_of(  # noqa: PLR0913 - a report is told by these
    workspace_id: str,
    *,
    pack: Pack,
    policy: Policy,
    since: datetime,
    until: datetime,
    opened_at: datetime,
    places: tuple[str, ...] = (),
) -> TriageReport:
    """Return the report of the conversations that began in a window: of some places, or of all.

    `opened_at` is when the workspace began: weeks before it are no weeks without requests.
    """
    cases = list_cases(workspace_id, policy=policy, since=since, until=until, places=places)
    fired = list_fired(workspace_id, since=since, until=until, places=places)
    weeks = max(until - max(since, opened_at), timedelta(0)) / _WEEK
    earlier = since - (until - since)
    return TriageReport(
        since=since,
        until=until,
        weeks=weeks,
        types=_types(cases, pack, policy, weeks),
        triggers=_triggers(fired),
        drift=_drift(cases, fired),
        earlier=_drift(
            list_cases(workspace_id, policy=policy, since=earlier, until=since, places=places),
            list_fired(workspace_id, since=earlier, until=since, places=places),
        ),
    )


def _types(
    cases: Sequence[Case], pack: Pack, policy: Policy, weeks: float
) -> tuple[TypeReading, ...]:
    by_type: dict[str, list[Case]] = {kind.name: [] for kind in pack.request_types}
    for case in cases:
        if case.request_type:
            by_type.setdefault(case.request_type, []).append(case)
    read = [_type(name, found, pack, policy, weeks) for name, found in by_type.items()]
    return tuple(sorted(read, key=lambda one: (-len(one.conversations), one.name)))


def _type(
    name: str, cases: Sequence[Case], pack: Pack, policy: Policy, weeks: float
) -> TypeReading:
    kind = pack.request_type(name)
    assumed = _assumed(kind, cases, policy)
    weekly = intervals.counted(len(cases))
    over = max(weeks, 1e-9)
    reading = TypeReading(
        name=name,
        title=kind.title if kind else name.replace("_", " ").capitalize(),
        assumed=assumed,
        outcome=triage.decide(assumed, policy),
        conversations=tuple(case.id for case in cases),
        shares=_shares(cases),
        bot_turns=sum(case.bot_turns for case in cases) / len(cases) if cases else None,
        per_week=len(cases) / over if weeks else 0.0,
        weekly=Interval(low=weekly.low / over, high=weekly.high / over),
    )
    return triage_advice.judged(reading, policy, weeks=weeks)


def _assumed(kind: RequestType | None, cases: Sequence[Case], policy: Policy) -> TriageScore:
    """Return the pack's axes; a type made for a hard stop has those that it was stored with."""
    if kind is not None:
        return triage.score(kind, sentiment=0.0, has_hard_stop=False, policy=policy)
    return TriageScore(
        complexity=max((case.complexity for case in cases), default=0),
        emotion=max((case.emotion for case in cases), default=0),
        frequency=0,
        value=max((case.value for case in cases), default=0),
    )


def _shares(cases: Sequence[Case]) -> dict[str, Share]:
    resolved = [case for case in cases if case.is_resolved or case.recontacted_after is not None]
    return {
        "handed_over": _share(cases, lambda case: case.is_handed_over),
        "negative": _share(cases, lambda case: case.is_negative),
        "hard_stop": _share(cases, lambda case: case.has_hard_stop),
        "strained": _share(cases, lambda case: case.is_negative or case.has_hard_stop),
        "settled": _share(cases, _is_settled),
        "recontacted": _share(resolved, _came_back),
    }


def _share(among: Iterable[Case], counts: Callable[[Case], bool]) -> Share:
    known = list(among)
    return Share(
        numerator=tuple(case.id for case in known if counts(case)),
        denominator=tuple(case.id for case in known),
    )


def _is_settled(case: Case) -> bool:
    """Resolved by the bot alone, verified, and nobody came back about it (FQ19)."""
    is_alone = case.resolved_by == "bot" and not case.is_handed_over
    return (
        is_alone and case.verification is Verification.VERIFIED and case.recontacted_after is None
    )


def _came_back(case: Case) -> bool:
    return case.recontacted_after is not None and case.recontacted_after <= timedelta(hours=72)


def _triggers(fired: Sequence[Fired]) -> tuple[TriggerReading, ...]:
    by_trigger: dict[str, list[Fired]] = defaultdict(list)
    for one in fired:
        by_trigger[one.trigger].append(one)
    read = [_trigger(name, found) for name, found in by_trigger.items()]
    return tuple(sorted(read, key=lambda one: (-len(one.fired), one.trigger)))


def _trigger(name: str, fired: Sequence[Fired]) -> TriggerReading:
    judged = [one for one in fired if one.verdict]
    needed = [one for one in judged if not one.is_needless]
    misread = [one for one in judged if one.is_misread]
    return TriggerReading(
        trigger=name,
        fired=_ids(fired),
        conversations=tuple(dict.fromkeys(one.conversation_id for one in fired)),
        right=Share(numerator=_ids(needed), denominator=_ids(judged)),
        misread=Share(numerator=_ids(misread), denominator=_ids(judged)),
    )


def _drift(cases: Sequence[Case], fired: Sequence[Fired]) -> Drift:
    judged = [one for one in fired if one.verdict]
    return Drift(
        needless=Share(
            numerator=_ids([one for one in judged if one.is_needless]),
            denominator=_ids(judged),
        ),
        unattended=_share(
            [case for case in cases if case.is_for_people], lambda case: not case.is_handed_over
        ),
    )


def _ids(fired: Iterable[Fired]) -> tuple[str, ...]:
    return tuple(one.id for one in fired)
