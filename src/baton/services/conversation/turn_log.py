"""The decision log: each turn as a row that people read, and a deed in the audit chain (H2)."""

from functools import lru_cache

from baton.flows.effects import CountFailure
from baton.flows.signals import Signals
from baton.flows.turn import Decision, Turn
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow, TurnRow

# A change of consent has a deed of its own, by its name, about the contact. That it was heard in
# this conversation is another: the read model goes by what the trail tells of conversations.
_TOLD_ELSEWHERE = frozenset({Decision.OPTED_OUT, Decision.OPTED_IN})
_HEARD = "heard"


def note(ledger: Ledger, conversation: ConversationRow, turn: Turn, read: Signals | None) -> str:
    """Note a turn and what was read in it; return the turn's id."""
    turn_id = ledger.next_id()
    flow, step, path = _way_of(turn.steps)
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
            step=step,
            version=turn.version if flow else 0,
            path=path,
            is_unanswered=any(e.__class__ is CountFailure for e in turn.effects),
        )
    )
    if turn.handoff is None:  # that has a deed of its own, which says more
        ledger.audit(
            conversation.workspace_id,
            "bot",
            _HEARD if turn.decision in _TOLD_ELSEWHERE else turn.decision.value,
            f"conversation:{conversation.id}",
            reason=turn.reason,
            turn=turn_id,
        )
    return turn_id


@lru_cache(maxsize=512)  # the runs of a flow go the same few ways
def _way_of(steps: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the flow of a turn, the step that it came to, and its path through the flow."""
    flow, _, place = steps[-1].partition(".") if steps else ("", "", "")
    path = " ".join(one.removeprefix(f"{flow}.") for one in steps)
    return flow, place.rpartition(".")[2], path  # the path tells which called flow it is in
