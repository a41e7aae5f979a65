"""Conversations as rows: opened, reopened or continued by words, and resolved (K3, U15)."""

import sys
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from baton.core import privacy
from baton.core.hard_stops import HardStop
from baton.core.json import Json
from baton.core.ownership import Move, owner_of
from baton.core.policy import Policy
from baton.core.presend import Author
from baton.core.resolution import Closing, Thread
from baton.core.segment import segment_of
from baton.core.urgency import Urgency
from baton.flows import signals
from baton.flows.run import RunState
from baton.flows.signals import Signals
from baton.flows.standing import Standing
from baton.flows.turn import Turn
from baton.services.conversation import owning
from baton.services.delivery import attachments, letters
from baton.services.facts import MessageReceived
from baton.services.ledger import Ledger
from baton.services.people import vaulting
from baton.services.people.contacts import marks_of
from baton.store.rows import ContactRow, ConversationRow, MessageRow


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a turn: who sent it how, and the sender's own name for it."""

    message: MessageReceived
    client_id: str


def thread_of(
    ledger: Ledger,
    known: ConversationRow | None,
    read: Signals,
    run: RunState | None,
    policy: Policy,
) -> Thread:
    """Return what a turn's words do to the contact's newest conversation."""
    closing = (
        Closing(
            resolved_at=known.resolved_at,
            is_confirmed=known.is_confirmed,
            request_type=known.request_type,
        )
        if known
        else None
    )
    return signals.thread_of(read, closing, run, policy, now=ledger.now)


def begin(  # noqa: PLR0913 - who, where, and by whose rules
    ledger: Ledger,
    contact: ContactRow,
    *,
    channel: str,
    inbox_id: str,
    policy: Policy,
    address_lane: str = "",
    opened_by: str = "contact",
) -> ConversationRow:
    """Return a conversation that a contact's message opens, or the bot's own words.

    `address_lane` says at which of several addresses.
    """
    tags = marks_of(contact).tags
    return ConversationRow(
        id=ledger.next_id(),
        workspace_id=contact.workspace_id,
        contact_id=contact.id,
        inbox_id=inbox_id,
        lane=contact.lane,
        address_lane=address_lane or contact.lane,
        channel=channel,
        opened_by=opened_by,
        first_message_at=ledger.now,
        last_message_at=ledger.now,
        location_id=contact.location_id,
        segment=segment_of(tags, is_member=bool(contact.membership), order=policy.segments),
        tags=f",{','.join(tags)}," if tags else "",
    )


def reopen(ledger: Ledger, known: ConversationRow) -> ConversationRow:
    """Return a resolved conversation as open again, with the bot, and one recontact more."""
    ledger.audit(
        known.workspace_id,
        f"contact:{known.contact_id}",
        "reopened",
        f"conversation:{known.id}",
        recontacts=known.recontacts + 1,
    )
    gap = ledger.now - (known.resolved_at or ledger.now)
    earlier = sys.maxsize if known.recontacted_after is None else known.recontacted_after
    after = min(earlier, int(gap.total_seconds()))
    return replace(
        owning.moved(ledger, known, Move.REOPEN),
        status="open",
        assignee_id=None,
        resolved_at=None,
        resolved_by="",
        resolution_code="",
        is_confirmed=False,
        reopened_at=ledger.now,
        recontacts=known.recontacts + 1,
        recontacted_after=after,
        failed_attempts=0,
        bot_turns=0,
        is_answered=False,
        negative_turns=0,
        last_reply_hash="",
        run_id=None,
    )


def resolve(
    ledger: Ledger, known: ConversationRow, *, is_confirmed: bool, actor: str, code: str
) -> ConversationRow:
    """Return an open conversation as resolved by `actor`, "bot" or "user:<id>"."""
    ledger.audit(
        known.workspace_id,
        actor,
        "resolved",
        f"conversation:{known.id}",
        code=code,
        confirmed=is_confirmed,
    )
    return replace(
        owning.moved(ledger, known, Move.RESOLVE),
        status="resolved",
        assignee_id=None,
        snoozed_until=None,
        resolved_at=ledger.now,
        resolved_by="bot" if actor == "bot" else "agent",
        resolution_code=code,
        is_confirmed=is_confirmed,
        waiting_since=None,
        is_flagged=False,
        flags="",
    )


def store_words(
    ledger: Ledger,
    conversation: ConversationRow,
    heard: Sequence[Heard],
    address_lane: str,
    policy: Policy,
) -> ConversationRow:
    """Write a turn's messages; return the conversation, awake, whose contact now waits.

    All of them came from the address of that lane.
    """
    for one in heard:
        _store(ledger, conversation, _as_kept(ledger, conversation, one, policy), address_lane)
    if conversation.status == "snoozed":
        ledger.cancel_timer(conversation.workspace_id, f"snooze:{conversation.id}")
    last = heard[-1].message
    return replace(
        conversation,
        # Whatever answers them goes where they wrote (X33).
        channel=last.channel,
        inbox_id=last.inbox_id,
        address_lane=address_lane,
        last_message_at=ledger.now,
        waiting_since=conversation.waiting_since or ledger.now,
        opened_by="contact",  # whoever began it: now somebody wrote in
        # A snoozed conversation comes back when its contact writes.
        status="open" if conversation.status == "snoozed" else conversation.status,
        snoozed_until=None,
    )


