"""Stepping in: an agent takes a conversation that the bot still has, with card and clock."""

from datetime import timedelta

from baton.core import routing, urgency
from baton.core.errors import NotFound
from baton.core.escalation import Escalate, Reason
from baton.core.routing import Offered
from baton.flows.handoff import HandoffPlan
from baton.services.conversation import handoffs
from baton.services.conversation.handoffs import Occasion
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ConversationRow


def hand_over(
    house: House, ledger: Ledger, snapshot: LaneSnapshot, user_id: str
) -> ConversationRow:
    """Hand a conversation over that the bot still owns, as any other, to whoever steps in."""
    conversation = snapshot.conversation
    if conversation is None:
        raise NotFound("conversation", "")
    setting = standards_cache(house).setting_of(conversation.workspace_id)
    kind = setting.pack.request_type(conversation.request_type)
    queue = setting.pack.queue(kind.queue if kind else routing.GENERAL)
    first_response = timedelta(minutes=queue.first_response_minutes)
    plan = HandoffPlan(
        escalate=Escalate(reason=Reason.STEPPED_IN, trigger=Reason.STEPPED_IN.value),
        # Somebody is there, so it is no promise for later, whatever the hours.
        routing=Offered(
            queue=queue.name,
            expected_wait=timedelta(0),
            due_at=setting.hours.after(ledger.now, first_response),
        ),
        urgency=urgency.score((), recontacts=conversation.recontacts),
    )
    occasion = Occasion(
        contact=snapshot.contact,
        plan=plan,
        setting=setting,
        words=(),
        action="an agent stepped in",
        stops=(),
        wants=f"help with {kind.title.lower()}" if kind else "",
        tags=kind.tags if kind else (),
        is_first_turn=False,
        taken_by=user_id,
    )
    return handoffs.offer(ledger, conversation, occasion)
