"""Who may speak in a conversation: exactly one of bot, queue, agent and async (invariant 4).

The table below is the whole machine. A move that it does not name is refused,
so no code can hand a conversation back to the bot by accident.
"""

from enum import StrEnum

from baton.core.errors import Conflict


class Owner(StrEnum):
    """Who a conversation is handled by."""

    BOT = "bot"
    QUEUE = "queue"  # waits for a person who is there, on a running clock
    AGENT = "agent"
    ASYNC = "async"  # nobody is free: a promise with a window, on a running clock


_NAMED = {owner.value: owner for owner in Owner}


def owner_of(word: str) -> Owner:
    """Return the owner that a row names; raises KeyError for any other word."""
    return _NAMED[word]  # in a tenth of the time that the enumeration takes


class Move(StrEnum):
    """What changes an owner."""

    OFFER = "offer"  # the bot hands over, people are there
    PROMISE = "promise"  # the bot hands over, nobody is free
    ACCEPT = "accept"  # an agent takes it
    RELEASE = "release"  # the agent puts it back in the queue, or into another
    TRANSFER = "transfer"  # an agent, or who leads, hands it to a colleague
    RETURN = "return"  # a person gives it back to the bot, explicitly
    RESOLVE = "resolve"  # closed; a later return starts with the bot
    REOPEN = "reopen"  # the contact came back about the same
    UNDO = "undo"  # who had it takes back what they have just done with it


MOVES: dict[tuple[Owner, Move], Owner] = {
    (Owner.BOT, Move.OFFER): Owner.QUEUE,
    (Owner.BOT, Move.PROMISE): Owner.ASYNC,
    (Owner.BOT, Move.ACCEPT): Owner.AGENT,  # an agent steps in, mid-flow
    (Owner.BOT, Move.RESOLVE): Owner.BOT,
    (Owner.BOT, Move.REOPEN): Owner.BOT,  # who closed it gave it back
    (Owner.BOT, Move.UNDO): Owner.AGENT,  # it was closed a moment ago
    (Owner.QUEUE, Move.ACCEPT): Owner.AGENT,
    (Owner.QUEUE, Move.OFFER): Owner.QUEUE,  # anew: something worse was said while it waited
    (Owner.QUEUE, Move.PROMISE): Owner.ASYNC,
    (Owner.QUEUE, Move.TRANSFER): Owner.AGENT,  # who leads gives it to somebody
    (Owner.QUEUE, Move.RETURN): Owner.BOT,
    (Owner.QUEUE, Move.RESOLVE): Owner.BOT,
    (Owner.QUEUE, Move.UNDO): Owner.AGENT,
    (Owner.ASYNC, Move.ACCEPT): Owner.AGENT,
    (Owner.ASYNC, Move.OFFER): Owner.QUEUE,
    (Owner.ASYNC, Move.PROMISE): Owner.ASYNC,
    (Owner.ASYNC, Move.TRANSFER): Owner.AGENT,
    (Owner.ASYNC, Move.RETURN): Owner.BOT,
    (Owner.ASYNC, Move.RESOLVE): Owner.BOT,
    (Owner.AGENT, Move.RELEASE): Owner.QUEUE,
    (Owner.AGENT, Move.TRANSFER): Owner.AGENT,
    (Owner.AGENT, Move.RETURN): Owner.BOT,
    (Owner.AGENT, Move.RESOLVE): Owner.BOT,
    (Owner.AGENT, Move.UNDO): Owner.AGENT,
}


def next_owner(owner: Owner, move: Move) -> Owner:
    """Return the owner after a move; raises Conflict for a move that the table does not name."""
    try:
        return MOVES[owner, move]
    except KeyError:
        message = f"a conversation handled by {owner} cannot {move}"
        raise Conflict(message) from None


def may_bot_speak(owner: Owner) -> bool:
    """Return whether the bot may answer: only while it owns the conversation."""
    return owner is Owner.BOT


class Mark(StrEnum):
    """The ends of a human stretch: the time in which the bot may not speak."""

    BEGINS = "begins"
    ENDS = "ends"


def mark_of(before: Owner, after: Owner) -> Mark | None:
    """Return what a change of owner does to the human stretch; None while it goes on, or none is.

    Each stretch is a handoff's row: offered at its begin, ended at its end.
    """
    was, is_now = may_bot_speak(before), may_bot_speak(after)
    if was is is_now:
        return None
    return Mark.BEGINS if was else Mark.ENDS
