"""An answer to somebody who left the chat goes on where they asked to be told (X33).

A visitor may leave another address of theirs, such as an email. It is kept with the words
that they were shown, as their consent to be answered there. What an agent then writes in
the chat and they have not seen in time goes on to it, as any message with further channels
does (`fallbacks`): in the agent's name, and never twice.
"""

from baton.core import consent
from baton.core.consent import Purpose
from baton.core.patience import Patience, Proof
from baton.core.presend import Author
from baton.flows.effects import SendText
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import outgoing, ways
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.doors.chat import Entrance, Visit
from baton.services.facts import AddressLeft
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts, permits
from baton.services.people.consents import Said
from baton.services.workspace.connections import EMAIL, PUSH
from baton.services.workspace.standards import standards_cache
from baton.store.queries import people
from baton.store.queries import ways as known
from baton.store.rows import AddressRow, ContactRow, ConversationRow, MessageRow

SOURCE = "web chat"
_CHANNELS = (PUSH, EMAIL)


def wording_of(entrance: Entrance, channel: str) -> str:
    """Return what a visitor is asked, "" while the workspace could not keep its word."""
    is_reached = known.find_inbox(entrance.workspace_id, channel)
    return entrance.wordings[channel] if is_reached else ""


def left_arrival(
    house: House, entrance: Entrance, visit: Visit, *, channel: str, address: str
) -> Arrival:
    """Return as a fact that a visitor left an address of theirs on another channel."""
    fact = AddressLeft(
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
        left_channel=channel,
        left=address,
        wording=entrance.wordings[channel],
    )
    now = house.clock.now()
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        dedupe_key=f"left:{visit.visitor}:{house.next_id(now)}",
        received_at=now,
    )


def take(ledger: Ledger, contact: ContactRow, fact: AddressLeft) -> bool:
    """Keep an address that a contact left, with their consent; False if it is another's.

    Nothing is sent to an address that somebody else is known by: whoever writes it into a
    chat has not proved that it is theirs.
    """
    workspace_id, channel = contact.workspace_id, fact.left_channel
    lane = arrivals.lane_of(ledger.house.keyset, workspace_id, channel, fact.left)
    told = [row.contact_id for row in ledger.added(AddressRow) if row.lane == lane]
    owner = people.lane_of_address(workspace_id, lane)
    if owner not in (None, contact.lane) or any(one != contact.id for one in told):
        return False
    inbox_id = known.find_inbox(workspace_id, channel)
    if owner is None and not told and inbox_id:
        contacts.add_address(ledger, contact, channel=channel, inbox_id=inbox_id, address=fact.left)
    said = Said(
        channel=channel,
        purpose=Purpose.SERVICE.value,
        is_granted=True,
        source=SOURCE,
        wording=fact.wording,
        at=ledger.now,
    )
    consents.tell(ledger, contact, said, actor=f"contact:{contact.id}")
    return True


def write_reply(
    ledger: Ledger, contact: ContactRow, conversation: ConversationRow, text: str, *, user_id: str
) -> MessageRow:
    """Add an agent's reply; unseen, it goes on to where the contact asked to be told."""
    further = _further_of(ledger, contact, conversation)
    words = _continued(ledger, contact, text) if further else SendText(text=text)
    message = outgoing.write(
        ledger,
        conversation,
        author=Author.AGENT.value,
        words=words,
        user_id=user_id,
        further=further,
        onward=ways.render_onward(words, further),
    )
    if words.patience:
        ways.wait_for_proof(ledger, contact, message.id, None, words.patience)
    return message


def _further_of(
    ledger: Ledger, contact: ContactRow, conversation: ConversationRow
) -> tuple[str, ...]:
    if conversation.channel != OWN_CHANNEL:
        return ()
    reachable = known.list_ways([contact.id]).get(contact.id, {})
    return tuple(
        channel
        for channel in _CHANNELS
        if channel in reachable
        and consent.is_permitted(permits.words_of(ledger, contact.id, channel), Purpose.SERVICE)
    )


def _continued(ledger: Ledger, contact: ContactRow, text: str) -> SendText:
    standards = standards_cache(ledger.house).standards_of(contact.workspace_id)
    business = standards.facts["business"]
    name = str(business["name"]) if isinstance(business, dict) else ""
    return SendText(
        text=text,
        subject=f"Your chat with {name}",
        patience=Patience(after=standards.policy.chat_unseen_after, proof=Proof.READ),
    )
