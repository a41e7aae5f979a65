"""What becomes of those whose facts are set aside: an audit entry, and people for who wrote.

A message that cannot be decided is parked, and its contact would wait for nobody. So they
are handed to people, on a clock and with their words on the card, by as little of the
program as possible: whatever kept the message from being decided must not keep them too.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from baton.core import routing, urgency
from baton.core.escalation import Escalate, Reason
from baton.core.ownership import Owner
from baton.flows.handoff import HandoffPlan
from baton.runtime.ports import Event
from baton.services import arrivals
from baton.services.conversation import conversations, handoffs, runs
from baton.services.conversation.handoffs import Occasion
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.facts import MessageReceived
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts
from baton.services.workspace.standards import standards_cache
from baton.store.queries import people, turns
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ContactRow, ConversationRow


@dataclass(frozen=True, slots=True)
class Keeper:
    """The worker's `runtime.worker.Keeper`."""

    house: House

    def note(self, event: Event, reason: str, now: datetime) -> None:
        """Write into the audit chain that a fact is parked."""
        ledger = Ledger(self.house, now)
        ledger.audit(
            event.workspace_id,
            "system",
            "fact_parked",
            f"fact:{event.seq}",
            kind=event.kind,
            reason=reason,
            tries=event.attempt,
        )
        ledger.ring(f"workspace:{event.workspace_id}")
        ledger.flush()

    def rescue(self, event: Event, now: datetime) -> None:
        """Hand the contact of a parked message to people, unless people have them."""
        fact = arrivals.fact_of(event, self.house.keyset)
        if isinstance(fact, MessageReceived):
            ledger = Ledger(self.house, now)
            _hand_over(ledger, event, fact)
            ledger.flush()


def _hand_over(ledger: Ledger, event: Event, fact: MessageReceived) -> None:
    address_lane = arrivals.lane_of(
        ledger.house.keyset, event.workspace_id, fact.channel, fact.address
    )
    lane = people.lane_of_address(event.workspace_id, address_lane) or event.lane
    snapshot = turns.list_lanes([lane]).get(lane)
    contact = snapshot.contact if snapshot else _welcomed(ledger, event, fact)
    known = snapshot.conversation if snapshot else None
    if known is None or known.resolved_at is not None:
        conversation = conversations.begin(
            ledger,
            contact,
            channel=fact.channel,
            inbox_id=fact.inbox_id,
            policy=standards_cache(ledger.house).standards_of(event.workspace_id).policy,
            address_lane=address_lane,
        )
        contact = replace(contact, conversation_id=conversation.id)
        ledger.keep(contact)
    else:
        conversation = known
    conversation = replace(
        conversation,
        is_flagged=True,
        last_message_at=ledger.now,
        waiting_since=conversation.waiting_since or ledger.now,
    )
    if conversation.handled_by == Owner.BOT:
        _end_run(ledger, snapshot)
        conversation = replace(conversation, status="open", snoozed_until=None, run_id=None)
        conversation = _offered(
            ledger, conversation, contact, fact, is_first_turn=conversation is not known
        )
    ledger.keep(conversation)
    ledger.ring(f"workspace:{event.workspace_id}")


def _welcomed(ledger: Ledger, event: Event, fact: MessageReceived) -> ContactRow:
    contact = contacts.meet(
        ledger,
        event.workspace_id,
        event.lane,
        fact,
        is_verified=fact.channel != OWN_CHANNEL,
        entrances=standards_cache(ledger.house).standards_of(event.workspace_id).entrances,
    )
    consents.note_first_words(ledger, contact, fact.channel)
    return contacts.named(ledger, contact, fact.name)


def _end_run(ledger: Ledger, snapshot: LaneSnapshot | None) -> None:
    """End the run that speaks in the conversation: the bot does not own it any more."""
    attached = snapshot.attached if snapshot else None
    if attached is not None and not runs.outlasts_talk(attached):
        runs.end(ledger, attached, runs.STOPPED)


def _offered(
    ledger: Ledger,
    conversation: ConversationRow,
    contact: ContactRow,
    fact: MessageReceived,
    *,
    is_first_turn: bool,
) -> ConversationRow:
    setting = standards_cache(ledger.house).setting_of(contact.workspace_id)
    queue = setting.pack.queue(routing.GENERAL)
    plan = HandoffPlan(
        escalate=Escalate(reason=Reason.UNREADABLE, trigger=Reason.UNREADABLE.value),
        routing=routing.decide(
            queue, setting.staffing, setting.hours, setting.policy, now=ledger.now
        ),
        urgency=urgency.score((), recontacts=conversation.recontacts),
    )
    occasion = Occasion(
        contact=contact,
        plan=plan,
        setting=setting,
        words=(fact.text,),
        action="set a message aside that could not be read",
        stops=(),
        wants="",
        tags=(),
        is_first_turn=is_first_turn,
    )
    return handoffs.offer(ledger, conversation, occasion)
