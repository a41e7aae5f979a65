"""Bookings of other systems on the staff's calendar, gathered by what and when.

Of most systems no times are known but those that somebody booked. Where a system tells of its
times too, they stand for their bookings, with so many places.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db.models import Max, Min, QuerySet, Sum

from baton.core import bookings
from baton.store.models import Booking, Slot

Moment: TypeAlias = tuple[str, datetime]
"""An activity, and when it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All who come to something at a time; `booking_id` is one of them, by which it is found."""

    booking_id: str
    activity_id: str
    starts_at: datetime
    ends_at: datetime
    taken: int


def list_gathered(
    workspace_id: str, since: datetime, until: datetime, *, most: int
) -> tuple[Gathered, ...]:
    """Return what somebody comes to in other systems in a span, the first one first."""
    taking = _mirrors(workspace_id).filter(starts_at__gte=since, starts_at__lt=until)
    found = (
        taking.values("activity_id", "starts_at")
        .annotate(first=Min("id"), ends=Max("ends_at"), taken=Sum("places"))
        .order_by("starts_at", "first")[:most]
    )
    return tuple(
        Gathered(
            booking_id=one["first"],
            activity_id=one["activity_id"],
            starts_at=one["starts_at"],
            ends_at=one["ends"],
            taken=one["taken"],
        )
        for one in found
    )


def counted(slots: Iterable[Slot]) -> Mapping[Moment, int]:
    """Return how many places are booked at the times of other systems."""
    told = [one for one in slots if one.system_id]
    if not told:
        return {}
    activities, starts = {one.activity_id for one in told}, {one.starts_at for one in told}
    mirrors = _mirrors(told[0].workspace_id)
    rows = mirrors.filter(activity_id__in=activities, starts_at__in=starts)
    summed = rows.values_list("activity_id", "starts_at").annotate(Sum("places"))
    return {(activity_id, starts_at): places for activity_id, starts_at, places in summed}


def same_time(workspace_id: str, activity_id: str, starts_at: datetime) -> "QuerySet[Booking]":
    """Return the bookings of other systems for something at a time, however they stand."""
    kept = Booking.objects.filter(workspace_id=workspace_id).exclude(system_id="")
    return kept.filter(activity_id=activity_id, starts_at=starts_at)


def _mirrors(workspace_id: str) -> "QuerySet[Booking]":
    states = [one.value for one in bookings.TAKING]
    kept = Booking.objects.filter(workspace_id=workspace_id, state__in=states, slot_id=None)
    return kept.exclude(system_id="")
