"""A message whose way was closed goes on by the next one of its sequence (C8).

Decided in the contact's lane, one fact after another, whoever tells of it: the sender, to
whom the policy said no at the last moment, or a receipt. What may have arrived is not said
again: only a refusal of our own and a failure that is known close a way. A message has one
successor at most, by a key of the database.
"""

from baton.core.delivery import Delivery
from baton.core.presend import ABOUT_THE_CHANNEL
from baton.flows.standing import Setting
from baton.services import outgoing as orders
from baton.services import speech, ways
from baton.services.ledger import Ledger
from baton.services.permits import Wish
from baton.services.ways import Passage
from baton.store.queries import turns
from baton.store.queries import ways as known
from baton.store.queries.ways import Onward
from baton.store.rows import ContactRow, MessageRow

NOT_CONNECTED, NO_ADDRESS = "no_channel", "no_address"
_CLOSED_HERE = frozenset({NOT_CONNECTED, NO_ADDRESS, *(one.value for one in ABOUT_THE_CHANNEL)})


def pass_on(
    ledger: Ledger, setting: Setting, contact: ContactRow, message_id: str
) -> MessageRow | None:
    """Let a message go by its next way, if its own is closed; return what took its place."""
    held = known.find_onward(contact.workspace_id, message_id)
    if held is None or held.is_replaced or not is_closed(held.delivery, held.reason):
        return None
    snapshot = turns.find_conversation(held.conversation_id)
    if snapshot is None or snapshot.conversation is None:
        return None
    text = ledger.house.keyset.unseal(held.onward_sealed, orders.place_onward(message_id))
    words = ways.words_onward(text, held.choices, held.purpose)
    routes = ways.routes_along(ledger, contact, words.channels)
    if not routes:
        return None
    wish = Wish(purpose=words.purpose, is_unprompted=True, useful_until=words.useful_until)
    passage = Passage(
        contact=contact, conversation=snapshot.conversation, terms=speech.terms_of(setting)
    )
    _note(ledger, contact, held, routes[0].channel)
    return ways.send_along(ledger, passage, routes, words=words, wish=wish, instead_of=message_id)


def is_closed(delivery: str, reason: str) -> bool:
    """Return whether a message certainly did not reach its contact on its own channel."""
    if delivery == Delivery.REFUSED.value:
        return reason in _CLOSED_HERE
    return delivery == Delivery.FAILED.value


def _note(ledger: Ledger, contact: ContactRow, held: Onward, channel: str) -> None:
    ledger.audit(
        contact.workspace_id,
        "system",
        "fell_back",
        f"message:{held.message_id}",
        reason=held.reason,
        left=held.channel,
        taken=channel,
    )
    ledger.ring(f"workspace:{contact.workspace_id}", f"lane:{contact.lane}")
