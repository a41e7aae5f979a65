"""What other systems may write by a key: a note for people, and what happened to a contact.

Neither speaks for the business. A note is never sent; an event goes into the contact's lane, as
a connected system's does, and flows, consents and marks answer it there.
"""

from collections.abc import Mapping

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.services.conversation import conversations
from baton.services.desk import desks
from baton.services.desk.api_keys import Caller
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.store.models import Conversation, Message
from baton.store.queries import located, turns


def add_note(house: House, caller: Caller, conversation_id: str, words: str, *, key: str) -> None:
    """Leave a note in a conversation, once for a key of the sender's own.

    Raises NotFound, InvalidInput for words that cannot be kept, and Conflict for a conversation
    whose contact was just found to be another.
    """
    words = desks.checked(words)
    ours = Conversation.objects.filter(id=conversation_id, workspace_id=caller.workspace_id)
    known = located.of_contacts(ours, caller.workspace_id, caller.locations)
    lane = known.values_list("lane", flat=True).first()
    if lane is None:
        raise NotFound("conversation", conversation_id)
    with house.engine.transaction():
        house.engine.lock_lane(caller.workspace_id, lane)
        snapshot = turns.find_conversation(conversation_id)
        if snapshot is None or snapshot.conversation is None or snapshot.conversation.lane != lane:
            message = "Who this is has just been changed. Ask again."
            raise Conflict(message)
        client_id = house.keyset.fingerprint(f"api:{caller.key_id}", key)
        notes = Message.objects.filter(conversation_id=conversation_id, is_note=True)
        if notes.filter(client_id=client_id).exists():
            return
        ledger = Ledger(house, house.clock.now())
        signed = f"{caller.name}: {words}"
        conversations.add_note(ledger, snapshot.conversation, signed, client_id=client_id)
        subject = f"conversation:{conversation_id}"
        ledger.audit(caller.workspace_id, f"api_key:{caller.key_id}", "noted", subject)
        ledger.ring(f"workspace:{caller.workspace_id}", f"lane:{lane}")
        ledger.flush()


def tell(  # noqa: PLR0913 - what, of whom, and under which name
    house: House,
    caller: Caller,
    contact_id: str,
    event: str,
    facts: Mapping[str, Json],
    *,
    key: str,
) -> None:
    """Tell what happened to a contact, once for a key of the sender's own.

    Raises NotFound for no contact of the workspace, and InvalidInput for one without an address.
    """
    if (
        not located.contacts_at(caller.workspace_id, caller.locations)
        .filter(id=contact_id)
        .exists()
    ):
        raise NotFound("contact", contact_id)
    with house.engine.transaction():
        # Hashed: a sender may name it by what is nobody's business.
        once = f"api:{house.keyset.fingerprint(f'api:{caller.key_id}', key)}"
        if not telling.tell(house, contact_id, event, facts, key=once):
            raise InvalidInput({"contact_id": "Nobody knows where they are reached."})
        ledger = Ledger(house, house.clock.now())
        subject = f"contact:{contact_id}"
        ledger.audit(
            caller.workspace_id, f"api_key:{caller.key_id}", "event_told", subject, event=event
        )
        ledger.flush()
