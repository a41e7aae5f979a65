"""KPIs on small worlds counted by hand; and that the database counts what the rules say."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from baton.core import kpis as core
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Grain
from baton.reports import kpis
from baton.reports.kpis import kpis_by, kpis_of, rows_behind
from baton.reports.slices import Slice
from baton.store.models import Episode
from tests.reports.world import (
    ALL,
    HOUR,
    LIMITS,
    NOW,
    WORKSPACE,
    H,
    a_booking,
    a_stretch,
    an_episode,
    an_invoice,
)


def value_of(name: str, looked_at: Slice = ALL) -> float | None:
    return kpis_of(looked_at, LIMITS, (name,))[name].value


def behind(name: str, part: str = "numerator") -> set[str]:
    found = rows_behind(CATALOGUE[name], part, ALL, LIMITS)
    return set(found.values_list("pk", flat=True))


def a_world_of_episodes() -> None:
    an_episode(1, ago=100, took=1, ended_by="bot", answered_after=10)  # proven: nobody came back
    an_episode(2, ago=10, took=1, ended_by="bot", answered_after=20)  # assumed
    an_episode(3, ago=10, took=3, ended_by="bot", is_confirmed=True)  # proven: they said so
    an_episode(4, ago=90, took=1, ended_by="bot", returned_after=60 * H)
    an_episode(5, ago=90, took=2, ended_by="agent", handoffs=1, answered_after=60)
    an_episode(6, ago=5, handoffs=1)
    an_episode(7, ago=4)  # still with the bot
    an_episode(8, ago=90, took=1, ended_by="bot", opened_by="bot")  # a reminder, unanswered


@pytest.mark.django_db
@pytest.mark.req("K1", "K3", "K4", "K6", "K7", "K31", "FQ19", "X9", "X10", "K20")
def test_episodes_counted_by_hand() -> None:
    a_world_of_episodes()
    assert value_of("automated_resolution") == pytest.approx(3 / 7)
    assert behind("automated_resolution") == {"e1", "e2", "e3"}
    assert value_of("proven_resolution") == pytest.approx(2 / 7)
    assert behind("proven_resolution") == {"e1", "e3"}
    assert value_of("containment") == pytest.approx(4 / 6)
    assert behind("containment", "denominator") == {"e1", "e2", "e3", "e4", "e5", "e6"}
    assert value_of("escalation_rate") == pytest.approx(2 / 6)
    assert value_of("recontact_72h") == pytest.approx(1 / 5)
    assert value_of("recontact_48h") == 0
    assert value_of("wrongly_closed") == pytest.approx(1 / 4)
    assert value_of("time_to_resolution") == 2 * H  # of 1, 2 and 3 hours
    assert value_of("first_response") == 20
    young = kpis_of(ALL, LIMITS, ("recontact_72h",))["recontact_72h"].young
    assert young == 2  # those of ten hours ago may still come back


@pytest.mark.django_db
@pytest.mark.req("K2", "K8", "U1", "X37", "K6")
def test_marks_counted_by_hand() -> None:
    for number, (mark, after, handoffs) in enumerate(
        [(100, 1, 0), (50, 71, 1), (0, 73, 0), (None, None, 0), (25, 72, 1)]
    ):
        after_seconds = None if after is None else after * H
        an_episode(
            number, took=1, csat_asked=True, csat=mark, csat_after=after_seconds,
            handoffs=handoffs,
        )  # fmt: skip
    an_episode(9, took=1)
    assert value_of("csat") == pytest.approx((100 + 50 + 25) / 3)
    assert behind("csat") == {"e0", "e1", "e4"}
    assert value_of("csat_automated") == 100
    assert value_of("csat_after_handoff") == pytest.approx(37.5)
    assert value_of("response_rate") == pytest.approx(3 / 5)
    found = kpis_of(ALL, LIMITS, ("csat",))["csat"]
    assert found.interval is not None
    assert found.interval.low < 175 / 3 < found.interval.high
    assert not found.is_enough  # three marks are no ground for a verdict (X28)


@pytest.mark.django_db
@pytest.mark.req("K5", "K29", "K32", "K33", "K22")
def test_human_stretches_counted_by_hand() -> None:
    a_stretch(1, waited=60, handled=600, is_card_seen=True, is_restated=False)
    a_stretch(2, waited=120, handled=300, touches=2, is_card_seen=False)
    a_stretch(3, waited=180, handled=900, returned_after=H, is_card_seen=True, is_restated=True)
    a_stretch(4, waited=0, reason="stepped_in", state="accepted", is_card_seen=True)
    a_stretch(5, state="returned", waited=600, handled=60, handoffs=2)
    a_stretch(6, state="resolved", waited=60, handled=90, handoffs=2, nth=2)
    a_stretch(7, state="offered")
    assert behind("handoff_first_touch") == {"h1"}
    assert value_of("handoff_first_touch") == pytest.approx(1 / 5)
    assert behind("dropped_context") == {"h2", "h3"}
    assert value_of("dropped_context") == pytest.approx(2 / 4)
    assert value_of("time_to_human") == 120  # of 60, 60, 120, 180 and 600
    assert value_of("handle_time") == 300  # of 60, 90, 300, 600 and 900


@pytest.mark.django_db
@pytest.mark.req("AP25", "K24", "K38")
def test_bookings_and_invoices_counted_by_hand() -> None:
    for number, state in enumerate(("attended", "attended", "no_show", "booked", "cancelled")):
        a_booking(number, state)
    an_invoice(0, "paid", due=-48, ended=-50)
    an_invoice(1, "paid", due=-48, ended=-2)
    an_invoice(2, "open", due=-48)
    an_invoice(3, "void", due=-48, ended=-50)
    an_invoice(4, "open", due=48)
    assert value_of("no_show_rate") == pytest.approx(1 / 3)
    assert behind("paid_on_time_rate") == {"i0"}
    assert behind("paid_on_time_rate", "denominator") == {"i0", "i1", "i2"}


@pytest.mark.django_db
def test_without_rows_there_is_no_value() -> None:
    found = kpis_of(ALL, LIMITS)
    assert set(found) == set(CATALOGUE)
    assert {(one.value, one.interval, one.count, one.among) for one in found.values()} == {
        (None, None, 0, 0)
    }


@pytest.mark.django_db
def test_a_window_holds_what_began_in_it() -> None:
    a_world_of_episodes()
    week = Slice(workspace_id=WORKSPACE, since=NOW - 10 * HOUR, until=NOW - 5 * HOUR)
    assert kpis_of(week, LIMITS, ("escalation_rate",))["escalation_rate"].among == 2
    other = Slice(workspace_id="another")
    assert kpis_of(other, LIMITS, ("containment",))["containment"].among == 0


@pytest.mark.django_db
def test_a_slice_leaves_out_kpis_whose_rows_know_no_such_thing() -> None:
    found = kpis_of(Slice(workspace_id=WORKSPACE, only={"flow": "faq"}), LIMITS)
    assert "no_show_rate" not in found
    assert "containment" in found


_EPISODES = st.lists(
    st.fixed_dictionaries({
        "flow": st.sampled_from(["faq", "billing", ""]),
        "channel": st.sampled_from(["webchat", "sms"]),
        "location_id": st.sampled_from(["", "north"]),
        "variants": st.sampled_from(["", ",faq.hello=a,", ",faq.hello=a,limit=1,", ",limit=11,"]),
        "opened_by": st.sampled_from(["contact", "bot"]),
        "took": st.none() | st.sampled_from([0.5, 1.0, 80.0]),
        "ended_by": st.sampled_from(["bot", "agent"]),
        "is_confirmed": st.booleans(),
        "handoffs": st.integers(0, 2),
        "returned_after": st.none() | st.sampled_from([H, 48 * H, 60 * H, 72 * H + 1]),
        "answered_after": st.none() | st.integers(0, 100),
        "csat_asked": st.booleans(),
        "csat": st.none() | st.sampled_from([0.0, 25.0, 100.0]),
        "csat_after": st.none() | st.sampled_from([H, 72 * H, 73 * H]),
    }),
    max_size=12,
)  # fmt: skip


class TestAnyWorld(TestCase):
    """What is counted is what the rules say, within bounds, and its parts add up."""

    @settings(max_examples=12, deadline=None)
    @given(_EPISODES)
    @pytest.mark.req("K9", "RP15")
    def test_the_database_counts_what_the_rules_say(self, rows: list[dict[str, Any]]) -> None:
        for number, known in enumerate(rows):
            an_episode(number, **known)
        found = kpis_of(ALL, LIMITS)
        stored: list[Mapping[str, object]] = list(Episode.objects.values())
        for kpi in CATALOGUE.values():
            if kpi.grain is not Grain.EPISODE:
                continue
            reading = found[kpi.name]
            among = {row["id"] for row in stored if core.holds(kpi.among, row, LIMITS)}
            count = {row["id"] for row in stored if core.holds(kpi.numerator, row, LIMITS)}
            assert (reading.among, reading.count) == (len(among), len(count))
            assert behind(kpi.name, "denominator") == among
            assert behind(kpi.name) == count <= among
            assert reading.young <= reading.among
            if reading.value is not None and kpi.counts:
                assert 0 <= reading.value <= 1
                assert reading.interval is not None
                assert reading.interval.low <= reading.value <= reading.interval.high
            elif reading.value is not None:
                values = sorted(float(str(row[kpi.of])) for row in stored if row["id"] in among)
                assert values[0] <= reading.value <= values[-1]

    @settings(max_examples=4, deadline=None)
    @given(_EPISODES)
    def test_parts_add_up_to_the_whole(self, rows: list[dict[str, Any]]) -> None:
        for number, known in enumerate(rows):
            an_episode(number, **known)
        whole = kpis_of(ALL, LIMITS)
        names = [name for name, kpi in CATALOGUE.items() if kpi.grain is Grain.EPISODE]
        for dimension in ("flow", "channel", "location"):
            parts = kpis_by(dimension, ALL, LIMITS, names)
            for name in names:
                assert sum(part[name].among for part in parts.values()) == whole[name].among
                assert sum(part[name].count for part in parts.values()) == whole[name].count
            for value, part in parts.items():
                alone = Slice(workspace_id=WORKSPACE, only={dimension: value})
                assert kpis.kpis_of(alone, LIMITS, names) == part
        # A row is told under each arm that its contact was dealt: of one experiment, they add up.
        arms = kpis_by("variant", ALL, LIMITS, names)
        for value, part in arms.items():
            alone = Slice(workspace_id=WORKSPACE, only={"variant": value})
            assert kpis.kpis_of(alone, LIMITS, names) == part
            for name in names:
                opened = kpis.rows_behind(CATALOGUE[name], "denominator", alone, LIMITS)
                assert opened.count() == part[name].among
        told = [row for row in rows if "faq.hello=a" in row["variants"]]
        assert arms.get("faq.hello=a", {"escalation_rate": None}).keys() >= {"escalation_rate"}
        assert bool(told) is ("faq.hello=a" in arms)