def store_automatic(
    ledger: Ledger, conversation: ConversationRow, heard: Heard, address_lane: str
) -> ConversationRow:
    """Write what a machine sent, to be seen; nobody waits, and nothing answers it (RFC 3834)."""
    _store(ledger, conversation, heard, address_lane)
    return replace(conversation, last_message_at=ledger.now)


def _as_kept(ledger: Ledger, conversation: ConversationRow, one: Heard, policy: Policy) -> Heard:
    """Return a message as it is kept: where the policy says so, without patients' numbers."""
    if not policy.tokenises_patients:
        return one
    tokenise = vaulting.tokeniser(ledger, conversation.workspace_id)
    words = privacy.mask_patients(one.message.text, tokenise)
    return replace(one, message=replace(one.message, text=words))


def _store(ledger: Ledger, conversation: ConversationRow, one: Heard, address_lane: str) -> None:
    message, message_id = one.message, ledger.next_id()
    ledger.add(
        MessageRow(
            id=message_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            author="contact",
            client_id=one.client_id,
            channel=message.channel,
            inbox_id=message.inbox_id,
            address_lane=address_lane,
            body_sealed=ledger.house.keyset.seal(message.text, f"message:{message_id}"),
            delivery="received",
            created_at=ledger.now,
        )
    )
    if message.files:
        attachments.receive(ledger, conversation, message_id, message.files)
    if message.letter:
        letters.note_heard(ledger, conversation, message_id, message.letter)


def add_note(  # noqa: PLR0913 - what, where, and by whom
    ledger: Ledger,
    conversation: ConversationRow,
    words: str,
    *,
    author: Author = Author.BOT,
    user_id: str | None = None,
    client_id: str = "",
) -> None:
    """Leave a note for colleagues; it is never sent."""
    message_id = ledger.next_id()
    ledger.add(
        MessageRow(
            id=message_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            author=author.value,
            user_id=user_id,
            is_note=True,
            client_id=client_id,
            body_sealed=ledger.house.keyset.seal(words, f"message:{message_id}"),
            channel=conversation.channel,
            inbox_id=conversation.inbox_id,
            delivery="none",
            created_at=ledger.now,
        )
    )


def marked(
    conversation: ConversationRow, turn: Turn, read: Signals, policy: Policy
) -> ConversationRow:
    """Return the conversation with what a turn says about it: type, triage, counters."""
    is_negative = read.sentiment <= policy.mild_sentiment
    negative = conversation.negative_turns + 1 if is_negative else 0
    is_stop = any(stop.kind is not HardStop.PERSON for stop in read.stops)
    conversation = replace(
        conversation,
        negative_turns=negative,
        is_flagged=conversation.is_flagged or is_negative or is_stop,
    )
    if read.kind is not None and not read.means(*signals.SMALL_TALK, signals.NOT_HELPFUL):
        conversation = replace(conversation, request_type=read.kind.name)
    if turn.axes is not None and turn.outcome is not None:
        conversation = replace(
            conversation,
            complexity=turn.axes.complexity,
            emotion=turn.axes.emotion,
            frequency=turn.axes.frequency,
            value=turn.axes.value,
            triage=turn.outcome.value,
        )
    return conversation


def raised(conversation: ConversationRow, found: Urgency) -> ConversationRow:
    """Return the conversation as urgent as what was said in it makes it, never less."""
    if found.score <= conversation.urgency:
        return conversation
    return replace(conversation, urgency=found.score, urgency_cause=found.cause)


def standing_of(
    conversation: ConversationRow,
    contact: ContactRow,
    run: RunState | None,
    facts: Mapping[str, Json],
) -> Standing:
    """Return what a turn may know of the conversation."""
    return Standing(
        owner=owner_of(conversation.handled_by),
        is_opted_out=conversation.channel in contact.opted_out.split(","),
        is_resolved=conversation.resolved_at is not None,
        request_type=conversation.request_type,
        failed_attempts=conversation.failed_attempts,
        negative_turns=conversation.negative_turns,
        bot_turns=conversation.bot_turns,
        is_answered=conversation.is_answered,
        recontacts=conversation.recontacts,
        urgency=conversation.urgency,
        last_reply_hash=conversation.last_reply_hash,
        channel=conversation.channel,
        run=run,
        contact=facts,
        draw=contact.id,
        language=contact.language,
        location_id=contact.location_id,
    )
