"""A message whose way was closed goes on by the next one of its sequence (C8).

Decided in the contact's lane, one fact after another, whoever tells of it: the sender, to
whom the policy said no at the last moment, or a receipt. What may have arrived is not said
again: only a refusal of our own and a failure that is known close a way. A message has one
successor at most, by a key of the database.
"""

from baton.core.delivery import Delivery
from baton.core.patience import Look, Patience, look
from baton.core.presend import ABOUT_THE_CHANNEL, Author
from baton.flows.effects import SendText
from baton.flows.standing import Setting
from baton.services.delivery import outgoing as orders
from baton.services.delivery import speech, ways
from baton.services.delivery.ways import Passage
from baton.services.ledger import Ledger
from baton.services.people.permits import Wish
from baton.store.queries import turns
from baton.store.queries import ways as known
from baton.store.queries.ways import Onward
from baton.store.rows import ContactRow, MessageRow

NOT_CONNECTED, NO_ADDRESS = "no_channel", "no_address"
_CLOSED_HERE = frozenset({NOT_CONNECTED, NO_ADDRESS, *(one.value for one in ABOUT_THE_CHANNEL)})


def pass_on(
    ledger: Ledger,
    setting: Setting,
    contact: ContactRow,
    message_id: str,
    *,
    is_overdue: bool = False,
) -> MessageRow | None:
    """Let a message go by its next way, if its own is closed; return what took its place.

    One that `is_overdue` should be known to have arrived by now, as its flow says.
    """
    held = known.find_onward(contact.workspace_id, message_id)
    if held is None or held.is_replaced:
        return None
    text = ledger.house.keyset.unseal(held.onward_sealed, orders.place_onward(message_id))
    words = ways.words_onward(text, held.choices, held.purpose)
    reason = held.reason if is_closed(held.delivery, held.reason) else ""
    if not reason and is_overdue and words.patience:
        reason = _overdue(ledger, contact, held, words.patience)
    if not reason:
        return None
    return _go_on(ledger, setting, contact, held, words=words, reason=reason)


def _overdue(ledger: Ledger, contact: ContactRow, held: Onward, patience: Patience) -> str:
    """Return why a message goes on though nothing failed; "" if it does not, or not yet."""
    found = look(Delivery(held.delivery), patience.proof, has_answered=held.has_answer)
    if found is Look.LATER:
        ways.wait_for_proof(ledger, contact, held.message_id, held.held_until, patience)
    return f"not_{patience.proof.value}" if found is Look.GO_ON else ""


def _go_on(  # noqa: PLR0913 - what goes to whom, and why
    ledger: Ledger,
    setting: Setting,
    contact: ContactRow,
    held: Onward,
    *,
    words: SendText,
    reason: str,
) -> MessageRow | None:
    snapshot = turns.find_conversation(held.conversation_id)
    routes = ways.routes_along(ledger, contact, words.channels)
    if not routes or snapshot is None or snapshot.conversation is None:
        return None
    author = Author(held.author)
    wish = Wish(
        purpose=words.purpose,
        is_unprompted=author is Author.BOT,  # an agent answers, wherever it goes
        useful_until=words.useful_until,
        flow=held.flow,
        has_failed=held.delivery != Delivery.REFUSED.value,
    )
    passage = Passage(
        contact=contact, conversation=snapshot.conversation, terms=speech.terms_of(setting)
    )
    _note(ledger, contact, held, routes[0].channel, reason)
    return ways.send_along(
        ledger,
        passage,
        routes,
        words=words,
        wish=wish,
        instead_of=held.message_id,
        author=author,
        user_id=held.user_id,
    )


def is_closed(delivery: str, reason: str) -> bool:
    """Return whether a message certainly did not reach its contact on its own channel."""
    if delivery == Delivery.REFUSED.value:
        return reason in _CLOSED_HERE
    return delivery == Delivery.FAILED.value


def _note(ledger: Ledger, contact: ContactRow, held: Onward, channel: str, reason: str) -> None:
    ledger.audit(
        contact.workspace_id,
        "system",
        "fell_back",
        f"message:{held.message_id}",
        reason=reason,
        left=held.channel,
        taken=channel,
    )
    ledger.ring(f"workspace:{contact.workspace_id}", f"lane:{contact.lane}")
