"""A call back by a person: the number behind a logged click, and what came of the call.

The conversation with its clock is the task: whoever took it calls, and says how it ended. A
contact who was reached has been answered; any other end leaves the clock running.
"""

from msgspec.structs import replace

from baton.core import text as texts
from baton.core.calling import CallOutcome
from baton.core.clocks import RESPONSES
from baton.core.errors import InvalidInput, NotFound
from baton.core.presend import Author
from baton.services.conversation import clocks, conversations, tasks
from baton.services.desk import desks
from baton.services.house import House
from baton.services.people import contacts, suppressions
from baton.services.workspace.connections import VOICE
from baton.store.models import Address, Conversation, User, VaultEntry

WORDS = {
    CallOutcome.REACHED: "Called: they were reached.",
    CallOutcome.NOT_PICKED_UP: "Called: nobody picked up.",
    CallOutcome.LINE_BUSY: "Called: the line was busy.",
    CallOutcome.MAILBOX: "Called: a mailbox answered.",
    CallOutcome.WRONG_NUMBER: "Called: the number is somebody else's.",
}
MAX_WORDS = 500


def has_number(user: User, conversation_id: str) -> bool:
    """Return whether a conversation's contact can be called."""
    return _token_of(user, conversation_id) is not None


def show_number(house: House, user: User, conversation_id: str) -> str:
    """Return the number of a conversation's contact, and log that it was shown.

    Raises Forbidden, NotFound, or Conflict unless the conversation is one's own.
    """
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        token = _token_of(user, conversation_id)
        entry = VaultEntry.objects.filter(workspace_id=user.workspace_id, token=token).first()
        if entry is None:
            raise NotFound("number of conversation", conversation_id)
        subject = f"contact:{desk.conversation.contact_id}"
        desk.ledger.audit(user.workspace_id, desk.actor, "number_shown", subject)
        place = f"vault:{user.workspace_id}:{token}"
        return house.keyset.unseal(bytes(entry.value_sealed), place)


def record(house: House, user: User, conversation_id: str, outcome: str, words: str) -> None:
    """Keep what came of a call; raises InvalidInput, or Conflict unless it is one's own."""
    words = texts.clean(words)
    if outcome not in list(CallOutcome) or len(words) > MAX_WORDS:
        raise InvalidInput({"outcome": "Say how the call ended, in 500 characters at most."})
    ended = CallOutcome(outcome)
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        ledger, conversation = desk.ledger, desk.conversation
        said = f"{WORDS[ended]} {words}".strip()
        conversations.add_note(ledger, conversation, said, author=Author.AGENT, user_id=user.id)
        if ended is CallOutcome.REACHED:
            ledger.keep(replace(conversation, waiting_since=None))
            clocks.meet(ledger, conversation, RESPONSES)
            clocks.pause(ledger, conversation)
            tasks.finish_all(ledger, conversation, user.id)
        if ended is CallOutcome.WRONG_NUMBER:
            suppressions.bar(ledger, desk.snapshot.contact, VOICE, "wrong number", actor=desk.actor)
        ledger.audit(user.workspace_id, desk.actor, "called", desk.subject, outcome=ended.value)


def _token_of(user: User, conversation_id: str) -> str | None:
    known = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    numbers = Address.objects.filter(
        contact_id__in=known.values("contact_id"), channel__in=contacts.BY_NUMBER
    )
    return numbers.order_by("-id").values_list("token", flat=True).first()
