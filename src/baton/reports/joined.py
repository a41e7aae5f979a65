"""Rows with what happened to their contact besides: found by the database, row by row.

Each function returns a query whose annotations are columns like any other; who the contact is
stays behind.
"""

from datetime import timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Least

from baton.core.bookings import State
from baton.core.kpi_catalogue.outreach import STOPS_WITHIN
from baton.core.outreach import Outcome
from baton.core.survey import NPS, VISIT
from baton.store.models import (
    Booking,
    BookingChange,
    CheckIn,
    Consent,
    Conversation,
    Episode,
    Exposure,
    Handoff,
    Invoice,
    Membership,
    Message,
    OfferMade,
    Order,
    Return,
    Run,
    ShortLink,
    Slot,
    SurveyResponse,
    Task,
)

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MONTH, _QUARTER = timedelta(days=30), timedelta(days=90)
_SOON = timedelta(hours=72)  # CH12
_CAME_TO_NOTHING = (State.CANCELLED.value, State.RELEASED.value, State.WAITING.value)
_TAKEN = tuple(
    one.value for one in (State.HELD, State.BOOKED, State.CONFIRMED, State.ATTENDED, State.NO_SHOW)
)
_WENT = ("sent", "delivered", "read")
_WINBACK, _WINBACK_SPLIT = "winback", "winback_timing"
_Rows = QuerySet[Any]


