"""Rows of contacts of some places, and of contacts of no place in particular (P10).

`places` are the ids of locations; none of them are all of them.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from baton.store.models import Contact, Conversation

Rows = TypeVar("Rows", bound=Model)
Places = tuple[str, ...]


def contacts_at(workspace_id: str, places: Places) -> "QuerySet[Contact]":
    """Return the contacts of a workspace who belong to some of its places."""
    ours = Contact.objects.filter(workspace_id=workspace_id)
    return ours.filter(location_id__in=["", *places]) if places else ours


def of_contacts(
    rows: "QuerySet[Rows]", workspace_id: str, places: Places, *, by: str = "contact_id"
) -> "QuerySet[Rows]":
    """Return those rows whose contact, named in the column `by`, belongs to some places."""
    if not places:
        return rows
    return rows.filter(**{f"{by}__in": contacts_at(workspace_id, places).values("id")})


def of_talks(
    rows: "QuerySet[Rows]", workspace_id: str, places: Places, *, by: str = "conversation_id"
) -> "QuerySet[Rows]":
    """Return those rows whose conversation, named in the column `by`, is with such a contact."""
    if not places:
        return rows
    talks = of_contacts(
        Conversation.objects.filter(workspace_id=workspace_id), workspace_id, places
    )
    return rows.filter(**{f"{by}__in": talks.values("id")})
