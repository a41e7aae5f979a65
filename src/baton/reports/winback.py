"""What winning back brought: who came back, at what cost, and who would have come anyway.

A split deals every contact at risk a variant, one of which sends nothing (`HELD_OUT`). Only
against those can anybody say what the messages did (CH22): of the others some would have
returned without them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from baton.core.billing import PaymentState
from baton.core.orders import OrderState
from baton.reports import intervals
from baton.reports.intervals import Interval
from baton.store.models import (
    Booking,
    CheckIn,
    ChurnScore,
    Conversation,
    Exposure,
    Handoff,
    Membership,
    Message,
    OfferMade,
    Order,
    Payment,
)
from baton.store.queries import located

FLOW = "winback"
SPLIT = "winback_timing"
HELD_OUT = "nothing"
SOON = timedelta(hours=72)
"""Reactivations are counted within it, from the first message on (CH12)."""
LATER = timedelta(days=30)
GOOD_SHARE = 0.20
"""A recovered contact may cost this share of what they are worth in a year (CH17)."""
ENOUGH = 30
"""Contacts on each side below which a difference says nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One contact of a round: what they were dealt, and what came of it."""

    contact_id: str
    variant: str
    at: datetime
    first_at: datetime | None
    back_at: datetime | None
    offers: int
    value_minor: int
    paid_minor: int = 0
    had_person: bool = False

    @property
    def is_back(self) -> bool:
        """Whether they came or booked within 30 days."""
        return self.back_at is not None and self.back_at - self.at <= LATER

    @property
    def is_back_soon(self) -> bool:
        """Whether they did within 72 hours of the first message."""
        back, first = self.back_at, self.first_at
        return back is not None and first is not None and back - first <= SOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A variant, counted; `share` is that of those who came back within 30 days."""

    variant: str
    tried: int
    soon: int
    back: int
    offers: int
    paid_minor: int = 0
    by_people: int = 0

    @property
    def share(self) -> float | None:
        """Who came back, of those who were tried."""
        return self.back / self.tried if self.tried else None

    @property
    def interval(self) -> Interval:
        """Where the true share lies."""
        return intervals.wilson(self.back, self.tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Winback:
    """The numbers of a window; money in minor units.

    Attributes:
        sent, held: who got messages, and who got nothing.
        cost_minor: what the offers cost together.
        extra: how many more came back than would have without a message, as the held-out
            contacts show; None while either side is too small to say.
        extra_minor: what they paid within 30 days beyond what they would have paid without a
            message, by the same comparison.
        value_minor: what a contact of these is worth in a year, on the average.
    """

    lines: tuple[Line, ...]
    sent: Line
    held: Line
    cost_minor: int
    extra: float | None
    extra_minor: int | None
    value_minor: int

    @property
    def by_people(self) -> float | None:
        """The share of those who came back after a message whom a person had (CH15)."""
        return self.sent.by_people / self.sent.back if self.sent.back else None

    @property
    def cost_per_recovered(self) -> int | None:
        """What one more contact who came back cost; None where nobody did, or can tell."""
        if self.extra is None or self.extra <= 0:
            return None
        return round(self.cost_minor / self.extra)

    @property
    def break_even(self) -> float | None:
        """The share of contacts that has to come back for the offers to pay for themselves."""
        if not self.sent.tried or not self.value_minor:
            return None
        return self.cost_minor / (self.sent.tried * self.value_minor)

    @property
    def is_accepted(self) -> bool | None:
        """Whether it pays: a recovered contact costs below a fifth of a year (CH17)."""
        if self.extra is None or not self.value_minor:
            return None
        cost = self.cost_per_recovered
        return cost is not None and cost < GOOD_SHARE * self.value_minor


def count(tried: Iterable[Tried], *, offer_cost_minor: int) -> Winback:
    """Return the numbers of some contacts who were tried."""
    found = list(tried)
    variants = sorted({one.variant for one in found})
    sent = _line("", [one for one in found if one.variant != HELD_OUT])
    held = _line(HELD_OUT, [one for one in found if one.variant == HELD_OUT])
    is_told = min(sent.tried, held.tried) >= ENOUGH
    extra = sent.back - sent.tried * held.back / held.tried if is_told else None
    alone = sent.tried * held.paid_minor / held.tried if is_told else 0.0
    worth = [one.value_minor for one in found if one.value_minor]
    return Winback(
        lines=tuple(
            _line(variant, [one for one in found if one.variant == variant]) for variant in variants
        ),
        sent=sent,
        held=held,
        cost_minor=sum(one.offers for one in found) * offer_cost_minor,
        extra=extra,
        extra_minor=round(sent.paid_minor - alone) if is_told else None,
        value_minor=round(sum(worth) / len(worth)) if worth else 0,
    )


def list_tried(workspace_id: str, *, since: datetime) -> tuple[Tried, ...]:
    """Return who came into a round since a moment, the newest first."""
    dealt = Exposure.objects.filter(
        workspace_id=workspace_id, flow=FLOW, split=SPLIT, at__gte=since
    )
    rows = list(dealt.order_by("-at", "-id"))
    ids = [one.contact_id for one in rows]
    first, back = _first_messages(ids, since), _returns(ids, since)
    offers = _offers(ids, since)
    paid, had = _payments(ids, since), _with_people(ids, since)
    worth = dict(ChurnScore.objects.filter(id__in=ids).values_list("id", "value_minor"))
    return tuple(
        Tried(
            contact_id=one.contact_id,
            variant=one.variant,
            at=one.at,
            first_at=_next(first.get(one.contact_id, ()), one.at),
            back_at=_next(back.get(one.contact_id, ()), one.at),
            offers=sum(at >= one.at for at in offers.get(one.contact_id, ())),
            value_minor=worth.get(one.contact_id, 0),
            paid_minor=sum(
                amount
                for at, amount in paid.get(one.contact_id, ())
                if one.at <= at <= one.at + LATER
            ),
            had_person=any(one.at <= at <= one.at + LATER for at in had.get(one.contact_id, ())),
        )
        for one in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """Who left in a month: of `members` at its begin, `left` were none any more at its end."""

    members: int
    left: int

    @property
    def share(self) -> float | None:
        """The churn rate of the month; None without members."""
        return self.left / self.members if self.members else None

    @property
    def interval(self) -> Interval:
        """Where the true rate lies."""
        return intervals.wilson(self.left, self.members)


def churn_of(workspace_id: str, *, begins: datetime, places: tuple[str, ...] = ()) -> Churn:
    """Return who left in the 30 days from a moment on, of some places or of all."""
    every = Membership.objects.filter(workspace_id=workspace_id, joined_at__lt=begins)
    first, last = begins.date(), (begins + LATER).date()
    ours = located.of_contacts(every, workspace_id, places)
    there = ours.filter(~Q(state="ended") | Q(ends_on__gte=first))
    left = there.filter(state="ended", ends_on__lt=last)
    return Churn(members=there.count(), left=left.count())


_Moments = Mapping[str, list[datetime]]


def _next(moments: Iterable[datetime], after: datetime) -> datetime | None:
    return min((at for at in moments if at >= after), default=None)


def _first_messages(contact_ids: list[str], since: datetime) -> _Moments:
    sent = Message.objects.filter(
        contact_id__in=contact_ids,
        created_at__gte=since,
        is_unprompted=True,
        purpose="promotional",
        delivery__in=["sent", "delivered", "read"],
    )
    return _by_contact(sent.values_list("contact_id", "created_at"))


def _returns(contact_ids: list[str], since: datetime) -> _Moments:
    """Return when contacts booked or came: either is what winning back is for."""
    booked = Booking.objects.filter(contact_id__in=contact_ids, made_at__gte=since)
    came = CheckIn.objects.filter(contact_id__in=contact_ids, at__gte=since)
    return _by_contact(
        [
            *booked.values_list("contact_id", "made_at"),
            *came.values_list("contact_id", "at"),
        ]
    )


def _offers(contact_ids: list[str], since: datetime) -> _Moments:
    made = OfferMade.objects.filter(contact_id__in=contact_ids, flow=FLOW, at__gte=since)
    return _by_contact(made.values_list("contact_id", "at"))


def _payments(contact_ids: list[str], since: datetime) -> Mapping[str, list[tuple[datetime, int]]]:
    """Return what contacts paid and bought, in minor units."""
    paid = Payment.objects.filter(
        contact_id__in=contact_ids, at__gte=since, state=PaymentState.SUCCEEDED.value
    )
    bought = Order.objects.filter(contact_id__in=contact_ids, placed_at__gte=since).exclude(
        state=OrderState.CANCELLED.value
    )
    found: dict[str, list[tuple[datetime, int]]] = {}
    for contact_id, at, amount in (
        *paid.values_list("contact_id", "at", "amount_minor"),
        *bought.values_list("contact_id", "placed_at", "total_minor"),
    ):
        found.setdefault(contact_id, []).append((at, amount))
    return found


def _with_people(contact_ids: list[str], since: datetime) -> _Moments:
    talks = dict(
        Conversation.objects.filter(contact_id__in=contact_ids).values_list("id", "contact_id")
    )
    had = Handoff.objects.filter(conversation_id__in=talks, offered_at__gte=since)
    return _by_contact(
        (talks[talk], at) for talk, at in had.values_list("conversation_id", "offered_at")
    )


def _by_contact(rows: Iterable[tuple[str, datetime]]) -> _Moments:
    found: dict[str, list[datetime]] = {}
    for contact_id, at in rows:
        found.setdefault(contact_id, []).append(at)
    return found


def _line(variant: str, tried: list[Tried]) -> Line:
    return Line(
        variant=variant,
        tried=len(tried),
        soon=sum(one.is_back_soon for one in tried),
        back=sum(one.is_back for one in tried),
        offers=sum(one.offers for one in tried),
        paid_minor=sum(one.paid_minor for one in tried),
        by_people=sum(one.is_back and one.had_person for one in tried),
    )