def bookings() -> _Rows:
    """Return bookings, with whether somebody said that they will come, and soon booked again.

    One that `followed_bot` was made by the bot, or in the three days after it had closed a talk
    with its contact: what a short talk brings in is not lost with its close (RN6).
    """
    talks = Conversation.objects.filter(
        contact_id=OuterRef(OuterRef("contact_id")),
        first_message_at__lte=OuterRef(OuterRef("made_at")),
    )
    closed = Episode.objects.filter(
        ended_by="bot",
        ended_at__lte=OuterRef("made_at"),
        ended_at__gte=OuterRef("soon_before_at"),
        conversation_id__in=talks.values("id"),
    )
    said = BookingChange.objects.filter(booking_id=OuterRef("pk"), state=State.CONFIRMED.value)
    again = Booking.objects.filter(
        contact_id=OuterRef("contact_id"),
        made_at__gte=OuterRef("starts_at"),
        made_at__lte=OuterRef("week_on_at"),
    ).exclude(state__in=_CAME_TO_NOTHING)
    rows = Booking.objects.annotate(
        soon_before_at=_after("made_at", -_SOON), week_on_at=_after("starts_at", _WEEK)
    )
    return rows.annotate(
        followed_bot=Case(
            When(Q(made_by__startswith="flow:") | Exists(closed), then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
        was_confirmed=Exists(said),
        rebooked_at=_first(again, "made_at"),
        location_id=Coalesce(
            Subquery(Slot.objects.filter(id=OuterRef("slot_id")).values("location_id")[:1]),
            Value(""),
        ),
    )


def slots() -> _Rows:
    """Return slots, with how many of their places are taken, as we know it or are told it."""
    taken = Booking.objects.filter(slot_id=OuterRef("pk"), state__in=_TAKEN).order_by()
    places = taken.values("slot_id").annotate(taken=Sum("places")).values("taken")
    return Slot.objects.annotate(
        taken=Greatest(
            Coalesce(Subquery(places, output_field=IntegerField()), Value(0)), F("taken_there")
        )
    )


def invoices() -> _Rows:
    """Return invoices, with what was paid of them."""
    return Invoice.objects.annotate(
        paid_minor=Case(
            When(state="paid", then=F("amount_minor")),
            default=Value(0),
            output_field=IntegerField(),
        )
    )


def members() -> _Rows:
    """Return memberships, with when their contact first had use of them, and who served them.

    That is a booking or a visit, or the event that their onboarding aims at (ON22).

    Their channel is that of the last message that we began before they did, or in 30 days (ON10).
    """
    since: dict[str, Any] = {"contact_id": OuterRef("contact_id")}
    booked = Booking.objects.filter(made_at__gte=OuterRef("joined_at"), **since)
    booked = booked.exclude(state__in=_CAME_TO_NOTHING)
    came = CheckIn.objects.filter(at__gte=OuterRef("joined_at"), **since)
    rows = Membership.objects.annotate(
        first_value_at=Case(
            When(value_event="", then=_earlier(_first(booked, "made_at"), _first(came, "at"))),
            default=F("valued_at"),
            output_field=DateTimeField(),
        ),
        day_7_at=_after("joined_at", _WEEK),
        day_30_at=_after("joined_at", _MONTH),
        day_90_at=_after("joined_at", _QUARTER),
    )
    offered = OfferMade.objects.filter(at__gte=OuterRef("joined_at"), **since)
    wrote = Message.objects.filter(
        is_unprompted=True,
        delivery__in=_WENT,
        created_at__gte=OuterRef("joined_at"),
        created_at__lte=Coalesce(OuterRef("first_value_at"), OuterRef("day_30_at")),
        **since,
    )
    return rows.annotate(
        channel=Coalesce(Subquery(wrote.order_by("-created_at").values("channel")[:1]), Value("")),
        value_after=_between("joined_at", "first_value_at"),
        day_30_on=Cast("day_30_at", DateField()),
        day_90_on=Cast("day_90_at", DateField()),
        had_offer=Exists(offered.filter(at__lte=OuterRef("day_30_at"))),
        was_served=Exists(Conversation.objects.filter(opened_by="contact", **since)),
        had_person=Exists(_handoffs_of("contact_id")),
    )


def surveys() -> _Rows:
    """Return first questions how a visit was and whether somebody recommends us, and what followed.

    Questions how an answer helped are many more, and are counted with their episodes.
    """
    asked = SurveyResponse.objects.filter(follows_id=None, kind__in=(NPS.kind, VISIT.kind))
    rows = asked.annotate(
        channel=_of_conversation("channel"),
        day_1_at=_after("answered_at", _DAY),
        day_30_at=_after("answered_at", _MONTH),
        balance=Case(
            When(kind=VISIT.kind, then=None),
            When(rating__gte=9, then=Value(100.0)),
            When(rating__gte=7, then=Value(0.0)),
            When(rating__isnull=False, then=Value(-100.0)),
            default=None,
            output_field=FloatField(),
        ),
        reached_at=_first(
            Task.objects.filter(
                contact_id=OuterRef("contact_id"),
                outcome=Outcome.REACHED.value,
                done_at__gte=OuterRef("answered_at"),
            ),
            "done_at",
        ),
    )
    again = SurveyResponse.objects.filter(follows_id=OuterRef("pk"), answered_at__isnull=False)
    later = SurveyResponse.objects.filter(
        contact_id=OuterRef("contact_id"), kind="csat", answered_at__gte=OuterRef("reached_at")
    )
    joined = Membership.objects.filter(contact_id=OuterRef("contact_id"))
    return rows.annotate(
        reached_after=_between("answered_at", "reached_at"),
        again_at=Subquery(again.order_by("-answered_at").values("answered_at")[:1]),
        again_rating=Subquery(again.order_by("-answered_at").values("rating")[:1]),
        csat_since=Subquery(later.order_by("answered_at").values("score")[:1]),
        has_joined=Exists(joined),
        is_member=Exists(joined.exclude(state="ended")),
    )


def returns() -> _Rows:
    """Return returns, with how long the money took, and whether no person had a hand in it (X3).

    Only our own store lets money go unattended.
    """
    own = Order.objects.filter(id=OuterRef("order_id"), system_id="")
    alone = Q(outcome="refused") | Q(refund_minor=0) | (Q(is_unattended=True) & Exists(own))
    return Return.objects.annotate(
        refund_after=_between("asked_at", "refunded_at"),
        is_untouched=Case(
            When(Q(decided_by="rules") & alone, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )


def links() -> _Rows:
    """Return short links, with the flow and the channel of their message."""
    message = Message.objects.filter(id=OuterRef("message_id"))
    return ShortLink.objects.annotate(
        flow=Subquery(message.values("flow")[:1]),
        channel=Subquery(message.values("channel")[:1]),
        soon_at=_after("created_at", _SOON),
    )


def outreach() -> _Rows:
    """Return messages that we began and that went out, with when their contact soon said no."""
    went = Message.objects.filter(is_unprompted=True, delivery__in=_WENT)
    stopped = Consent.objects.filter(
        contact_id=OuterRef("contact_id"),
        is_granted=False,
        at__gte=OuterRef("created_at"),
        at__lte=OuterRef("soon_at"),
    )
    began = went.annotate(soon_at=_after("created_at", STOPS_WITHIN))
    return began.annotate(stopped_at=_first(stopped, "at"))


def runs() -> _Rows:
    """Return runs of flows that did something: one in the shadow says and does nothing."""
    return Run.objects.filter(is_shadow=False)


def rounds() -> _Rows:
    """Return who was dealt a variant of winning back, and what came of it."""
    since: dict[str, Any] = {"contact_id": OuterRef("contact_id")}
    sent = Message.objects.filter(
        is_unprompted=True,
        purpose="promotional",
        delivery__in=_WENT,
        created_at__gte=OuterRef("at"),
        **since,
    )
    booked = Booking.objects.filter(made_at__gte=OuterRef("at"), **since)
    came = CheckIn.objects.filter(at__gte=OuterRef("at"), **since)
    rows = Exposure.objects.filter(flow=_WINBACK, split=_WINBACK_SPLIT).annotate(
        first_sent_at=_first(sent, "created_at"),
        back_at=_earlier(_first(booked, "made_at"), _first(came, "at")),
        day_30_at=_after("at", _MONTH),
        # as a matter tells it, so that one word narrows both
        arm=Concat("flow", Value("."), "split", Value("="), "variant"),
    )
    taken = _handoffs_of("contact_id").filter(
        offered_at__gte=OuterRef("at"), offered_at__lte=OuterRef("back_at")
    )
    offers = OfferMade.objects.filter(
        contact_id=OuterRef("contact_id"), at__gte=OuterRef("at"), at__lte=OuterRef("day_30_at")
    ).order_by()
    cost = offers.values("contact_id").annotate(cost=Sum("cost_minor")).values("cost")
    worth = offers.values("contact_id").annotate(worth=Max("worth_minor")).values("worth")
    return rows.annotate(
        soon_at=_after("first_sent_at", _SOON),
        had_person=Exists(taken),
        offers_minor=Subquery(cost, output_field=IntegerField()),
        worth_minor=Subquery(worth, output_field=IntegerField()),
    ).annotate(
        won_minor=Case(
            When(back_at__lte=F("day_30_at"), then=F("worth_minor")),
            default=Value(0),
            output_field=IntegerField(),
        ),
    )


def _handoffs_of(contact: str) -> _Rows:
    theirs = Conversation.objects.filter(contact_id=OuterRef(OuterRef(contact)))
    return Handoff.objects.filter(conversation_id__in=theirs.values("id"))


def _of_conversation(column: str) -> Subquery:
    found = Conversation.objects.filter(id=OuterRef("conversation_id"))
    return Subquery(found.values(column)[:1])


def _first(rows: _Rows, column: str) -> Subquery:
    return Subquery(rows.order_by(column).values(column)[:1], output_field=DateTimeField())


def _earlier(one: Subquery, other: Subquery) -> Coalesce:
    """Return the earlier of two moments; the only one where one is unknown."""
    return Coalesce(Least(one, other), one, other)


def _after(column: str, span: timedelta) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(F(column) + span, output_field=DateTimeField())


def _between(begin: str, end: str) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(F(end) - F(begin), output_field=DurationField())
