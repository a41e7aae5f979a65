"""A message on its way out: its row, and the effect that will send it."""

import json

import msgspec

from baton.core.presend import Notice
from baton.flows.effects import Choice, SendText
from baton.runtime.ports import Effect
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow, MessageRow

SEND_MESSAGE = "send_message"
OWN_CHANNEL = "webchat"
"""The one channel without a provider."""


class SendOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender needs to find the message; ids alone, so it needs no seal."""

    message_id: str
    notice: Notice | None = None


def write(  # noqa: PLR0913 - author, words and conversation make a message
    ledger: Ledger,
    conversation: ConversationRow,
    *,
    author: str,
    words: SendText,
    user_id: str | None = None,
    notice: Notice | None = None,
) -> MessageRow:
    """Add a message and the effect that sends it, at most once for that message."""
    message_id = ledger.next_id()
    row = MessageRow(
        id=message_id,
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        author=author,
        user_id=user_id,
        body_sealed=ledger.house.keyset.seal(words.text, f"message:{message_id}"),
        choices=render_choices(words.choices),
        delivery="queued",
        created_at=ledger.now,
    )
    ledger.add(row)
    ledger.send(
        Effect(
            id=message_id,
            workspace_id=conversation.workspace_id,
            lane=conversation.lane,
            kind=SEND_MESSAGE,
            intent_key=f"message:{message_id}",
            body=msgspec.json.encode(SendOrder(message_id=message_id, notice=notice)),
            due_at=ledger.now,
            # Baton's own channel knows a message by its id and shows it once; a provider
            # that was asked twice sends twice.
            repeatable=conversation.channel == OWN_CHANNEL,
        )
    )
    return row


def order_of(effect: Effect) -> SendOrder:
    """Read the effect of `write` back."""
    return msgspec.json.decode(effect.body, type=SendOrder)


def render_choices(choices: tuple[Choice, ...]) -> str:
    """Return quick replies as the JSON text of a message's row."""
    if not choices:
        return "[]"
    return json.dumps([{"key": choice.key, "label": choice.label} for choice in choices])
