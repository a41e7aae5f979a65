"""What is news of a parcel: whatever way its scans come in, nothing false and nothing twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import orders
from baton.core.orders import News, OrderState, Scan, ScanState, Standing, Told

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LABELLED, TRANSIT, OUT, FAILED = (
    ScanState.LABELLED,
    ScanState.IN_TRANSIT,
    ScanState.OUT_FOR_DELIVERY,
    ScanState.FAILED,
)
DELIVERED, RETURNING, LOST = ScanState.DELIVERED, ScanState.RETURNING, ScanState.LOST


def scan(hours: float, state: ScanState) -> Scan:
    return Scan(at=MONDAY + timedelta(hours=hours), state=state)


PLAIN = (scan(0, LABELLED), scan(8, TRANSIT), scan(30, OUT), scan(36, DELIVERED))
SECOND_TIME = (
    scan(0, TRANSIT), scan(24, OUT), scan(29, FAILED), scan(29.2, FAILED), scan(30, TRANSIT),
    scan(48, OUT), scan(54, DELIVERED),
)  # fmt: skip
TWICE = (*SECOND_TIME[:6], scan(53, FAILED), scan(53.1, FAILED))
BACK = (scan(0, TRANSIT), scan(60, RETURNING), scan(90, RETURNING))
FALSE_ALARM = (
    scan(0, TRANSIT),
    scan(5, LOST),
    scan(6, TRANSIT),
    scan(30, OUT),
    scan(36, DELIVERED),
)
LIVES = (PLAIN, SECOND_TIME, TWICE, BACK, FALSE_ALARM)


def heard(deliveries: list[tuple[Scan, ...]], moments: list[datetime]) -> Iterator[News]:
    """Play webhooks as they come in, and return all that flows hear."""
    known: set[Scan] = set()
    told: list[str] = []
    for scans, now in zip(deliveries, moments, strict=True):
        known |= set(scans)
        for news in orders.news_of(orders.standing_of(known), told, is_last=True, now=now):
            told.append(news.key)
            yield news


@st.composite
def webhooks(draw: st.DrawFn) -> tuple[tuple[Scan, ...], list[tuple[Scan, ...]], list[datetime]]:
    """A parcel's life, and its webhooks: shuffled, doubled and missing, soon after they happen."""
    life = draw(st.sampled_from(LIVES))
    kept = draw(st.lists(st.sampled_from(life), max_size=12))  # doubled, and some never come
    # Each tells one scan, or as trackers do, the whole history up to it.
    whole = draw(st.lists(st.booleans(), min_size=len(kept), max_size=len(kept)))
    told = [
        tuple(one for one in life if one.at <= last.at) if is_whole else (last,)
        for last, is_whole in zip(kept, whole, strict=True)
    ]
    begin = max((one.at for one in life), default=MONDAY)
    moments = [begin + timedelta(minutes=number) for number in range(len(kept))]
    return life, told, moments


@pytest.mark.req("OR9", "G35")
@given(webhooks())
def test_webhooks_shuffled_doubled_and_missing_tell_nothing_false_and_nothing_twice(
    drawn: tuple[tuple[Scan, ...], list[tuple[Scan, ...]], list[datetime]],
) -> None:
    life, told, moments = drawn
    found = list(heard(told, moments))
    keys = [news.key for news in found]
    assert len(keys) == len(set(keys))
    most = len(orders.standing_of(life).attempts)
    assert all(news.attempt <= most for news in found)
    for event in (Told.SHIPPED, Told.DELIVERED):
        assert sum(news.event is event for news in found) <= 1
    if not any(one.state in (RETURNING, LOST) for one in life):
        assert not any(news.event is Told.EXCEPTION for news in found)
    # A single report may be a mistake: nothing of it is ever said to be believed.
    if life is FALSE_ALARM:
        assert all(news.reports < 2 for news in found if news.event is Told.EXCEPTION)
    # Once it has come, nothing else is told of it.
    after = [news.event for news in found]
    assert Told.DELIVERED not in after[:-1]


@given(st.permutations(TWICE), st.permutations(BACK))
def test_the_same_scans_in_any_order_give_the_same_standing(
    twice: list[Scan], back: list[Scan]
) -> None:
    assert orders.standing_of(twice) == orders.standing_of([*TWICE, *TWICE])
    assert orders.standing_of(back) == orders.standing_of(BACK)


