"""How good the seam between bot and people was: handoffs of a window, each number with its rows.

A withdrawn handoff counts nowhere: a worse one took its place before anybody had it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from baton.core.card import MAY_LACK
from baton.core.escalation import JUST, Act, Reason
from baton.reports.triage_readings import Share
from baton.store.models import Assignment, Conversation, Escalation, Handoff
from baton.store.queries import located

_OVER = ("resolved", "returned")
_MOVED = ("released", "transferred")


class Fault(StrEnum):
    """What keeps a handoff from being settled at the first touch."""

    CONTEXT = "context"  # whoever had it did not know enough
    ROUTING = "routing"  # it was with the wrong person


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffCase:
    """What the report may know about one handoff.

    `taken_at` is when the first person took it; `touches` how many people had it; `was_moved`
    whether somebody passed it on or put it back; `came_back` whether its contact returned about
    the same after its end. `lacks` names what its card could not tell.
    """

    id: str
    conversation_id: str
    reason: str
    queue: str
    state: str
    offered_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None
    touches: int
    is_card_seen: bool | None
    is_restated: bool | None
    came_back: bool
    was_moved: bool = False
    lacks: tuple[str, ...] = ()

    @property
    def waited(self) -> timedelta | None:
        """How long the contact waited for a person; None while nobody has it."""
        return None if self.taken_at is None else self.taken_at - self.offered_at

    @property
    def lost_context(self) -> bool:
        """Whether somebody answered without the card, or the contact had to say it again."""
        return self.is_card_seen is False or self.is_restated is True

    @property
    def closed_at_first_touch(self) -> bool:
        """Whether the first person who had it settled it for good (H14)."""
        return self.state == "resolved" and self.touches == 1 and not self.came_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long contacts waited for a person: of those that somebody took, the longest first.

    Who stepped in by themselves let nobody wait, and is left out. `untaken` wait still.
    """

    taken: tuple[str, ...]
    untaken: tuple[str, ...]
    median: timedelta | None
    nine_in_ten: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that keeps handoffs from being settled at the first touch (K35).

    Of those that were not settled, and of those that were, the ones of which it is true: what
    is as common among both is no cause. `fault` is what would have to be mended.
    """

    name: str
    fault: Fault
    unsettled: Share
    settled: Share

    @property
    def excess(self) -> float:
        """How much more common it is among those that were not settled, from -1 to 1."""
        return (self.unsettled.value or 0) - (self.settled.value or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffReport:
    """The report of one workspace over a window.

    The ids of shares and waits are handoffs; those of `noisy` escalations: of those that
    people have looked at, the ones for which nobody was needed.
    """

    since: datetime
    until: datetime
    cases: dict[str, HandoffCase]
    dropped_context: Share
    first_touch: Share
    causes: tuple[Cause, ...]
    noisy: Share
    waits: Waits


def report_of(
    workspace_id: str, *, since: datetime, until: datetime, places: tuple[str, ...] = ()
) -> HandoffReport:
    """Return the report of the handoffs that were offered in a window.

    Of contacts of some `places`, or of all (P10).
    """
    offered = Handoff.objects.filter(
        workspace_id=workspace_id, offered_at__gte=since, offered_at__lt=until
    )
    cases = _list_cases(located.of_talks(offered, workspace_id, places))
    fired = Escalation.objects.filter(workspace_id=workspace_id, at__gte=since, at__lt=until)
    answered = [case for case in cases if case.is_card_seen is not None]
    ended = [case for case in cases if case.state in _OVER]
    return HandoffReport(
        since=since,
        until=until,
        cases={case.id: case for case in cases},
        dropped_context=_share(answered, lambda case: case.lost_context),
        first_touch=_share(ended, lambda case: case.closed_at_first_touch),
        causes=_causes(ended),
        noisy=_noisy(located.of_talks(fired, workspace_id, places)),
        waits=_waits(cases),
    )


def _share(among: Sequence[HandoffCase], counts: Callable[[HandoffCase], bool]) -> Share:
    return Share(
        numerator=tuple(case.id for case in among if counts(case)),
        denominator=tuple(case.id for case in among),
    )


_CAUSES: dict[str, tuple[Fault, Callable[[HandoffCase], bool]]] = {
    "moved": (Fault.ROUTING, lambda case: case.was_moved),
    "card_unseen": (Fault.CONTEXT, lambda case: case.is_card_seen is False),
    "restated": (Fault.CONTEXT, lambda case: case.is_restated is True),
} | {
    f"lacks_{name}": (Fault.CONTEXT, lambda case, name=name: name in case.lacks)
    for name in MAY_LACK
}
CAUSES = tuple(_CAUSES)
MIN_DIAGNOSED = 10
"""Fewer handoffs that were not settled tell nothing of why."""


def _causes(ended: Sequence[HandoffCase]) -> tuple[Cause, ...]:
    """Return what stands against settling at the first touch, what parts the two most first."""
    good = [case for case in ended if case.closed_at_first_touch]
    rest = [case for case in ended if not case.closed_at_first_touch]
    found = (
        Cause(name=name, fault=fault, unsettled=_share(rest, holds), settled=_share(good, holds))
        for name, (fault, holds) in _CAUSES.items()
    )
    return tuple(sorted(found, key=lambda cause: (-cause.excess, cause.name)))


def diagnosis_of(causes: Sequence[Cause]) -> Cause | None:
    """Return the likeliest cause; None where too few were not settled, or nothing parts them."""
    first = next(iter(causes), None)
    if first is None or len(first.unsettled.denominator) < MIN_DIAGNOSED or first.excess <= 0:
        return None
    return first


def _noisy(fired: "QuerySet[Escalation]") -> Share:
    looked_at = fired.filter(act=Act.HAND_OVER.value).exclude(verdict="")
    judged = list(looked_at.order_by("-at", "-id").values_list("id", "verdict"))
    return Share(
        numerator=tuple(id_ for id_, verdict in judged if verdict not in JUST),
        denominator=tuple(id_ for id_, _ in judged),
    )


def _waits(cases: Sequence[HandoffCase]) -> Waits:
    waiting = [case for case in cases if case.reason != Reason.STEPPED_IN]
    spans = sorted(
        ((case.waited, case.id) for case in waiting if case.waited is not None), reverse=True
    )
    return Waits(
        taken=tuple(id_ for _, id_ in spans),
        untaken=tuple(case.id for case in waiting if case.taken_at is None),
        median=_nearest(spans, 0.5),
        nine_in_ten=_nearest(spans, 0.9),
    )


def _nearest(longest_first: Sequence[tuple[timedelta, str]], share: float) -> timedelta | None:
    """Return the span that so large a share of them does not exceed (nearest rank)."""
    if not longest_first:
        return None
    rank = max(1, -(-len(longest_first) * int(share * 100) // 100))
    return longest_first[len(longest_first) - rank][0]


def _list_cases(offered: "QuerySet[Handoff]") -> tuple[HandoffCase, ...]:
    found = offered.exclude(state="withdrawn")
    had = Assignment.objects.filter(handoff_id__in=found.values("id")).order_by("began_at", "id")
    taken: dict[str, datetime] = {}
    touches: Counter[str] = Counter()
    moved: set[str] = set()
    for handoff_id, began_at, ended_by in had.values_list("handoff_id", "began_at", "ended_by"):
        taken.setdefault(handoff_id, began_at)
        touches[handoff_id] += 1
        if ended_by in _MOVED:
            moved.add(handoff_id)
    reopened = dict(
        Conversation.objects.filter(id__in=found.values("conversation_id"))
        .exclude(reopened_at=None)
        .values_list("id", "reopened_at")
    )
    return tuple(
        HandoffCase(
            id=row.id,
            conversation_id=row.conversation_id,
            reason=row.reason,
            queue=row.queue,
            state=row.state,
            offered_at=row.offered_at,
            taken_at=taken.get(row.id),
            ended_at=row.ended_at,
            touches=touches[row.id],
            is_card_seen=row.is_card_seen,
            is_restated=row.is_restated,
            came_back=_came_back(row, reopened.get(row.conversation_id)),
            was_moved=row.id in moved,
            lacks=tuple(filter(None, row.lacks.split(","))),
        )
        for row in found.order_by("-offered_at", "-id").defer("card_sealed")
    )


def _came_back(row: Handoff, reopened_at: datetime | None) -> bool:
    return row.ended_at is not None and reopened_at is not None and reopened_at >= row.ended_at
