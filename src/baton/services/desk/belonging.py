"""What an address names, and to whom it belongs: closed with its contact or its conversation (P10).

Asked at the door of every page and deed, so that none can forget it. Lists narrow themselves.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Manager

from baton.core.errors import Forbidden
from baton.services import sight
from baton.services.desk import guarding
from baton.services.house import House
from baton.store.models import (
    Approval,
    Booking,
    Contact,
    Conversation,
    Escalation,
    Failure,
    Invoice,
    Membership,
    Order,
    Return,
    Review,
    Slot,
    Task,
    Turn,
    User,
)
from baton.store.models import ArticleSuggestion as Suggestion

OF_CONVERSATIONS: Mapping[str, "Manager[Any]"] = {
    "approval_id": Approval.objects,
    "escalation_id": Escalation.objects,
    "failure_id": Failure.objects,
    "review_id": Review.objects,
    "suggestion_id": Suggestion.objects,
    "turn_id": Turn.objects,
}
OF_CONTACTS: Mapping[str, "Manager[Any]"] = {
    "booking_id": Booking.objects,
    "invoice_id": Invoice.objects,
    "membership_id": Membership.objects,
    "order_id": Order.objects,
    "return_id": Return.objects,
    "task_id": Task.objects,
}
"""Under which name an address has the id of what belongs to somebody. A file, a photo and a
merge stand in addresses beside what they belong to."""


def refuse_named(house: House, user: User, named: Mapping[str, object]) -> None:
    """Raise Forbidden where an address names what is closed to a person; unknown ids are let by.

    Whether there is such a thing at all, the page says.
    """
    if not (user.locations or guarding.has_closed_queues(house, user)):
        return
    for name, one_id in named.items():
        _refuse_one(house, user, name, one_id)


def _refuse_one(house: House, user: User, name: str, one_id: object) -> None:
    if name == "conversation_id":
        _refuse_talk(house, user, str(one_id))
    elif name in OF_CONVERSATIONS:
        rows = OF_CONVERSATIONS[name].filter(id=one_id)
        for talk in rows.values_list("conversation_id", flat=True):
            _refuse_talk(house, user, talk)
    elif user.locations and name in OF_CONTACTS:
        rows = OF_CONTACTS[name].filter(id=one_id)
        _refuse_places(user, rows.values("contact_id"))
    elif user.locations and name == "contact_id":
        _refuse_places(user, [one_id])
    elif user.locations and name == "slot_id":
        mine = Slot.objects.filter(id=one_id, workspace_id=user.workspace_id)
        where = mine.values_list("location_id", flat=True).first()
        _refuse_place(user, where or "")


def _refuse_talk(house: House, user: User, conversation_id: str) -> None:
    """Refuse a conversation that is closed, unless it was given to the very person (T14)."""
    mine = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    found = mine.values_list("queue", "assignee_id", "contact_id").first()
    if found is not None:
        guarding.refuse_closed(house, user, *found)


def _refuse_places(user: User, contact_ids: Any) -> None:
    found = Contact.objects.filter(id__in=contact_ids, workspace_id=user.workspace_id)
    for where in found.values_list("location_id", flat=True):
        _refuse_place(user, where)


def _refuse_place(user: User, location_id: str) -> None:
    if not sight.is_at(user, location_id):
        raise Forbidden(guarding.ELSEWHERE, user.role)
