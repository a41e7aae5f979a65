"""Whether somebody wanted to leave in a conversation, and what a person wrote down of it."""

from datetime import datetime

from baton.core import retention
from baton.core.errors import Conflict
from baton.core.pack import Pack
from baton.core.retention import Outcome
from baton.store.models import Escalation, Retention
from baton.store.rows import ConversationRow


def newest(conversation_id: str) -> Retention | None:
    """Return the newest talk with whoever wanted to leave, or None."""
    return Retention.objects.filter(conversation_id=conversation_id).order_by("-at").first()


def wanted_at(
    pack: Pack, conversation_id: str, request_type: str, handed_over_at: datetime | None
) -> datetime | None:
    """Return when somebody last wanted to leave here, None if they never did."""
    fired = Escalation.objects.filter(
        conversation_id=conversation_id, trigger__in=list(retention.TRIGGERS)
    )
    at = fired.order_by("-at").values_list("at", flat=True).first()
    kind = pack.request_type(request_type)
    is_about_leaving = kind is not None and retention.TAG in kind.tags
    if is_about_leaving and handed_over_at is not None:
        return max(at, handed_over_at) if at else handed_over_at
    return at


def refuse_to_lose_silently(pack: Pack, conversation: ConversationRow, code: str) -> None:
    """Raise Conflict for a close that leaves out why somebody wanted to leave."""
    wanted = wanted_at(
        pack, conversation.id, conversation.request_type, conversation.handed_over_at
    )
    told = newest(conversation.id)
    if told is not None and wanted is not None and told.told_at < wanted:
        told = None  # of another time
    outcome = Outcome(told.outcome) if told else None
    if problem := retention.problem_with_closing(code, outcome, is_wanted=wanted is not None):
        raise Conflict(problem)
