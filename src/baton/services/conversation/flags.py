"""Live flags: what people should see while the bot still talks, so that they can step in (T10, G2).

A flag is a rule that fired and hands nothing over. It is logged once, and stands on its
conversation until somebody has judged it, returned the conversation to the bot or closed it.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from baton.core.escalation import LOW_RATING, Act, Fired
from baton.core.ownership import Owner
from baton.services.conversation import handoffs
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow

MAX_FLAGS = 6
"""Flags that stand on a conversation at once: what more is said of it tells nobody more."""


def note(ledger: Ledger, conversation: ConversationRow, fired: Iterable[Fired]) -> ConversationRow:
    """Log what fired, and return the conversation with the flags that it raised."""
    for one in fired:
        if one.act is not Act.FLAG:
            handoffs.log(ledger, conversation, one)
            continue
        standing = standing_on(conversation)
        if one.trigger in standing:
            continue  # it is known, and nobody has looked yet
        handoffs.log(ledger, conversation, one)
        if conversation.handled_by == Owner.BOT.value and len(standing) < MAX_FLAGS:
            flags = ",".join((*standing, one.trigger))
            conversation = replace(conversation, is_flagged=True, flags=flags)
    return conversation


def low_rating(ledger: Ledger, conversation: ConversationRow, rating: int) -> ConversationRow:
    """Return the conversation flagged, since its contact rated it low (E36)."""
    fired = Fired(trigger=LOW_RATING, act=Act.FLAG, evidence=f"rating {rating}")
    return replace(note(ledger, conversation, [fired]), is_flagged=True)


def standing_on(conversation: ConversationRow) -> tuple[str, ...]:
    """Return the triggers of the flags that stand on a conversation, the first raised first."""
    return tuple(filter(None, conversation.flags.split(",")))
