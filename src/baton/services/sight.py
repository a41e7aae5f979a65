"""What is open to a person: by the location of a contact, by the queue of a conversation (P10).

Lists, files and counts are narrowed by this; what an address names is refused by `desk.belonging`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from baton.core.errors import Forbidden
from baton.core.roles import Role
from baton.services.house import House
from baton.store.models import Contact, Conversation, Location, Turn, User, Workspace
from baton.store.queries import located

Rows = TypeVar("Rows", bound=Model)

_LEADING = (Role.MANAGER.value, Role.OPERATIONS.value)


def places_of(user: User) -> tuple[str, ...]:
    """Return the places that all a person reads is narrowed to, sums too; none for no bound."""
    return tuple(user.locations)


def places_named(user: User) -> tuple[str, ...]:
    """Return what the places are called that a person's numbers are of; none for all of them."""
    if not user.locations:
        return ()
    ours = Location.objects.filter(workspace_id=user.workspace_id, id__in=user.locations)
    return tuple(ours.order_by("name").values_list("name", flat=True))


WHOLE = "read or keep figures of all places: under Settings > People an admin says where you work"


def refuse_bound(user: User) -> None:
    """Raise Forbidden for who works for some places alone: this is of the whole business."""
    if user.locations:
        raise Forbidden(WHOLE, user.role)


def may_give(user: User, places: Iterable[str]) -> bool:
    """Return whether somebody may open so much to others: no more than is open to them.

    No place is all of them.
    """
    asked = frozenset(places)
    return not user.locations or (bool(asked) and asked <= frozenset(user.locations))


def is_at(user: User, location_id: str) -> bool:
    """Return whether a contact's location is one that a person works for; "" is everybody's."""
    return not user.locations or not location_id or location_id in user.locations


def closed_to(user: User, closed: str) -> tuple[str, ...]:
    """Return which of closed queues a person may not open: trained staff do (T14).

    Who leads opens all, and who serves a queue opens its.
    """
    if user.role in _LEADING:
        return ()
    return tuple(name for name in closed.split(",") if name and name not in user.skills)


def closed_queues_of(house: House, workspace_id: str) -> str:
    """Return the closed queues of a workspace as its policy names them."""
    kept = Workspace.objects.filter(id=workspace_id).values_list("pack", "policy").first()
    whole = {**house.pack_of(kept[0]).policy, **kept[1]} if kept else {}
    return str(whole.get("closed_queues", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What decides to whom a conversation, or what belongs to a contact, is open."""

    queue: str
    assignee_id: str | None
    location_id: str
    closed: str


def is_open(user: User, matter: Matter) -> bool:
    """Return whether something is open to a person; who has it was given it, and may."""
    if matter.assignee_id == user.id:
        return True
    return is_at(user, matter.location_id) and matter.queue not in closed_to(user, matter.closed)


def met_by(user: User, rows: "QuerySet[Rows]", *, by: str = "contact_id") -> "QuerySet[Rows]":
    """Return those rows whose contact, named in the column `by`, belongs where a person works."""
    return located.of_contacts(rows, user.workspace_id, places_of(user), by=by)


def heard_by(
    house: House, user: User, rows: "QuerySet[Rows]", *, by: str = "conversation_id"
) -> "QuerySet[Rows]":
    """Return those rows whose conversation, named in the column `by`, is open to a person.

    Whoever has it was given it, and may (T14).
    """
    leads = user.role in _LEADING
    closed = () if leads else closed_to(user, closed_queues_of(house, user.workspace_id))
    if not (closed or user.locations):
        return rows
    is_open = ~Q(queue__in=closed) if closed else Q()
    if user.locations:
        is_open &= Q(contact_id__in=_met(user).values("id"))
    mine = Conversation.objects.filter(workspace_id=user.workspace_id)
    found = mine.filter(is_open | Q(assignee_id=user.id))
    return rows.filter(**{f"{by}__in": found.values("id")})


def learned_by(house: House, user: User, rows: "QuerySet[Rows]") -> "QuerySet[Rows]":
    """Return those rows whose turn, in the column `turn_id`, is open to a person, or is none."""
    turns = Turn.objects.filter(workspace_id=user.workspace_id)
    heard = heard_by(house, user, turns)
    return (
        rows if heard is turns else rows.filter(Q(turn_id="") | Q(turn_id__in=heard.values("id")))
    )


def met_among(user: User, contact_ids: Iterable[str]) -> frozenset[str]:
    """Return which of some contacts belong where a person works."""
    asked = frozenset(contact_ids)
    if not user.locations:
        return asked
    return frozenset(_met(user).filter(id__in=asked).values_list("id", flat=True))


def heard_among(house: House, user: User, conversation_ids: Iterable[str]) -> frozenset[str]:
    """Return which of some conversations are open to a person."""
    found = Conversation.objects.filter(id__in=frozenset(conversation_ids))
    return frozenset(heard_by(house, user, found, by="id").values_list("id", flat=True))


def _met(user: User) -> "QuerySet[Contact]":
    return located.contacts_at(user.workspace_id, places_of(user))
