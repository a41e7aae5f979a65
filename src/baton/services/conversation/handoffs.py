"""Handing over: the card, the clock and the marks of a conversation that leaves the bot."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from baton.core import card, privacy, roles
from baton.core.card import Authority, Material
from baton.core.clocks import ALL, Kind
from baton.core.escalation import Act, Escalate, Fired
from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.ownership import Move
from baton.core.policy import Policy, guards
from baton.core.roles import Role
from baton.core.routing import Offered, Promised
from baton.flows.handoff import HandoffPlan
from baton.flows.standing import Setting
from baton.nlu import entities
from baton.services.conversation import clocks, invitations, owning, settled, tickets
from baton.services.ledger import Ledger
from baton.services.people import sensitive_marks, vaulting
from baton.store.queries import clocks as kept
from baton.store.rows import (
    ContactRow,
    ConversationRow,
    EscalationRow,
    HandoffRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The turn that hands over, and for whom."""

    contact: ContactRow
    plan: HandoffPlan
    setting: Setting
    words: tuple[str, ...]  # the contact's messages of this turn, oldest first
    action: str  # what the bot did this turn
    stops: tuple[HardStopMatch, ...]
    wants: str
    tags: tuple[str, ...]
    is_first_turn: bool  # there is nothing earlier to look up
    taken_by: str | None = None  # the agent who stepped in, rather than waited for an offer


def offer(ledger: Ledger, conversation: ConversationRow, occasion: Occasion) -> ConversationRow:
    """Write the handoff with its card, clock and fired triggers; return the conversation."""
    plan = occasion.plan
    is_offer = isinstance(plan.routing, Offered)
    conversation = replace(
        owning.moved(ledger, conversation, Move.OFFER if is_offer else Move.PROMISE),
        queue=plan.routing.queue,
        urgency=plan.urgency.score,
        urgency_cause=plan.urgency.cause,
    )
    handoff_id = ledger.next_id()
    material = _material(ledger, conversation, occasion)
    made = card.build(material, vaulting.tokeniser(ledger, conversation.workspace_id))
    ledger.add(
        HandoffRow(
            id=handoff_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            state="accepted" if occasion.taken_by else "offered",
            accepted_at=ledger.now if occasion.taken_by else None,
            accepted_by_id=occasion.taken_by,
            reason=plan.escalate.reason.value,
            queue=plan.routing.queue,
            is_async=not is_offer,
            amount_minor=plan.amount_minor,
            card_sealed=ledger.house.keyset.seal(card.render_json(made), f"card:{handoff_id}"),
            lacks=",".join(card.missing_from(material, made)),
            offered_at=ledger.now,
        )
    )
    clocks.start(ledger, occasion.setting, conversation, response_of(plan.routing))
    clocks.start(ledger, occasion.setting, conversation, Kind.RESOLUTION)
    # What is promised is offered once there may be room for it, or the place opens.
    is_closed = not occasion.setting.hours.is_open(ledger.now)
    if (is_offer or is_closed) and not occasion.taken_by:
        wait = invitations.Waiting(
            conversation=conversation,
            handoff_id=handoff_id,
            amount_minor=plan.amount_minor,
            speaks=occasion.contact.language,
        )
        invitations.invite(ledger, occasion.setting, wait)
    is_guarded = material.is_guarded or material.is_sensitive
    if not is_guarded:
        tickets.order(ledger, conversation, handoff_id, subject=made.summary, tags=occasion.tags)
    log_triggers(ledger, conversation, occasion.stops, plan.escalate, is_guarded=is_guarded)
    ledger.audit(
        conversation.workspace_id,
        "bot",
        "handed_over",
        f"conversation:{conversation.id}",
        handoff=handoff_id,
        reason=plan.escalate.reason.value,
        trigger=plan.escalate.trigger,
        queue=plan.routing.queue,
        promised=not is_offer,
    )
    return conversation


def response_of(routed: Offered | Promised) -> Kind:
    """Return which clock runs for whoever waits: people are there, or an answer is promised."""
    return Kind.FIRST_RESPONSE if isinstance(routed, Offered) else Kind.ASYNC_PROMISE


def withdraw(ledger: Ledger, conversation: ConversationRow) -> None:
    """Take back a handoff that nobody has accepted, with its clock: a worse one follows."""
    if any(row.conversation_id == conversation.id for row in ledger.added(HandoffRow)):
        ledger.flush()  # it was offered in this very batch
    kept.withdraw_handoffs(conversation.id, ledger.now)
    invitations.end(ledger, conversation.id)
    clocks.stop(ledger, conversation, ALL)


