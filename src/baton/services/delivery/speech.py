"""What the bot says in a turn: why it speaks, and whether the policy lets it (invariant 7)."""

from baton.core.presend import Notice
from baton.flows.document import Library
from baton.flows.effects import Effect, SendText
from baton.flows.interpreter import BY_WORDS
from baton.flows.standing import Setting
from baton.flows.turn import Decision, Turn
from baton.services.delivery import outgoing, ways
from baton.services.delivery.ways import Passage
from baton.services.ledger import Ledger
from baton.services.people.permits import Terms, Wish
from baton.store.rows import ContactRow, ConversationRow, MessageRow, RunRow

_ON_CONSENT = frozenset({Decision.OPTED_OUT, Decision.OPTED_IN})


def wish_of(
    turn: Turn, words: SendText, at: RunRow | None, library: Library, *, is_heard: bool
) -> Wish:
    """Return why a turn's words go; what follows from something heard answers it.

    Whether anybody asked for them is told by the flow that the run began with.
    """
    begun = None if turn.is_beside else at
    root = library.at(begun.flow, begun.version) if begun else library.at(turn.flow, turn.version)
    return Wish(
        purpose=words.purpose,
        is_unprompted=not is_heard and root is not None and root.trigger.is_unprompted,
        notice=_notice_of(turn),
        useful_until=words.useful_until,
        flow=root.name if root else "",
    )


def say(  # noqa: PLR0913 - who says what to whom, where and why
    ledger: Ledger,
    setting: Setting,
    contact: ContactRow | None,
    conversation: ConversationRow,
    *,
    words: SendText,
    wish: Wish,
) -> MessageRow:
    """Write what the bot says, as far as the policy lets it."""
    if contact is None:
        return outgoing.write(ledger, conversation, author="bot", words=words, wish=wish)
    passage = Passage(contact=contact, conversation=conversation, terms=terms_of(setting))
    routes = ways.routes_of(ledger, passage, words, wish)
    return ways.send_along(ledger, passage, routes, words=words, wish=wish)


def terms_of(setting: Setting) -> Terms:
    """Return what the workspace settles about sending."""
    return Terms(policy=setting.policy, zone=setting.hours.zone)


def was_refused(said: MessageRow | None) -> bool:
    """Return whether words were planned, and will not go."""
    return said is not None and said.delivery == "refused"


def left_of(turn: Turn, said: MessageRow | None) -> tuple[Effect, ...]:
    """Return a turn's effects, less what would have happened by being said."""
    if not was_refused(said):
        return turn.effects
    return tuple(effect for effect in turn.effects if not isinstance(effect, BY_WORDS))


def _notice_of(turn: Turn) -> Notice | None:
    """Return which exemption the bot's words have when they are sent (`core.presend`)."""
    if turn.decision in _ON_CONSENT:
        return Notice.CONSENT
    return Notice.HANDOVER if turn.handoff else None
