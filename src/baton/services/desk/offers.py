"""What is offered to a person at this moment, and passing it to the next."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import Conflict
from baton.core.inviting import State
from baton.core.ownership import Owner
from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import invitations
from baton.services.desk import desks
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Conversation, Invitation, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A conversation that waits for one person's answer until a moment."""

    conversation_id: str
    who: str
    about: str
    queue_title: str
    until: datetime


def are_made(house: House, user: User) -> bool:
    """Return whether any queue here offers its conversations to one person at a time."""
    # Asked at the end of every page, which has just looked how the workspace is set.
    policy = standards_cache(house).last_of(user.workspace_id).policy
    return bool(policy.offering_queues)


def list_for(house: House, user: User) -> tuple[Offer, ...]:
    """Return what is offered to a person now, the first first."""
    inbox.require(user, Action.ANSWER)
    rows = Invitation.objects.filter(user_id=user.id, state=State.OPEN.value).order_by("at", "id")
    asked = {row.conversation_id: row.until for row in rows}
    pack = inbox.pack_of(house, user.workspace_id)
    waiting = Conversation.objects.filter(
        id__in=list(asked), handled_by__in=[Owner.QUEUE.value, Owner.ASYNC.value], status="open"
    ).in_bulk()
    contacts = Contact.objects.in_bulk({one.contact_id for one in waiting.values()})
    return tuple(
        Offer(
            conversation_id=one.id,
            who=inbox.name_of(house, one.contact_id, bytes(contacts[one.contact_id].name_sealed)),
            about=inbox.title_of(pack, one.request_type, one.urgency_cause),
            queue_title=inbox.queue_title_of(pack, one.queue),
            until=asked[one.id],
        )
        for one in (waiting[id_] for id_ in asked if id_ in waiting)
    )


def decline(house: House, user: User, conversation_id: str) -> None:
    """Pass what is offered to a person to the next one; Conflict when it is not any more."""
    setting = standards_cache(house).setting_of(user.workspace_id)
    with desks.at_desk(house, user, conversation_id) as desk:
        row = Invitation.objects.filter(
            conversation_id=conversation_id, user_id=user.id, state=State.OPEN.value
        ).first()
        if row is None:
            message = "This is not offered to you any more."
            raise Conflict(message)
        invitations.pass_on(desk.ledger, setting, row, State.PASSED)
