"""A conversation's owner changes here and nowhere else, with the marks of each human stretch."""

from msgspec.structs import replace

from baton.core import ownership
from baton.core.ownership import Mark, Move, Owner
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow


def moved(ledger: Ledger, conversation: ConversationRow, move: Move) -> ConversationRow:
    """Return the conversation with its owner after a move; raises Conflict for one not allowed.

    The marks say when people took over last, and when they ended it.
    """
    before = Owner(conversation.handled_by)
    after = ownership.next_owner(before, move)
    conversation = replace(conversation, handled_by=after.value)
    match ownership.mark_of(before, after):
        case Mark.BEGINS:
            return replace(conversation, handed_over_at=ledger.now, human_ended_at=None)
        case Mark.ENDS:
            return replace(conversation, human_ended_at=ledger.now)
        case None:
            return conversation
