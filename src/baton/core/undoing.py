"""What a person may take back of what they have just done with a conversation."""

from datetime import datetime, timedelta
from enum import StrEnum

from baton.core.errors import Conflict
from baton.core.ownership import Move, Owner


class Act(StrEnum):
    """What can be taken back, as long as nobody went on with the conversation since.

    What was said or noted stays: it was read by others.
    """

    RESOLVE = "resolve"
    SNOOZE = "snooze"
    TRANSFER = "transfer"  # to a colleague, or into another queue
    RELEASE = "release"


def is_in_time(done_at: datetime, window: timedelta, *, now: datetime) -> bool:
    """Return whether something done at a moment may still be taken back."""
    return now - done_at <= window


def way_back(before: Owner) -> tuple[Move, ...]:
    """Return the moves by which a conversation is again with whoever owned it before.

    The bot's are not taken back: nothing above is done with what the bot has.
    """
    match before:
        case Owner.AGENT:
            return (Move.UNDO,)
        case Owner.QUEUE:
            return (Move.RELEASE,)
        case Owner.ASYNC:
            return (Move.RELEASE, Move.PROMISE)
        case Owner.BOT:
            message = "What the bot had cannot be given back to it by an undo."
            raise Conflict(message)
