"""Waits: the moment that a flow means, also when clocks change or it has passed already."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.flows.fields import Fields
from baton.flows.moments import next_time_of_day
from baton.flows.render import Manner, render
from baton.flows.scene import Go, Outcome, Scene, Stay
from baton.flows.steps.wait import Wait
from baton.flows.values import FIRST_YEAR, LAST_YEAR, ValueType, problem_with
from tests.flows.scenes import a_scene

ZONES = st.sampled_from(
    [
        "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/St_Johns",
        "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "Africa/Casablanca",
    ]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2030, 12, 31),  # noqa: DTZ001 - Hypothesis adds the zone
    timezones=st.just(UTC),
)
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
LEAST = timedelta(seconds=1)  # no wait is shorter
SPANS = st.sampled_from(["0s", "10m", "24h", "7d"])


def entered(scene: Scene, **raw: str) -> Outcome:
    problems: dict[str, str] = {}
    step = Wait.parse(Fields(raw={"then": "then", **raw}, path="", problems=problems))
    assert not problems
    return step.enter(scene, None)


@given(MOMENTS, CLOCKS, ZONES)
def test_the_next_time_of_day_is_within_a_day_and_shows_on_the_places_clocks(
    start: datetime, at: str, zone: ZoneInfo
) -> None:
    found = next_time_of_day(start, at, zone)
    assert start <= found <= start + timedelta(hours=25)
    assert found.tzinfo is start.tzinfo
    shown = found.astimezone(zone)
    before = (found - timedelta(hours=3)).astimezone(zone)
    if shown.utcoffset() == before.utcoffset():  # else the clocks may have left it out
        assert f"{shown:%H:%M:%S}" == f"{at}:00"


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2026-03-28T12:00+00:00", "2026-03-29T01:30+00:00"),  # 02:30 is left out: 03:30 it is
        ("2026-10-24T12:00+00:00", "2026-10-25T00:30+00:00"),  # 02:30 comes twice: the first
        ("2026-06-01T00:30+00:00", "2026-06-01T00:30+00:00"),  # it is 02:30 now
        ("2026-06-01T00:31+00:00", "2026-06-02T00:30+00:00"),
    ],
)
def test_half_past_two_when_the_clocks_change(start: str, found: str) -> None:
    next_one = next_time_of_day(datetime.fromisoformat(start), "02:30", ZoneInfo("Europe/Berlin"))
    assert next_one == datetime.fromisoformat(found)


@given(MOMENTS, MOMENTS, SPANS, SPANS, ZONES)
def test_a_wait_before_a_time_ends_then_or_has_passed(
    now: datetime, anchor: datetime, before: str, after: str, zone: ZoneInfo
) -> None:
    scene = replace(
        a_scene(given={"zone": zone.key}),
        now=now,
        variables={"starts_at": anchor.astimezone(zone).isoformat()},
    )
    outcome = entered(scene, before=before, of="starts_at", if_past="past")
    due = anchor - span_of(before)
    if due < now:
        assert outcome == Go(to="past")
    else:
        assert isinstance(outcome, Stay)
        assert outcome.wake_after == max(due - now, LEAST)
    outcome = entered(scene, after=after, of="starts_at")
    due = anchor + span_of(after)
    if due < now:
        assert outcome == Go(to="then")  # nothing said where else to go
    else:
        assert isinstance(outcome, Stay)
        assert outcome.wake_after == max(due - now, LEAST)


@given(MOMENTS, SPANS, CLOCKS, ZONES)
def test_a_span_with_a_time_of_day_ends_at_that_time_after_the_span(
    now: datetime, span: str, at: str, zone: ZoneInfo
) -> None:
    scene = replace(a_scene(given={"zone": zone.key}), now=now)
    outcome = entered(scene, **{"for": span, "at": at})
    assert isinstance(outcome, Stay)
    assert outcome.wake_after is not None
    due = next_time_of_day(now + span_of(span), at, zone)
    assert now + outcome.wake_after == max(due, now + LEAST)


def span_of(text: str) -> timedelta:
    return {
        "0s": timedelta(0), "10m": timedelta(minutes=10), "24h": timedelta(hours=24),
        "7d": timedelta(days=7),
    }[text]  # fmt: skip


ANY_MOMENT = st.datetimes(
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
)
FAR_SPANS = st.sampled_from(["0s", "24h", "3650d"])


@given(ANY_MOMENT, st.sampled_from(["before", "after"]), FAR_SPANS, st.none() | CLOCKS, ZONES)
@example(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "after", "24h", None, ZoneInfo("UTC"))
@example(datetime(1, 1, 1, tzinfo=UTC), "before", "24h", "10:00", ZoneInfo("Asia/Kolkata"))
def test_a_day_however_far_is_waited_for_or_refused_and_never_breaks(
    anchor: datetime, side: str, span: str, at: str | None, zone: ZoneInfo
) -> None:
    scene = replace(a_scene(), variables={"ends_at": anchor.isoformat()}, manner=Manner(zone=zone))
    raw = {side: span, "of": "ends_at", "if_past": "over", **({"at": at} if at else {})}
    if FIRST_YEAR <= anchor.year <= LAST_YEAR:
        assert isinstance(entered(scene, **raw), Go | Stay)
    else:
        with pytest.raises(InvalidInput):
            entered(scene, **raw)


@given(ANY_MOMENT)
def test_far_times_and_days_are_no_values(moment: datetime) -> None:
    is_near = FIRST_YEAR <= moment.year <= LAST_YEAR
    assert (problem_with(moment.isoformat(), ValueType.TIME) == "") is is_near
    assert (problem_with(moment.date().isoformat(), ValueType.DATE) == "") is is_near


@given(ANY_MOMENT, ZONES, st.sampled_from(["day", "date", "time"]))
def test_a_text_says_a_far_day_or_cannot_be_filled_in(
    moment: datetime, zone: ZoneInfo, form: str
) -> None:
    with contextlib.suppress(InvalidInput):
        assert render(
            f"{{{{ run.at | {form} }}}}", {"run": {"at": moment.isoformat()}}, Manner(zone=zone)
        )


def test_a_wait_lasts_a_second_at_least() -> None:
    outcome = entered(a_scene(), **{"for": "0s"})
    assert isinstance(outcome, Stay)
    assert outcome.wake_after == LEAST
