"""What people say later of a rule that fired, or that should have: one word, taken back by itself.

Whoever calls holds the conversation's lane, so that no worker writes an old flag back.
"""

from baton.core.escalation import Act, Verdict
from baton.services.ledger import Ledger
from baton.store.models import Conversation, Escalation, MissedEscalation


def judge(ledger: Ledger, row: Escalation, verdict: Verdict, user_id: str) -> str:
    """Set a verdict, or take the same one back; return what holds now, "" for none.

    A flag that was for nothing stands no more.
    """
    kept = "" if row.verdict == verdict else verdict.value
    Escalation.objects.filter(id=row.id).update(
        verdict=kept,
        judged_by_id=user_id if kept else None,
        judged_at=ledger.now if kept else None,
    )
    if row.act == Act.FLAG and kept == Verdict.NOISY:
        _take_down(row)
    ledger.audit(
        row.workspace_id,
        f"user:{user_id}",
        "escalation_judged",
        f"conversation:{row.conversation_id}",
        rule=row.trigger,
        version=row.version,
        escalation=row.id,
        verdict=kept or "taken back",
    )
    return kept


def note_missed(ledger: Ledger, conversation: Conversation, rule: str, by: str) -> bool:
    """Note that a rule should have fired, or take that back; return whether it is noted now."""
    workspace_id, conversation_id = conversation.workspace_id, conversation.id
    known = MissedEscalation.objects.filter(conversation_id=conversation_id, rule=rule)
    is_noted = not known.delete()[0]
    if is_noted:
        MissedEscalation.objects.create(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            conversation_id=conversation_id,
            rule=rule,
            noted_by_id=by,
            noted_at=ledger.now,
        )
    ledger.audit(
        workspace_id,
        f"user:{by}",
        "escalation_missed",
        f"conversation:{conversation_id}",
        rule=rule,
        is_noted=is_noted,
    )
    return is_noted


def _take_down(row: Escalation) -> None:
    conversation = Conversation.objects.get(id=row.conversation_id)
    left = [name for name in conversation.flags.split(",") if name and name != row.trigger]
    conversation.flags = ",".join(left)
    conversation.is_flagged = bool(left)
    conversation.save(update_fields=["flags", "is_flagged"])
