"""What was bought, how it comes, and what of that is news.

A parcel's scans come from carriers late, twice, out of order and not at all. So nothing here
depends on the order in which they came: how a parcel stands follows from the set of its scans
alone, what is told of it is what holds now, and each thing is told once, under its key.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class OrderState(StrEnum):
    """How an order stands, in the order in which it goes."""

    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ScanState(StrEnum):
    """What a carrier's scan says of a parcel."""

    LABELLED = "labelled"  # announced to the carrier, not handed over yet
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    FAILED = "failed"  # the courier was there, and could not hand it over
    RETURNING = "returning"  # on its way back to the sender
    LOST = "lost"  # lost, damaged, held: the carrier says that it does not come as it is
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Told(StrEnum):
    """What flows hear of an order."""

    PLACED = "order_placed"
    PACKED = "order_packed"
    CANCELLED = "order_cancelled"
    SHIPPED = "order_shipped"
    OUT_FOR_DELIVERY = "order_out_for_delivery"
    READY_FOR_PICKUP = "order_ready_for_pickup"
    PART_DELIVERED = "order_part_delivered"
    DELIVERED = "order_delivered"
    FAILED = "delivery_failed"
    EXCEPTION = "delivery_exception"


class Overdue(StrEnum):
    """What is amiss with a parcel of which its carrier says nothing amiss."""

    LATE = "late"
    STUCK = "stuck"


ATTEMPT_APART = timedelta(hours=6)
"""Scans of a failure so close together are one attempt: couriers come once a day, and carriers
write the same attempt down more than once."""

OUT_LASTS = timedelta(hours=18)
"""How long "arrives today" is true: a tour ends on its day."""

NEWS_LASTS = timedelta(days=2)
"""How long after a scan it still is news; an import of last month tells nobody anything."""

LATE_AFTER = timedelta(days=1)
"""How long after the day that was promised a parcel is late; carriers miss it by hours."""

STUCK_AFTER = timedelta(days=5)
"""How long without any scan a parcel is stuck: longer than a weekend with a holiday."""