def log_triggers(
    ledger: Ledger,
    conversation: ConversationRow,
    stops: Sequence[HardStopMatch],
    deciding: Escalate | None = None,
    *,
    is_guarded: bool,
) -> None:
    """Log the deciding trigger and every other hard stop of the turn (E15, E16).

    What fired for a guarded queue, or about a sensitive record, is logged without the words that
    it rests on (H16, H17).
    """
    fired = (
        {
            deciding.trigger: Fired(
                trigger=deciding.trigger,
                act=Act.HAND_OVER,
                evidence=deciding.evidence,
                version=deciding.version,
            )
        }
        if deciding
        else {}
    )
    for stop in stops:
        name = stop.kind.value
        fired.setdefault(name, Fired(trigger=name, act=Act.HAND_OVER, evidence=stop.text))
    for one in fired.values():
        log(ledger, conversation, dataclasses.replace(one, evidence="") if is_guarded else one)


def log(ledger: Ledger, conversation: ConversationRow, fired: Fired) -> None:
    """Log a rule that fired, its evidence tokenised (E15, E16)."""
    words = privacy.mask(fired.evidence, vaulting.tokeniser(ledger, conversation.workspace_id))
    ledger.add(
        EscalationRow(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            at=ledger.now,
            trigger=fired.trigger,
            act=fired.act.value,
            version=fired.version,
            evidence=words[:200],
        )
    )


def _material(ledger: Ledger, conversation: ConversationRow, occasion: Occasion) -> Material:
    contact, plan, policy = occasion.contact, occasion.plan, occasion.setting.policy
    earlier, actions = ((), ()) if occasion.is_first_turn else _history(ledger, conversation.id)
    is_new = contact.created_at == ledger.now  # met in this very batch, so nowhere before
    elsewhere, done_elsewhere = (
        ((), ()) if is_new else _told_elsewhere(ledger, conversation, policy)
    )
    is_opted_out = conversation.channel in contact.opted_out.split(",")
    messages = (*elsewhere, *earlier, *occasion.words)
    return Material(
        reason=plan.escalate.reason,
        trigger=plan.escalate.trigger,
        wants=occasion.wants,
        messages=messages,
        references=tuple(
            number
            for words in (*reversed(messages), plan.context)
            for number in entities.references_in(words)
        ),
        actions=(*done_elsewhere, *actions, occasion.action),
        settled=settled.before(conversation) if conversation.recontacts else (),
        urgency=conversation.urgency,
        urgency_cause=conversation.urgency_cause,
        negative_messages=conversation.negative_turns,
        urgent_words=card.urgent_words_of(occasion.stops),
        asked_for_person=any(stop.kind is HardStop.PERSON for stop in occasion.stops),
        tags=occasion.tags,
        membership=contact.membership,
        authority=Authority(
            bot_minor=policy.bot_authority_minor,
            agent_minor=roles.authority_minor(Role.AGENT, policy),
            currency=policy.currency,
        ),
        consent=(
            f"opted out of {conversation.channel}: do not write there"
            if is_opted_out
            else f"service messages on {conversation.channel}"
        ),
        context=plan.context,
        matter=plan.matter,
        is_identified=contact.is_identified,
        names=_names_of(ledger, contact),
        is_guarded=guards(policy, conversation.queue),
        is_sensitive=sensitive_marks.is_sensitive(contact),
    )


def _names_of(ledger: Ledger, contact: ContactRow) -> tuple[str, ...]:
    """Return the name by which a contact is known, for it is no business of a card's words."""
    sealed = bytes(contact.name_sealed)
    return (ledger.house.keyset.unseal(sealed, f"contact.name:{contact.id}"),) if sealed else ()


def _told_elsewhere(
    ledger: Ledger, conversation: ConversationRow, policy: Policy
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the contact said and the bot did of late on another channel, named by it (H23).

    What was said to a guarded queue stays there.
    """
    since = ledger.now - policy.recontact_window
    recent = ledger.acquaintance.recent_of(conversation.contact_id, since)
    for other_id, channel, queue in recent:
        if channel != conversation.channel and not guards(policy, queue):
            words, actions = _history(ledger, other_id)
            return (
                tuple(f"On {channel}: {one}" for one in words),
                tuple(f"on {channel}: {one}" for one in actions[-1:]),
            )
    return (), ()


def _history(ledger: Ledger, conversation_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the contact's last words and the bot's last actions before this turn."""
    keyset, talk = ledger.house.keyset, ledger.acquaintance.talk_of(conversation_id)
    words = [keyset.unseal(sealed, f"message:{message_id}") for message_id, sealed in talk.words]
    return tuple(words), talk.actions
