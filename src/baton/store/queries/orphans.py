"""What the daily check reads: every conversation that people should have, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton.core.breaches import FORGOTTEN, Situation
from baton.core.clocks import RESPONSES
from baton.core.ownership import Owner
from baton.store.models import Breach, Conversation, Handoff, SlaClock, Turn, User

_PEOPLE = (Owner.QUEUE.value, Owner.AGENT.value, Owner.ASYNC.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation that is with people or waits for them, and what was told of it before."""

    conversation_id: str
    lane: str
    situation: Situation
    told: frozenset[str]


def list_waiting(workspace_id: str, *, after: str, limit: int) -> tuple[Waiting, ...]:
    """Return a page of what is with people or waits for them, by id."""
    found = list(
        Conversation.objects.filter(
            workspace_id=workspace_id,
            status__in=("open", "snoozed"),
            handled_by__in=_PEOPLE,
            id__gt=after,
        ).order_by("id")[:limit]
    )
    if not found:
        return ()
    ids = [one.id for one in found]
    here = set(
        User.objects.filter(workspace_id=workspace_id, is_active=True).values_list("id", flat=True)
    )
    clocked = set(
        SlaClock.objects.filter(
            conversation_id__in=ids, kind__in=list(RESPONSES), met_at=None, stopped_at=None
        ).values_list("conversation_id", flat=True)
    )
    told: dict[str, set[str]] = {}
    for conversation_id, reason in Breach.objects.filter(
        conversation_id__in=ids, reason__in=list(FORGOTTEN), ended_at=None
    ).values_list("conversation_id", "reason"):
        told.setdefault(conversation_id, set()).add(reason)
    return tuple(
        Waiting(
            conversation_id=one.id,
            lane=one.lane,
            situation=Situation(
                owner=Owner(one.handled_by),
                handed_over_at=one.handed_over_at or one.first_message_at,
                is_asleep=one.status == "snoozed",
                is_holder_here=one.assignee_id in here,
                is_clock_running=one.id in clocked,
            ),
            told=frozenset(told.get(one.id, ())),
        )
        for one in found
    )


def is_told(conversation_id: str, reasons: Sequence[str]) -> bool:
    """Return whether all of some reasons stand in open breaches of a conversation."""
    known = Breach.objects.filter(conversation_id=conversation_id, ended_at=None)
    return known.filter(reason__in=list(reasons)).count() == len(reasons)


def offer_again(conversation_id: str) -> None:
    """Offer a handoff anew that somebody had accepted, and not ended."""
    held = Handoff.objects.filter(conversation_id=conversation_id, ended_at=None)
    held.update(state="offered", accepted_at=None, accepted_by_id=None)


def count_overdue(workspace_id: str) -> int:
    """Return how many promises are past due and not kept yet."""
    overdue = Breach.objects.filter(workspace_id=workspace_id, ended_at=None)
    return overdue.filter(reason__in=list(RESPONSES)).count()


def flow_of(conversation_id: str) -> str:
    """Return the flow that spoke last in a conversation, "" for none."""
    spoken = Turn.objects.filter(conversation_id=conversation_id).exclude(flow="")
    return spoken.order_by("-id").values_list("flow", flat=True).first() or ""
