"""Who had a conversation of a handoff, from when to when, and how it ended for them.

A handoff's human stretch is one or more assignments; more than one is more than one touch.
"""

from enum import StrEnum

from baton.services.conversation import invitations
from baton.services.ledger import Ledger
from baton.store.models import Assignment, Handoff
from baton.store.rows import ConversationRow, HandoffRow


class Ended(StrEnum):
    """How an assignment ended; "" while it runs."""

    RELEASED = "released"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    RESOLVED = "resolved"
    TAKEN_AWAY = "taken_away"  # whoever had it has left


def begin(ledger: Ledger, conversation: ConversationRow, user_id: str) -> None:
    """Note that somebody has a conversation from now on."""
    Assignment.objects.create(
        id=ledger.next_id(),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        handoff_id=_handoff_of(ledger, conversation),
        user_id=user_id,
        began_at=ledger.now,
    )


def end(ledger: Ledger, conversation: ConversationRow, how: Ended) -> None:
    """Note how a running assignment ended; without one, nothing is noted.

    Whoever had it has room for what was promised to others.
    """
    running = Assignment.objects.filter(conversation_id=conversation.id, ended_at=None)
    held_by = list(running.values_list("user_id", flat=True))
    running.update(ended_at=ledger.now, ended_by=how.value)
    for user_id in held_by:
        invitations.free_room(ledger, conversation.workspace_id, user_id)


def running_of(conversation_id: str) -> str:
    """Return the id of the assignment that runs, "" for none."""
    running = Assignment.objects.filter(conversation_id=conversation_id, ended_at=None)
    return running.values_list("id", flat=True).first() or ""


def go_back(conversation_id: str, assignment_id: str) -> None:
    """Let the assignment run that ran before, as if it had never ended; "" is none."""
    others = Assignment.objects.filter(conversation_id=conversation_id, ended_at=None)
    others.exclude(id=assignment_id).delete()  # it was no touch: the audit trail tells of it
    Assignment.objects.filter(id=assignment_id).update(ended_at=None, ended_by="")


def _handoff_of(ledger: Ledger, conversation: ConversationRow) -> str:
    """Return the handoff in force: the one that this transaction adds, else the newest open one."""
    added = [row.id for row in ledger.added(HandoffRow) if row.conversation_id == conversation.id]
    if added:
        return added[-1]
    rows = Handoff.objects.filter(conversation_id=conversation.id, ended_at=None)
    return rows.order_by("-offered_at").values_list("id", flat=True).first() or ""
