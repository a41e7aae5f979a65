"""What stays closed to somebody: words of guarded queues, closed queues, other locations.

Of a guarded queue people work from a form alone (H16, X5).
"""

from baton.core.errors import Conflict, Forbidden, NotFound
from baton.core.policy import guards
from baton.services import sight
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Conversation, User

ELSEWHERE = (
    "open what belongs to another location: under Settings > People an admin says where you work"
)
_MESSAGE = "This queue works from the intake form and the consent: its transcripts stay closed."


def is_guarded(house: House, workspace_id: str, conversation_id: str) -> bool:
    """Return whether a conversation is, or last was, in a guarded queue."""
    # As last asked for: every page of staff asks whether they changed (web/access.py).
    policy = standards_cache(house).last_of(workspace_id).policy
    if not policy.guarded_queues:
        return False
    found = Conversation.objects.filter(id=conversation_id, workspace_id=workspace_id)
    return guards(policy, found.values_list("queue", flat=True).first() or "")


def refuse_closed(
    house: House, user: User, queue: str, assignee_id: str | None, contact_id: str
) -> None:
    """Raise Forbidden for a conversation of a closed queue or of another location's contact.

    Whoever has it was given it, and may (T14).
    """
    if assignee_id == user.id:
        return
    refuse_elsewhere(user, contact_id)
    if queue in _closed_to(house, user):
        raise Forbidden("open what only trained staff may", user.role)


def has_closed_queues(house: House, user: User) -> bool:
    """Return whether there are queues that a person may not open."""
    return bool(_closed_to(house, user))


def _closed_to(house: House, user: User) -> tuple[str, ...]:
    # As last asked for, likewise.
    policy = standards_cache(house).last_of(user.workspace_id).policy
    return sight.closed_to(user, policy.closed_queues)


def refuse_unless_open(house: House, user: User, conversation_id: str) -> None:
    """Raise NotFound for no conversation, and Forbidden for one that is closed to a person."""
    known = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    found = known.values_list("queue", "assignee_id", "contact_id").first()
    if found is None:
        raise NotFound("conversation", conversation_id)
    refuse_closed(house, user, *found)


def refuse_elsewhere(user: User, contact_id: str) -> None:
    """Raise Forbidden for a contact of a location that a person does not work for."""
    if not user.locations:
        return
    found = Contact.objects.filter(id=contact_id).values_list("location_id", flat=True).first()
    if not sight.is_at(user, found or ""):
        raise Forbidden(ELSEWHERE, user.role)


def refuse_guarded(house: House, workspace_id: str, conversation_id: str) -> None:
    """Raise Conflict for a conversation of a guarded queue."""
    if is_guarded(house, workspace_id, conversation_id):
        raise Conflict(_MESSAGE)
