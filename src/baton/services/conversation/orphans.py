"""A conversation that was forgotten: noted, told, and put where a manager sees it (R10, AL4)."""

from msgspec.structs import replace

from baton.core import routing
from baton.core.breaches import Reason
from baton.core.clocks import Kind
from baton.core.ownership import Move, Owner
from baton.core.urgency import MAX, Urgency
from baton.flows.standing import Setting
from baton.services import notices
from baton.services.conversation import assignments, clocks, conversations, owning
from baton.services.conversation.assignments import Ended
from baton.services.facts import OrphanFound
from baton.services.ledger import Ledger
from baton.store.queries import clocks as running
from baton.store.queries import orphans as kept
from baton.store.rows import BreachRow, ConversationRow


def take(
    ledger: Ledger, setting: Setting, conversation: ConversationRow, fact: OrphanFound
) -> ConversationRow:
    """Note a forgotten conversation; return it, as it now waits for a manager where it can.

    Whoever took care of it since the check has settled the matter.
    """
    reasons = [Reason(reason) for reason in fact.reasons]
    if conversation.handled_by == Owner.BOT.value or kept.is_told(conversation.id, reasons):
        return conversation
    for reason in reasons:
        ledger.add(_breach(ledger, conversation, reason, setting))
    ledger.audit(
        conversation.workspace_id,
        "system",
        "escalation_orphaned",
        f"conversation:{conversation.id}",
        reasons=", ".join(reasons),
        queue=conversation.queue,
    )
    notices.tell(
        ledger,
        conversation.workspace_id,
        notices.owning(conversation.workspace_id),
        notices.Kind.ESCALATION_ORPHANED,
        details=kept.flow_of(conversation.id),
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
    )
    ledger.ring(f"workspace:{conversation.workspace_id}")
    raised = conversations.raised(conversation, Urgency(score=MAX, cause=reasons[0].value))
    if Reason.UNOWNED in reasons and raised.handled_by == Owner.AGENT.value:
        return _offered_again(ledger, setting, raised)
    return _to_managers(setting, raised) if raised.handled_by != Owner.AGENT.value else raised


def _to_managers(setting: Setting, conversation: ConversationRow) -> ConversationRow:
    """Return a conversation that waits as waiting for a manager, where the pack has the queue."""
    has_managers = any(queue.name == routing.MANAGERS for queue in setting.pack.queues)
    return replace(conversation, queue=routing.MANAGERS) if has_managers else conversation


def _offered_again(
    ledger: Ledger, setting: Setting, conversation: ConversationRow
) -> ConversationRow:
    """Take a conversation from somebody who has left, so that others may take it, on a clock."""
    freed = replace(owning.moved(ledger, conversation, Move.RELEASE), assignee_id=None)
    assignments.end(ledger, conversation, Ended.TAKEN_AWAY)
    waiting = _to_managers(setting, freed)
    kept.offer_again(conversation.id)
    clocks.resume(ledger, setting, conversation.id, conversation.lane)
    if not running.is_running(conversation.id):
        clocks.start(ledger, setting, waiting, Kind.FIRST_RESPONSE)
    return waiting


def _breach(
    ledger: Ledger, conversation: ConversationRow, reason: Reason, setting: Setting
) -> BreachRow:
    since = conversation.handed_over_at or ledger.now
    return BreachRow(
        id=ledger.next_id(),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        clock_id=None,
        reason=reason.value,
        queue=conversation.queue,
        assignee_id=conversation.assignee_id,
        due_at=since + setting.policy.orphan_after if reason is Reason.ORPHANED else ledger.now,
        at=ledger.now,
    )