def test_a_parcels_life_as_it_happens_is_told_step_by_step() -> None:
    expected = {
        PLAIN: ["order_shipped", "order_out_for_delivery", "order_delivered"],
        SECOND_TIME: [
            "order_shipped", "order_out_for_delivery", "delivery_failed", "delivery_failed",
            "order_out_for_delivery", "order_delivered",
        ],
        BACK: ["order_shipped", "delivery_exception", "delivery_exception"],
    }  # fmt: skip
    for life, events in expected.items():
        moments = [one.at + timedelta(minutes=5) for one in life]
        found = list(heard([(one,) for one in life], moments))
        assert [news.event.value for news in found] == events
    first, again = [one for one in heard([(s,) for s in TWICE], [s.at for s in TWICE])
                    if one.event is Told.FAILED][:2]  # fmt: skip
    assert (first.attempt, first.reports, again.attempt, again.reports) == (1, 1, 1, 2)


@pytest.mark.req("OR12", "E33")
def test_a_second_failed_delivery_is_told_as_the_second_even_when_the_first_came_late() -> None:
    second, first = scan(53, FAILED), scan(29, FAILED)
    now = second.at + timedelta(hours=1)
    found = list(heard([(second,), (first,)], [now, now + timedelta(minutes=1)]))
    assert [(news.event, news.attempt) for news in found] == [(Told.FAILED, 1), (Told.FAILED, 2)]


def test_old_scans_are_no_news() -> None:
    for life in LIVES:
        late = max(one.at for one in life) + orders.NEWS_LASTS + timedelta(minutes=1)
        assert list(heard([life], [late])) == []
    morning, evening = scan(30, OUT), scan(30, OUT).at + orders.OUT_LASTS + timedelta(minutes=1)
    assert list(heard([(morning,)], [evening])) == []


@pytest.mark.req("OR1")
def test_a_parcel_is_late_and_stuck_once_each_and_never_when_it_has_come() -> None:
    on_its_way = orders.standing_of([scan(0, TRANSIT)])
    expected = MONDAY + timedelta(days=2)
    due = orders.next_look(on_its_way, expected_at=expected, now=MONDAY)
    assert due == expected + orders.LATE_AFTER
    [late] = orders.overdue_of(on_its_way, (), expected_at=expected, now=due)
    assert (late.event, late.problem) == (Told.EXCEPTION, "late")
    assert orders.overdue_of(on_its_way, [late.key], expected_at=expected, now=due) == ()
    later = orders.next_look(on_its_way, expected_at=expected, now=due)
    assert later == MONDAY + orders.STUCK_AFTER
    [stuck] = orders.overdue_of(on_its_way, [late.key], expected_at=expected, now=later)
    assert (stuck.event, stuck.problem) == (Told.EXCEPTION, "stuck")
    come = orders.standing_of([scan(0, TRANSIT), scan(9, DELIVERED)])
    assert orders.next_look(come, expected_at=expected, now=MONDAY) is None
    assert orders.overdue_of(come, (), expected_at=expected, now=later) == ()
    assert orders.overdue_of(Standing(), (), expected_at=expected, now=later) == ()


@pytest.mark.parametrize(
    ("said", "parcels", "state"),
    [
        (OrderState.PLACED, (), OrderState.PLACED),
        (OrderState.PLACED, (LABELLED, None), OrderState.PLACED),
        (OrderState.PACKED, (LABELLED,), OrderState.PACKED),
        (OrderState.PLACED, (TRANSIT, None), OrderState.SHIPPED),
        (OrderState.SHIPPED, (DELIVERED, TRANSIT), OrderState.SHIPPED),
        (OrderState.SHIPPED, (DELIVERED, ScanState.CANCELLED), OrderState.DELIVERED),
        (OrderState.CANCELLED, (DELIVERED,), OrderState.CANCELLED),
    ],
)
def test_an_order_stands_as_its_shop_and_its_parcels_say(
    said: OrderState, parcels: tuple[ScanState | None, ...], state: OrderState
) -> None:
    assert orders.state_of(said, parcels) is state


def test_what_a_shop_tells_of_an_order_is_told_once() -> None:
    way = (None, OrderState.PLACED, OrderState.PACKED, OrderState.SHIPPED, OrderState.CANCELLED)
    told = [orders.order_news(before, after) for before, after in pairwise(way) if after]
    assert told == [Told.PLACED, Told.PACKED, None, Told.CANCELLED]
    assert orders.order_news(None, OrderState.CANCELLED) is None
    assert orders.order_news(OrderState.PACKED, OrderState.PACKED) is None
