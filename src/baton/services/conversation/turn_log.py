"""The decision log: each turn as a row that people read, and a deed in the audit chain (H2)."""

from baton.flows.effects import CountFailure
from baton.flows.signals import Signals
from baton.flows.turn import Decision, Turn
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow, TurnRow

# A handoff and a change of consent have deeds of their own, that say more.
_TOLD_ELSEWHERE = frozenset({Decision.OPTED_OUT, Decision.OPTED_IN})


def note(ledger: Ledger, conversation: ConversationRow, turn: Turn, read: Signals | None) -> str:
    """Note a turn and what was read in it; return the turn's id."""
    turn_id = ledger.next_id()
    flow, _, place = turn.steps[-1].partition(".") if turn.steps else ("", "", "")
    # A reply to a prompt means that and nothing else: its words were not read for an intent.
    best = read.best if read and not read.is_prompt_reply else None
    ledger.add(
        TurnRow(
            id=turn_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            at=ledger.now,
            intent=best.name if best else "",
            confidence=best.confidence if best else None,
            sentiment=read.sentiment if read else 0.0,
            decision=turn.decision.value,
            reason=turn.reason,
            action=turn.action[:200],
            flow=flow,
            step=place.rpartition(".")[2],  # the path tells which called flow it is in
            version=turn.version if flow else 0,
            path=" ".join(one.removeprefix(f"{flow}.") for one in turn.steps),
            is_unanswered=CountFailure in {type(e) for e in turn.effects},
        )
    )
    if turn.handoff is None and turn.decision not in _TOLD_ELSEWHERE:
        ledger.audit(
            conversation.workspace_id,
            "bot",
            turn.decision.value,
            f"conversation:{conversation.id}",
            reason=turn.reason,
            turn=turn_id,
        )
    return turn_id
