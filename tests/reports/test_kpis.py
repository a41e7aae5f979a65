"""KPIs on a small world counted by hand, and their bounds on any world."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from baton.core.policy import Policy
from baton.reports.kpis import NAMES, KpiReading, kpis_of
from baton.store.models import Conversation, Handoff, SurveyResponse

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
WORKSPACE = "w1"
HOUR = timedelta(hours=1)


def a_case(
    number: int,
    *,
    began: timedelta,
    took: timedelta | None = None,
    by: str = "",
    returned_after: timedelta | None = None,
    handoffs: int = 0,
    confirmed: bool = False,
) -> str:
    first = NOW - began
    resolved_at = None if took is None else first + took
    Conversation.objects.create(
        id=f"c{number}", workspace_id=WORKSPACE, contact_id="p", inbox_id="i", lane="l",
        channel="webchat", status="resolved" if resolved_at else "open", handled_by="bot",
        first_message_at=first, last_message_at=first, resolved_at=resolved_at, resolved_by=by,
        is_confirmed=confirmed,
        recontacted_after=None if returned_after is None else int(returned_after.total_seconds()),
    )  # fmt: skip
    for nth in range(handoffs):
        Handoff.objects.create(
            id=f"h{number}.{nth}", workspace_id=WORKSPACE, conversation_id=f"c{number}",
            state="offered", reason="requested", queue="general", card_sealed=b"",
            offered_at=first,
        )  # fmt: skip
    return f"c{number}"


def value_of(reading: KpiReading) -> float:
    assert reading.value is not None
    return reading.value


@pytest.mark.django_db
@pytest.mark.req("K1", "K3", "K4", "K5", "K7", "FQ19")
def test_a_small_world_counted_by_hand() -> None:
    a_case(1, began=100 * HOUR, took=1 * HOUR, by="bot")  # verified: nobody came back in 72 h
    a_case(2, began=10 * HOUR, took=1 * HOUR, by="bot")  # assumed
    a_case(3, began=10 * HOUR, took=3 * HOUR, by="bot", confirmed=True)  # verified: said so
    a_case(4, began=90 * HOUR, returned_after=60 * HOUR)  # closed too fast, open again
    a_case(5, began=50 * HOUR, took=2 * HOUR, by="agent", handoffs=1)
    a_case(6, began=5 * HOUR, handoffs=1)
    a_case(7, began=4 * HOUR)

    found = kpis_of(WORKSPACE, now=NOW, policy=Policy())

    assert tuple(found) == NAMES
    assert value_of(found["automated_resolution"]) == pytest.approx(3 / 7)
    assert value_of(found["containment"]) == pytest.approx(5 / 7)
    assert set(found["recontact_72h"].denominator) == {"c1", "c2", "c3", "c4", "c5"}
    assert value_of(found["recontact_72h"]) == pytest.approx(1 / 5)
    assert value_of(found["recontact_48h"]) == 0
    assert value_of(found["handoff_first_touch"]) == pytest.approx(1 / 2)
    assert value_of(found["hours_to_verified_resolution"]) == pytest.approx((1 + 3) / 2)


@pytest.mark.django_db
@pytest.mark.req("K5")
def test_every_handoff_of_a_conversation_counts_and_only_an_only_one_succeeds() -> None:
    a_case(1, began=9 * HOUR, took=HOUR, by="agent", handoffs=1)
    a_case(2, began=9 * HOUR, took=HOUR, by="agent", handoffs=3)  # closed, at the third touch
    a_case(3, began=9 * HOUR, took=HOUR, by="bot", handoffs=1)  # given back, closed by the bot
    a_case(4, began=9 * HOUR, took=HOUR, by="agent", handoffs=1, returned_after=HOUR)
    a_case(5, began=9 * HOUR, took=HOUR, by="bot")

    found = kpis_of(WORKSPACE, now=NOW, policy=Policy())["handoff_first_touch"]

    assert found.numerator == ("h1.0",)
    assert len(found.denominator) == 6
    assert value_of(found) == pytest.approx(1 / 6)


@pytest.mark.django_db
@pytest.mark.req("K2", "U1", "X37")
def test_csat_counts_answers_within_the_window() -> None:
    for number, (rating, after) in enumerate([(5, 1), (3, 71), (1, 73), (None, 0)]):
        asked_at = NOW - 100 * HOUR
        SurveyResponse.objects.create(
            id=f"s{number}", workspace_id=WORKSPACE, conversation_id=f"c{number}", kind="csat",
            asked_at=asked_at, answered_at=asked_at + after * HOUR if rating else None,
            rating=rating, score=(rating - 1) * 25 if rating else None,
        )  # fmt: skip
    csat = kpis_of(WORKSPACE, now=NOW, policy=Policy())["csat"]
    assert value_of(csat) == pytest.approx((100 + 50) / 2)
    assert csat.numerator == ("c0", "c1")


@pytest.mark.django_db
def test_without_rows_there_is_no_value() -> None:
    assert {r.value for r in kpis_of(WORKSPACE, now=NOW, policy=Policy()).values()} == {None}


class TestBounds(TestCase):
    """Invariant 12: no share above one, and each numerator within its denominator."""

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["", "bot", "agent"]),
                st.none() | st.integers(0, 100),
                st.booleans(),
                st.booleans(),
            ),
            max_size=12,
        )
    )
    def test_shares_stay_within_bounds(
        self, cases: list[tuple[str, int | None, bool, bool]]
    ) -> None:
        for number, (by, returned, handed_over, confirmed) in enumerate(cases):
            a_case(
                number, began=80 * HOUR, took=HOUR if by else None, by=by, confirmed=confirmed,
                returned_after=None if returned is None else returned * HOUR,
                handoffs=int(handed_over),
            )  # fmt: skip
        for reading in kpis_of(WORKSPACE, now=NOW, policy=Policy()).values():
            assert set(reading.numerator) <= set(reading.denominator)
            if reading.unit == "share" and reading.value is not None:
                assert 0 <= reading.value <= 1
