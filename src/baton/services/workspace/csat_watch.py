"""Harm to CSAT, seen early: a fall on a channel asks at once for a look at its flows (K34).

The daily check holds the last week's mean against that of the four weeks before it, channel by
channel. Who leads and who owns the automation hear of a fall, with the flows that ran in the
conversations that were rated; the same channel is told again after a week at the earliest.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from baton.core.policy import Policy
from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Conversation, Run, SurveyResponse

_NOW, _BEFORE = timedelta(days=7), timedelta(days=28)
_MOST_FLOWS = 3
FELL = "csat_fell"


@dataclass(slots=True)
class _Channel:
    """The scores of one channel: of the last week with their conversations, and before."""

    now: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    rated: list[str] = field(default_factory=list)


def look(ledger: Ledger, workspace_id: str, policy: Policy) -> None:
    """Tell of each channel on which CSAT fell by as much as the policy minds, or more."""
    for name, channel in sorted(_channels(ledger, workspace_id).items()):
        if min(len(channel.now), len(channel.before)) < policy.csat_fall_answers:
            continue
        now, before = _mean(channel.now), _mean(channel.before)
        if before - now >= policy.csat_fall_points and not _is_told(ledger, workspace_id, name):
            _tell(ledger, workspace_id, name, channel, (before, now))


def _tell(
    ledger: Ledger, workspace_id: str, name: str, channel: _Channel, scores: tuple[float, float]
) -> None:
    before, now = (round(score) for score in scores)
    flows = _flows_of(channel.rated)
    where = f"; look at {', '.join(flows)}" if flows else ""
    people = dict.fromkeys((*notices.leading(workspace_id), *notices.owning(workspace_id)))
    notices.tell(
        ledger,
        workspace_id,
        people,
        notices.Kind.CSAT_FELL,
        details=f"{name}, from {before} to {now} of 100{where}",
    )
    ledger.audit(
        workspace_id, "system", FELL, f"channel:{name}", before=before, now=now,
        answers=len(channel.now), flows=", ".join(flows),
    )  # fmt: skip


def _channels(ledger: Ledger, workspace_id: str) -> dict[str, _Channel]:
    since = ledger.now - _NOW - _BEFORE
    answered = SurveyResponse.objects.filter(
        workspace_id=workspace_id, kind="csat", answered_at__gte=since
    )
    rows = list(answered.values_list("conversation_id", "answered_at", "score"))
    talks = Conversation.objects.filter(id__in={row[0] for row in rows})
    spoken = dict(talks.values_list("id", "channel"))
    found: dict[str, _Channel] = defaultdict(_Channel)
    for conversation_id, answered_at, score in rows:
        if answered_at is None or score is None:
            continue
        channel = found[spoken.get(conversation_id, "")]
        if answered_at >= ledger.now - _NOW:
            channel.now.append(score)
            channel.rated.append(conversation_id)
        else:
            channel.before.append(score)
    return found


def _flows_of(conversation_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the flows that ran most often in some conversations."""
    ran = Run.objects.filter(conversation_id__in=conversation_ids).values_list("flow", flat=True)
    return tuple(name for name, _ in Counter(ran.order_by("id")).most_common(_MOST_FLOWS))


def _is_told(ledger: Ledger, workspace_id: str, name: str) -> bool:
    told = AuditEntry.objects.filter(
        workspace_id=workspace_id, action=FELL, subject=f"channel:{name}", at__gt=ledger.now - _NOW
    )
    return told.exists()


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)
