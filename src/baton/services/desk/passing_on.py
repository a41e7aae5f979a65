"""Passing a conversation on: to a colleague who is there, or into another queue (H13, H20).

The card, the notes and the clocks go along; a contact who waits goes on waiting on the
same promise, whoever has it.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from baton.core import roles, routing
from baton.core.clocks import RESPONSES
from baton.core.errors import Conflict, InvalidInput
from baton.core.ownership import Move, Owner
from baton.core.presend import Author
from baton.core.roles import Action, Role
from baton.services import inbox, notices
from baton.services.conversation import assignments, clocks, conversations, owning
from baton.services.conversation.assignments import Ended
from baton.services.desk import agents, desks
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

MAX_NOTE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody who is there and may be given a conversation."""

    id: str
    name: str
    serves_queue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where a conversation may be passed on to: colleagues who are there, and other queues."""

    colleagues: tuple[Colleague, ...]
    queues: tuple[tuple[str, str], ...]


def ways_of(house: House, user: User, queue: str) -> Ways:
    """Return who could take a conversation of a queue, those who serve it first."""
    inbox.require(user, Action.READ_INBOX)
    pack = standards_cache(house).standards_of(user.workspace_id).pack
    serving = set(notices.serving(user.workspace_id, queue or routing.GENERAL))
    people = (
        Colleague(id=one.id, name=one.name, serves_queue=one.id in serving)
        for one in User.objects.filter(
            workspace_id=user.workspace_id, is_active=True, is_available=True
        ).order_by("name", "id")
        if one.id != user.id and roles.may(Role(one.role), Action.ANSWER)
    )
    return Ways(
        colleagues=tuple(sorted(people, key=lambda one: not one.serves_queue)),
        queues=tuple((one.name, one.title) for one in pack.queues if one.name != queue),
    )


def transfer(
    house: House, user: User, conversation_id: str, to_user_id: str, words: str = ""
) -> None:
    """Give a conversation to a colleague, with a note for them.

    One's own; who leads may give anybody's, and what waits. Raises Conflict for another's or
    for one that the bot has, InvalidInput for somebody who cannot take it.
    """
    with desks.at_desk(house, user, conversation_id) as desk:
        _refuse_unless_own_or_lead(desk)
        receiver = _receiver_of(desk, to_user_id)
        moved = owning.moved(desk.ledger, desk.conversation, Move.TRANSFER)
        assignments.end(desk.ledger, moved, Ended.TRANSFERRED)
        assignments.begin(desk.ledger, moved, receiver.id)
        agents.end_snooze(house, desk)
        desk.ledger.keep(replace(moved, assignee_id=receiver.id, status="open", snoozed_until=None))
        clocks.forgive(desk.ledger, moved)
        waited = desk.conversation.handled_by != Owner.AGENT
        taken = {"accepted_at": desk.ledger.now} if waited else {}
        desks.move_handoff(desk, state="accepted", accepted_by_id=receiver.id, **taken)
        _leave_note(desk, words)
        notices.tell(
            desk.ledger,
            user.workspace_id,
            [receiver.id],
            notices.Kind.TRANSFERRED,
            details=user.name[:80],
            conversation_id=conversation_id,
        )
        desk.ledger.audit(
            user.workspace_id, desk.actor, "transferred", desk.subject, to=f"user:{receiver.id}"
        )


def move_to_queue(
    house: House, user: User, conversation_id: str, queue: str, words: str = ""
) -> None:
    """Put an own conversation into another queue, on that one's clock, with a note.

    Raises InvalidInput for a queue that there is not, Conflict unless it is one's own.
    """
    setting = standards_cache(house).setting_of(user.workspace_id)
    if queue not in {one.name for one in setting.pack.queues}:
        raise InvalidInput({"to": "There is no such queue."})
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        clocks.stop(desk.ledger, desk.conversation, RESPONSES)
        _leave_note(desk, words)
        agents.put_back(house, desk, queue)


def _refuse_unless_own_or_lead(desk: Desk) -> None:
    is_leading = roles.may(Role(desk.user.role), Action.CONFIGURE)
    is_peoples = desk.conversation.handled_by != Owner.BOT
    if not (is_leading and is_peoples):
        desks.refuse_unless_own(desk)


def _receiver_of(desk: Desk, user_id: str) -> User:
    found = User.objects.filter(
        id=user_id, workspace_id=desk.user.workspace_id, is_active=True
    ).first()
    if found is None or not roles.may(Role(found.role), Action.ANSWER):
        raise InvalidInput({"to": "Choose a colleague who may answer."})
    if not found.is_available:
        raise InvalidInput({"to": f"{found.name} is not here. Choose somebody who is."})
    if found.id == desk.conversation.assignee_id:
        message = f"{found.name} has it already."
        raise Conflict(message)
    return found


def _leave_note(desk: Desk, words: str) -> None:
    if words.strip():
        conversations.add_note(
            desk.ledger,
            desk.conversation,
            desks.checked(words[:MAX_NOTE]),
            author=Author.AGENT,
            user_id=desk.user.id,
        )
