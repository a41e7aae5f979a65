"""What people did about a matter before its contact came back: the next one need not ask (H13)."""

import json

from baton.core import approvals
from baton.core.approvals import GRANTED, Kind
from baton.store.models import Approval, AuditEntry
from baton.store.rows import ConversationRow


def before(conversation: ConversationRow) -> tuple[str, ...]:
    """Return in words how people closed a reopened conversation and what they granted in it."""
    subject = f"conversation:{conversation.id}"
    closing = (
        AuditEntry.objects.filter(
            workspace_id=conversation.workspace_id, subject=subject, action="resolved"
        )
        .order_by("-seq")
        .first()
    )
    if closing is None or not closing.actor.startswith("user:"):
        return ()
    granted = Approval.objects.filter(
        conversation_id=conversation.id, state__in=[state.value for state in GRANTED]
    ).order_by("proposed_at")
    done = [
        approvals.render_amount(Kind(one.kind), one.amount_minor, one.currency) for one in granted
    ]
    code = str(json.loads(closing.details).get("code", "")).replace("_", " ")
    words = f"before: a person closed it as {code}" if code else "before: a person closed it"
    return (f"{words}, and granted {', '.join(done)}" if done else words,)
