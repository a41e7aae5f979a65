"""What somebody booked, came to, belonged to and scored, as lines of their timeline."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.store.models import (
    Activity,
    AuditEntry,
    Booking,
    BookingChange,
    CheckIn,
    Membership,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to a contact outside of their conversations.

    Attributes:
        kind: booking, rating, visit, membership, score, order, parcel, refund or return.
        title: the activity, the plan, or the number of the order or the return.
        booking_id, order_id, return_id: what it is about, "" for none.
        state, reason: how that stood from then on, and why; of a parcel, where it was seen.
        starts_at: the time that was booked; `is_moved` where it replaced another one.
        actor: who made it so, as the audit trail names them.
        points: of a score, 0 to 100, or of a rating, 1 to 5.
        signs: what the score came from, words of `core.churn.Sign`.
        is_at_risk: whether the contact counted as about to leave from then on.
        amount_minor, currency: what was bought or paid back for.
    """

    at: datetime
    kind: str
    title: str = ""
    booking_id: str = ""
    order_id: str = ""
    return_id: str = ""
    state: str = ""
    reason: str = ""
    starts_at: datetime | None = None
    is_moved: bool = False
    actor: str = ""
    points: int = 0
    signs: tuple[str, ...] = ()
    is_at_risk: bool = False
    amount_minor: int = 0
    currency: str = ""


def list_of(workspace_id: str, contact_id: str, *, limit: int) -> tuple[Happening, ...]:
    """Return the newest of each kind, in no order."""
    return (
        *_bookings(contact_id, limit),
        *_visits(contact_id, limit),
        *_memberships(workspace_id, contact_id, limit),
        *_scores(workspace_id, contact_id, limit),
    )


def _bookings(contact_id: str, limit: int) -> Iterator[Happening]:
    changes = list(BookingChange.objects.filter(contact_id=contact_id).order_by("-id")[:limit])
    rows = Booking.objects.filter(contact_id=contact_id).order_by("-id")[:limit]
    booked = {one.id: one for one in rows}
    missing = {one.booking_id for one in changes} - set(booked)
    booked |= Booking.objects.in_bulk(missing)
    names = dict(
        Activity.objects.filter(id__in={one.activity_id for one in booked.values()}).values_list(
            "id", "name"
        )
    )
    for change in changes:
        if (row := booked.get(change.booking_id)) is None:
            continue
        yield Happening(
            at=change.at,
            kind="booking",
            title=names.get(row.activity_id, ""),
            booking_id=row.id,
            state=change.state,
            reason=change.reason,
            starts_at=change.starts_at,
            is_moved=bool(change.slot_before_id) and change.slot_before_id != change.slot_id,
            actor=change.actor.partition(":")[0],
        )
    for row in booked.values():
        if row.rating is not None and row.rated_at is not None:
            yield Happening(
                at=row.rated_at,
                kind="rating",
                title=names.get(row.activity_id, ""),
                booking_id=row.id,
                points=row.rating,
            )


def _visits(contact_id: str, limit: int) -> Iterator[Happening]:
    came = CheckIn.objects.filter(contact_id=contact_id).order_by("-at")[:limit]
    for at, booking_id in came.values_list("at", "booking_id"):
        yield Happening(at=at, kind="visit", booking_id=booking_id or "")


def _memberships(workspace_id: str, contact_id: str, limit: int) -> Iterator[Happening]:
    rows = {f"membership:{one.id}": one for one in Membership.objects.filter(contact_id=contact_id)}
    for row in rows.values():
        yield Happening(at=row.joined_at, kind="membership", title=row.plan, state="active")
    told = AuditEntry.objects.filter(
        workspace_id=workspace_id, subject__in=rows, action="membership_changed"
    )
    for one in told.order_by("-seq")[:limit]:
        row = rows[one.subject]
        if one.at != row.joined_at:  # that it began is told already
            details = json.loads(one.details)
            yield Happening(
                at=one.at,
                kind="membership",
                title=row.plan,
                state=str(details.get("state", "")),
                actor=one.actor.partition(":")[0],
            )


def _scores(workspace_id: str, contact_id: str, limit: int) -> Iterator[Happening]:
    told = AuditEntry.objects.filter(
        workspace_id=workspace_id, subject=f"contact:{contact_id}", action="churn_scored"
    )
    for one in told.order_by("-seq")[:limit]:
        details = json.loads(one.details)
        yield Happening(
            at=one.at,
            kind="score",
            points=int(details.get("points", 0)),
            signs=tuple(filter(None, str(details.get("signs", "")).split(", "))),
            is_at_risk="at_risk" in str(details.get("tags", "")).split(", "),
        )
