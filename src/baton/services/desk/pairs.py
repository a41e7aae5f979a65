"""Two contacts in hand, to be merged or parted: their lanes held, and what is theirs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import models

from baton.core.errors import NotFound
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import (
    Address,
    Attachment,
    Booking,
    BookingChange,
    CheckIn,
    Consent,
    Contact,
    ContactSign,
    Conversation,
    DigestLine,
    Intake,
    Invoice,
    LegalHold,
    Membership,
    Message,
    OfferMade,
    Order,
    Payment,
    Return,
    ShortLink,
    Suppression,
    SurveyResponse,
    SystemContact,
    Task,
    User,
)
from baton.store.queries import turns
from baton.store.rows import ContactRow

BY_NAME: Mapping[str, "models.Manager[Any]"] = {
    "addresses": Address.objects,
    "conversations": Conversation.objects,
    "consents": Consent.objects,
    "suppressions": Suppression.objects,
    "digest_lines": DigestLine.objects,
    "known_as": SystemContact.objects,
    "bookings": Booking.objects,
    "booking_changes": BookingChange.objects,
    "memberships": Membership.objects,
    "check_ins": CheckIn.objects,
    "signs": ContactSign.objects,
    "invoices": Invoice.objects,
    "orders": Order.objects,
    "payments": Payment.objects,
    "returns": Return.objects,
    "offers": OfferMade.objects,
    "holds": LegalHold.objects,
}
"""What is noted one by one when it moves, to be given back; beside it, the runs."""
WITH_CONVERSATION: Sequence["models.Manager[Any]"] = (
    Message.objects,
    Intake.objects,
    Task.objects,
    Attachment.objects,
    SurveyResponse.objects,
)
WITH_MESSAGE: "models.Manager[Any]" = ShortLink.objects
"""What goes wherever its conversation goes, or its message. A variant seen (`Exposure`)
stays: it was drawn for the contact who saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two contacts whose lanes are held: the one who stays, and the other."""

    ledger: Ledger
    kept: ContactRow
    other: ContactRow


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge moved: ids by kind, runs with their conversation, and what was filled in."""

    ids: dict[str, list[str]] = {}
    runs: dict[str, str] = {}
    taken: tuple[str, ...] = ()
    marks: str = "{}"


@contextmanager
def held(house: House, user: User, contact_id: str, other_id: str) -> Iterator[Pair]:
    """Hold the lanes of two contacts, load both afresh, and write at the end."""
    known = Contact.objects.filter(workspace_id=user.workspace_id, id__in=[contact_id, other_id])
    lanes = dict(known.values_list("id", "lane"))
    for one in (contact_id, other_id):
        if one not in lanes:
            raise NotFound("contact", one)
        guarding.refuse_elsewhere(user, one)
    with house.engine.transaction():
        # In one order, so that two who hold lanes never wait for each other in a circle.
        for lane in sorted(lanes.values()):
            house.engine.lock_lane(user.workspace_id, lane)
        found = turns.list_lanes(sorted(lanes.values()))
        ledger = Ledger(house, house.clock.now())
        yield Pair(
            ledger=ledger,
            kept=found[lanes[contact_id]].contact,
            other=found[lanes[other_id]].contact,
        )
        ledger.ring(f"workspace:{user.workspace_id}", *(f"lane:{one}" for one in lanes.values()))
        ledger.flush()


def follow(conversations: Collection[str], contact: ContactRow) -> None:
    """Let conversations be in their contact's lane, and what belongs to them be that contact's."""
    Conversation.objects.filter(id__in=conversations).update(lane=contact.lane)
    for rows in WITH_CONVERSATION:
        rows.filter(conversation_id__in=conversations).update(contact_id=contact.id)
    messages = Message.objects.filter(conversation_id__in=conversations)
    WITH_MESSAGE.filter(message_id__in=messages.values("id")).update(contact_id=contact.id)


def newest_of(contact_id: str) -> str | None:
    found = Conversation.objects.filter(contact_id=contact_id).order_by("-id")
    return found.values_list("id", flat=True).first()


def ids_of(rows: "models.QuerySet[Any]") -> list[str]:
    return list(rows.order_by("id").values_list("id", flat=True))


def note(pair: Pair, user: User, action: str, **details: str) -> None:
    """Write into the audit trail of both what was done to them."""
    for one, beside in ((pair.kept, pair.other), (pair.other, pair.kept)):
        pair.ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            action,
            f"contact:{one.id}",
            beside=f"contact:{beside.id}",
            into=f"contact:{pair.kept.id}",
            **details,
        )
