"""What is handed over, as a ticket of the helpdesk that a business works in (DI7, RT16).

A ticket holds all that was said until then and the files that came with it. Each try looks
first, so one whose answer was lost is not opened twice.
"""

import hashlib

import msgspec

from baton.connectors import Ticket, TicketPort, UnreadableError
from baton.core.files import FileState
from baton.runtime.ports import Again, Done, Effect, Outcome, Park
from baton.services import inbox
from baton.services.conversation import conversations
from baton.services.delivery import attachments
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import asking, kinds, systems
from baton.store.models import Attachment, ConnectedSystem, Contact, Conversation, Handoff, Message
from baton.store.queries import recognising, turns
from baton.store.queries import systems as system_queries
from baton.store.rows import ConversationRow

OPEN_TICKET = "open_ticket"

_TAKING = tuple(kind.name for kind in kinds.KINDS.values() if kind.tickets is not None)
_MOST_SUBJECT = 150
_MOST_MESSAGES = 500
_MOST_TEXT = 60_000
_MOST_FILES = 10
_URGENT = 70  # of 100: as the inbox marks what comes first
_AUTHORS = {"contact": "Contact", "agent": "Agent", "bot": "Assistant", "system": "System"}


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which handoff becomes a ticket, and under which words."""

    handoff_id: str
    subject: str
    tags: tuple[str, ...]


def order(
    ledger: Ledger,
    conversation: ConversationRow,
    handoff_id: str,
    *,
    subject: str,
    tags: tuple[str, ...],
) -> None:
    """Have a ticket opened for a handoff, where a helpdesk takes its queue.

    The caller leaves out what nobody outside may read.
    """
    system_id = ledger.acquaintance.system_of(conversation.workspace_id, _TAKING)
    port = _port_of(ledger.house, system_id)
    if port is None or not port.takes(conversation.queue or ""):
        return
    wanted = _Order(handoff_id=handoff_id, subject=subject[:_MOST_SUBJECT], tags=tags)
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            lane=conversation.lane,
            kind=OPEN_TICKET,
            intent_key=f"ticket:{handoff_id}",
            body=msgspec.json.encode(wanted),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def perform(house: House, effect: Effect) -> Outcome:
    """Open the ticket, and note its number in the conversation."""
    wanted = msgspec.json.decode(effect.body, type=_Order)
    handoff = Handoff.objects.filter(id=wanted.handoff_id).first()
    port = _port_of(house, system_queries.find_connected(effect.workspace_id, _TAKING))
    if handoff is None or port is None:
        return Done()  # erased, or no helpdesk any more
    try:
        number = _opened(house, port, handoff, wanted)
    except UnreadableError as error:
        return Park(reason=str(error))
    if isinstance(number, Again | Park):
        return number
    _note(house, handoff, number, port.page_of(number))
    return Done()


def _port_of(house: House, system_id: str | None) -> TicketPort | None:
    if system_id is None:
        return None
    system = ConnectedSystem.objects.get(id=system_id)
    return kinds.tickets_of(systems.settings_of(house, system))


def _opened(house: House, port: TicketPort, handoff: Handoff, wanted: _Order) -> str | Again | Park:
    """Return the number of the ticket, opened unless it is there already."""
    mark = f"baton{hashlib.sha256(handoff.id.encode()).hexdigest()[:24]}"
    seen = asking.answers_to({"ticket": port.look(mark)})
    if isinstance(seen, Again | Park):
        return seen
    if known := port.found(seen["ticket"]):
        return known
    tokens = _handed_over(house, port, handoff)
    if isinstance(tokens, Again | Park):
        return tokens
    contact_id = Conversation.objects.values_list("contact_id", flat=True).get(
        id=handoff.conversation_id
    )
    ticket = Ticket(
        mark=mark,
        subject=wanted.subject,
        text=_transcript(house, handoff),
        tags=wanted.tags,
        is_urgent=_is_urgent(handoff),
        name=_name_of(house, contact_id),
        email=recognising.handles_of(contact_id, house.keyset.unseal).get("email", ""),
        files=tokens,
    )
    done = asking.answers_to({"opened": port.open(ticket)})
    return done if isinstance(done, Again | Park) else port.opened(done["opened"])


def _handed_over(
    house: House, port: TicketPort, handoff: Handoff
) -> tuple[str, ...] | Again | Park:
    """Hand over the files of the conversation, the newest first, and return their tokens."""
    kept = Attachment.objects.filter(
        conversation_id=handoff.conversation_id,
        state=FileState.KEPT.value,
        created_at__lte=handoff.offered_at,
    )
    tokens: list[str] = []
    for row in kept.order_by("-id")[:_MOST_FILES]:
        name = attachments.shown_of(house, row).name
        asked = asking.answers_to({"file": port.upload(name, attachments.read(house, row.id))})
        if isinstance(asked, Again | Park):
            return asked
        tokens.append(port.uploaded(asked["file"]))
    return tuple(tokens)


def _transcript(house: House, handoff: Handoff) -> str:
    """Return all that was said until the handoff, by whom and when."""
    spoken = Message.objects.filter(
        conversation_id=handoff.conversation_id, is_note=False, created_at__lte=handoff.offered_at
    )
    newest = reversed(spoken.order_by("-id")[:_MOST_MESSAGES])
    lines = [
        f"{row.created_at:%Y-%m-%d %H:%M} UTC, {_AUTHORS.get(row.author, row.author)}: "
        f"{house.keyset.unseal(row.body_sealed, f'message:{row.id}')}"
        for row in newest
    ]
    return "\n".join(lines)[-_MOST_TEXT:]


def _is_urgent(handoff: Handoff) -> bool:
    urgency = Conversation.objects.values_list("urgency", flat=True).get(id=handoff.conversation_id)
    return urgency >= _URGENT


def _name_of(house: House, contact_id: str) -> str:
    row = Contact.objects.get(id=contact_id)
    return inbox.name_of(house, row.id, bytes(row.name_sealed))


def _note(house: House, handoff: Handoff, number: str, page: str) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        found = turns.find_conversation(handoff.conversation_id)
        if found is not None and found.conversation is not None:
            words = f"Ticket {number} in the helpdesk: {page}"
            conversations.add_note(ledger, found.conversation, words)
        ledger.audit(
            handoff.workspace_id,
            "system",
            "ticket_opened",
            f"conversation:{handoff.conversation_id}",
            ticket=number,
            handoff=handoff.id,
        )
        ledger.ring(f"workspace:{handoff.workspace_id}")
        ledger.flush()
