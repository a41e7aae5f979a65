"""A conversation in the hands of one of the staff: held, loaded afresh, written at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from msgspec.structs import replace

from baton.core import roles, text
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Action, Role
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Conversation, Handoff, User
from baton.store.queries import turns
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ConversationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A person at work: who acts, and the ledger of what they do."""

    user: User
    ledger: Ledger
    snapshot: LaneSnapshot
    conversation: ConversationRow

    @property
    def actor(self) -> str:
        """The person's name in the audit chain."""
        return f"user:{self.user.id}"

    @property
    def subject(self) -> str:
        """The conversation's name in the audit chain."""
        return f"conversation:{self.conversation.id}"


@contextmanager
def at_desk(house: House, user: User, conversation_id: str) -> Iterator[Desk]:
    """Hold the contact's lane, load the conversation afresh, and write at the end."""
    require(user, Action.ANSWER)
    known = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    lane = known.values_list("lane", flat=True).first()
    if lane is None:
        raise NotFound("conversation", conversation_id)
    with house.engine.transaction():
        house.engine.lock_lane(user.workspace_id, lane)
        snapshot = turns.find_conversation(conversation_id)
        if snapshot is None or snapshot.conversation is None:
            raise NotFound("conversation", conversation_id)
        if snapshot.conversation.lane != lane:  # their contact was just found to be another
            message = "Who this is has just been changed by a colleague. Try again."
            raise Conflict(message)
        one = snapshot.conversation
        guarding.refuse_closed(house, user, one.queue, one.assignee_id, one.contact_id)
        ledger = Ledger(house, house.clock.now())
        yield Desk(user=user, ledger=ledger, snapshot=snapshot, conversation=snapshot.conversation)
        ledger.ring(f"workspace:{user.workspace_id}", f"lane:{snapshot.conversation.address_lane}")
        ledger.flush()


def require(user: User, action: Action) -> None:
    """Raise Forbidden unless the person's role may do it."""
    if not roles.may(Role(user.role), action):
        raise Forbidden(action.value, user.role)


def checked(words: str) -> str:
    """Return what somebody wrote, cleaned; raises InvalidInput for what may not go out."""
    words = text.clean(words)
    if problem := text.problem_with(words):
        raise InvalidInput({"text": problem})
    return words


def refuse_if_taken(desk: Desk) -> None:
    """Raise Conflict when a colleague has the conversation, or it is closed."""
    if desk.conversation.assignee_id not in (None, desk.user.id):
        holder = User.objects.filter(id=desk.conversation.assignee_id).first()
        message = f"{holder.name if holder else 'A colleague'} has this conversation."
        raise Conflict(message)
    if desk.conversation.status == "resolved":
        message = "This conversation is resolved; it reopens when the contact writes."
        raise Conflict(message)


def refuse_unless_own(desk: Desk) -> None:
    """Raise Conflict unless the person has the conversation."""
    refuse_if_taken(desk)
    if desk.conversation.assignee_id != desk.user.id:
        message = "Take the conversation first; it is not yours yet."
        raise Conflict(message)


def keep(desk: Desk, **changes: object) -> None:
    """Note what of the conversation is to be changed."""
    desk.ledger.keep(replace(desk.conversation, **changes))


def move_handoff(desk: Desk, **changes: object) -> None:
    """Move the newest handoff on; a conversation that an agent stepped into has none."""
    newest = (
        Handoff.objects.filter(conversation_id=desk.conversation.id, ended_at=None)
        .order_by("-offered_at")
        .values_list("id", flat=True)
        .first()
    )
    if newest:
        Handoff.objects.filter(id=newest).update(**changes)