_MOVING = frozenset({ScanState.IN_TRANSIT, ScanState.LABELLED})
_ON_ITS_WAY = frozenset(
    {
        ScanState.IN_TRANSIT,
        ScanState.OUT_FOR_DELIVERY,
        ScanState.READY_FOR_PICKUP,
        ScanState.FAILED,
    }
)
_AMISS = frozenset({ScanState.RETURNING, ScanState.LOST})
_RANK = {state: rank for rank, state in enumerate(ScanState)}
_GOES = (OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A carrier saw a parcel: when, how it stood, and where; `words` are the carrier's own.

    `latitude` and `longitude` are in degrees, None where the carrier names none.
    """

    at: datetime
    state: ScanState
    place: str = ""
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A delivery that failed: when it was first told, and in how many scans."""

    at: datetime
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a parcel stands, by all that is known of it; None before its first scan.

    `at` is the moment of what says so, `reports` in how many scans it is said in a row.
    """

    state: ScanState | None = None
    at: datetime | None = None
    reports: int = 0
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that flows hear: `key` names it among all that is told of the parcel.

    `attempt` counts failed deliveries, and `reports` in how many scans this was said;
    `problem` is the state that is amiss or a word of `Overdue`, "" for none.
    """

    event: Told
    key: str
    at: datetime
    attempt: int = 0
    reports: int = 0
    problem: str = ""


def standing_of(scans: Iterable[Scan]) -> Standing:
    """Return how a parcel stands: what was scanned last, but delivered stays delivered.

    The same scans in any order, and any of them twice, give the same standing.
    """
    known = sorted({(scan.at, _RANK[scan.state]): scan for scan in scans}.items())
    line = [scan for _key, scan in known]
    if not line:
        return Standing()
    delivered = next((scan for scan in line if scan.state is ScanState.DELIVERED), None)
    last = delivered or line[-1]
    before = [scan for scan in line if scan.at <= last.at]
    return Standing(
        state=last.state,
        at=last.at,
        reports=_in_a_row(before, last.state),
        attempts=_attempts(scan for scan in before if scan.state is ScanState.FAILED),
    )


def news_of(
    standing: Standing, told: Collection[str], *, is_last: bool, now: datetime
) -> tuple[News, ...]:
    """Return what is to be told of a parcel: what holds now, is fresh, and was not told.

    Args:
        standing: how the parcel stands.
        told: the keys of what was told of it already.
        is_last: whether all other parcels of the order are delivered.
        now: the moment.
    """
    found = [*_failures(standing), *_present(standing, is_last=is_last)]
    return tuple(one for one in found if one.key not in told and now - one.at <= _lasts(one.event))


def overdue_of(
    standing: Standing, told: Collection[str], *, expected_at: datetime | None, now: datetime
) -> tuple[News, ...]:
    """Return that a parcel is late, or that nothing was heard of it, once each."""
    found = []
    if expected_at and _is_open(standing) and now >= expected_at + LATE_AFTER:
        key = f"late:{expected_at:%Y-%m-%d}"
        found.append(_overdue(Overdue.LATE, key, expected_at))
    if standing.at and _is_open(standing) and now >= standing.at + STUCK_AFTER:
        key = f"stuck:{standing.at:%Y-%m-%dT%H:%M}"
        found.append(_overdue(Overdue.STUCK, key, standing.at))
    return tuple(one for one in found if one.key not in told)


def next_look(
    standing: Standing, *, expected_at: datetime | None, now: datetime
) -> datetime | None:
    """Return when a parcel is to be looked at again without being told, None for never."""
    if not _is_open(standing):
        return None
    moments = [
        moment
        for moment in (
            expected_at + LATE_AFTER if expected_at else None,
            standing.at + STUCK_AFTER if standing.at else None,
        )
        if moment and moment > now
    ]
    return min(moments, default=None)


def state_of(said: OrderState, parcels: Sequence[ScanState | None]) -> OrderState:
    """Return how an order stands, by what its shop says and by its parcels.

    A parcel that was called off counts for nothing.
    """
    if said is OrderState.CANCELLED:
        return said
    counted = [state for state in parcels if state is not ScanState.CANCELLED]
    by_parcels = OrderState.PLACED
    if counted and all(state is ScanState.DELIVERED for state in counted):
        by_parcels = OrderState.DELIVERED
    elif any(state not in (None, ScanState.LABELLED) for state in counted):
        by_parcels = OrderState.SHIPPED
    return max(said, by_parcels, key=_GOES.index)


def order_news(before: OrderState | None, after: OrderState) -> Told | None:
    """Return what is told when an order went from one state to another by its shop's word.

    What its parcels do is told of the parcels.
    """
    if before is None:
        return None if after in (OrderState.CANCELLED, OrderState.DELIVERED) else Told.PLACED
    if before is after:
        return None
    return {OrderState.CANCELLED: Told.CANCELLED, OrderState.PACKED: Told.PACKED}.get(after)


def _in_a_row(line: Sequence[Scan], state: ScanState) -> int:
    count = 0
    for scan in reversed(line):
        if scan.state is not state:
            break
        count += 1
    return count


def _attempts(failed: Iterable[Scan]) -> tuple[Attempt, ...]:
    found: list[Attempt] = []
    for scan in failed:
        if found and scan.at - found[-1].at < ATTEMPT_APART:
            found[-1] = Attempt(at=found[-1].at, reports=found[-1].reports + 1)
        else:
            found.append(Attempt(at=scan.at, reports=1))
    return tuple(found)


def _failures(standing: Standing) -> list[News]:
    """Return the newest failed attempt, while the parcel still is to be delivered."""
    if not standing.attempts or standing.state not in _ON_ITS_WAY:
        return []
    number, last = len(standing.attempts), standing.attempts[-1]
    # Said once it may be a mistake; said twice it is believed; a third time adds nothing.
    reports = min(last.reports, 2)
    return [
        News(
            event=Told.FAILED,
            key=f"failed:{number}:{reports}",
            at=last.at,
            attempt=number,
            reports=reports,
        )
    ]


def _present(standing: Standing, *, is_last: bool) -> list[News]:
    state, at = standing.state, standing.at
    if state is None or at is None:
        return []
    if state in _AMISS:
        reports = min(standing.reports, 2)
        key = f"{state}:{reports}"
        news = News(event=Told.EXCEPTION, key=key, at=at, reports=reports, problem=state.value)
        return [news]
    if state is ScanState.DELIVERED:
        event = Told.DELIVERED if is_last else Told.PART_DELIVERED
        return [News(event=event, key="delivered", at=at)]
    if state is ScanState.OUT_FOR_DELIVERY:
        return [News(event=Told.OUT_FOR_DELIVERY, key=f"out:{at:%Y-%m-%d}", at=at)]
    if state is ScanState.READY_FOR_PICKUP:
        return [News(event=Told.READY_FOR_PICKUP, key="pickup", at=at)]
    # Back at the depot after a failed attempt, it has long been on its way.
    is_first = state is ScanState.IN_TRANSIT and not standing.attempts
    return [News(event=Told.SHIPPED, key="shipped", at=at)] if is_first else []


def _overdue(problem: Overdue, key: str, at: datetime) -> News:
    # Nobody reported it, so there is nothing to wait for that would confirm it.
    return News(event=Told.EXCEPTION, key=key, at=at, reports=2, problem=problem.value)


def _lasts(event: Told) -> timedelta:
    return OUT_LASTS if event is Told.OUT_FOR_DELIVERY else NEWS_LASTS


def _is_open(standing: Standing) -> bool:
    """Return whether a parcel is still to come, as far as anybody knows."""
    return standing.state in _ON_ITS_WAY or standing.state in _MOVING
