"""A message on its way out: its row, and the effect that will send it."""

import json
from collections.abc import Sequence
from datetime import datetime

import msgspec

from baton.core.presend import Allowed, Deferred, Fallback, Notice, Refused, Verdict
from baton.core.template import COPY_CHANNELS, StandIn
from baton.flows.effects import Choice, SendText
from baton.runtime.ports import Effect
from baton.services.delivery import letters, links
from baton.services.ledger import Ledger
from baton.services.people.permits import ANSWER, Wish
from baton.services.workspace.connections import EMAIL
from baton.store.rows import ConversationRow, MessageRow

SEND_MESSAGE = "send_message"
_ALLOWED = Allowed()
OWN_CHANNEL = "webchat"
"""The one channel without a provider."""


class SendOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender needs to find the message; ids alone, so it needs no seal."""

    message_id: str
    notice: Notice | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One way to a contact: a channel, the inbox that the message leaves by, and the address."""

    channel: str
    inbox_id: str
    address_lane: str


def here(conversation: ConversationRow) -> Route:
    """Return the way by which an answer goes: where the contact wrote."""
    return Route(
        channel=conversation.channel,
        inbox_id=conversation.inbox_id,
        address_lane=conversation.address_lane,
    )


def write(  # noqa: PLR0913 - author, words and conversation make a message
    ledger: Ledger,
    conversation: ConversationRow,
    *,
    author: str,
    words: SendText,
    user_id: str | None = None,
    wish: Wish = ANSWER,
    verdict: Verdict = _ALLOWED,
    route: Route | None = None,
    further: Sequence[str] = (),
    onward: str = "",
    instead_of: str | None = None,
) -> MessageRow:
    """Add a message and the effect that sends it, at most once for that message.

    By the policy's verdict on the plan it goes at once, is held, or stays with its reason.
    Without a `route` it goes where the contact wrote; `further` and `onward` are the channels
    that are left to it with what it says there, `instead_of` the message whose place it takes.
    """
    message_id = ledger.next_id()
    delivery, reason, due_at = _fate_of(verdict, ledger.now)
    route = route or here(conversation)
    keyset = ledger.house.keyset
    text = words.text_on(route.channel)
    stand_in = words.stand_ins.get(route.channel)
    is_copy = route.channel in COPY_CHANNELS and stand_in is not None
    if due_at is not None:
        text = links.shorten(ledger, conversation, message_id, text, words.links)
    row = MessageRow(
        id=message_id,
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        author=author,
        user_id=user_id,
        body_sealed=keyset.seal(text, f"message:{message_id}"),
        choices=render_choices(words.choices),
        delivery=delivery,
        delivery_reason=reason,
        purpose=wish.purpose.value,
        is_unprompted=wish.is_unprompted,
        held_until=due_at if isinstance(verdict, Deferred) else None,
        useful_until=wish.useful_until,
        channel=route.channel,
        inbox_id=route.inbox_id,
        address_lane=route.address_lane,
        onward=",".join(further),
        onward_sealed=keyset.seal(onward, place_onward(message_id)) if onward else b"",
        instead_of_id=instead_of,
        stand_in_sealed=_stand_in_sealed(ledger, message_id, stand_in),
        template=words.template if is_copy else "",
        flow=wish.flow,
        created_at=ledger.now,
    )
    ledger.add(row)
    if words.subject and EMAIL in (route.channel, *further):
        letters.note_subject(ledger, conversation, message_id, words.subject)
    if reason:
        note_fate(ledger, row.workspace_id, message_id, delivery, reason)
    if due_at is None:
        return row
    ledger.send(
        Effect(
            id=message_id,
            workspace_id=conversation.workspace_id,
            # In order at each address, whoever its contact is found to be meanwhile.
            lane=route.address_lane,
            kind=SEND_MESSAGE,
            intent_key=f"message:{message_id}",
            body=msgspec.json.encode(SendOrder(message_id=message_id, notice=wish.notice)),
            due_at=due_at,
            # Baton's own channel knows a message by its id and shows it once; a provider
            # that was asked twice sends twice.
            repeatable=route.channel == OWN_CHANNEL,
        )
    )
    return row


def note_fate(
    ledger: Ledger, workspace_id: str, message_id: str, delivery: str, reason: str
) -> None:
    """Note in the audit chain that a message did not go, or does not go yet (invariant 7)."""
    ledger.audit(workspace_id, "system", f"send_{delivery}", f"message:{message_id}", reason=reason)


def place_stand_in(message_id: str) -> str:
    """Return where the approved words beside a message are sealed to."""
    return f"message.stand_in:{message_id}"


def _stand_in_sealed(ledger: Ledger, message_id: str, stand_in: StandIn | None) -> bytes:
    if stand_in is None:
        return b""
    text = msgspec.json.encode(stand_in).decode()
    return ledger.house.keyset.seal(text, place_stand_in(message_id))


def place_onward(message_id: str) -> str:
    """Return where the words for the further channels of a message are sealed to."""
    return f"message.onward:{message_id}"


def _fate_of(verdict: Verdict, now: datetime) -> tuple[str, str, datetime | None]:
    """Return a message's delivery, the reason for it, and when to send it, if ever."""
    match verdict:
        case Allowed():
            return "queued", "", now
        case Deferred(until=until, reason=delay):
            return "held", delay.value, until
        case Refused(reason=refusal) | Fallback(reason=refusal):
            return "refused", refusal.value, None


def order_of(effect: Effect) -> SendOrder:
    """Read the effect of `write` back."""
    return msgspec.json.decode(effect.body, type=SendOrder)


def render_choices(choices: tuple[Choice, ...]) -> str:
    """Return quick replies as the JSON text of a message's row."""
    if not choices:
        return "[]"
    return json.dumps([{"key": choice.key, "label": choice.label} for choice in choices])
