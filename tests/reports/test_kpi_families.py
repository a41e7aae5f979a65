"""KPIs of what is counted as it stands, on small worlds counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from baton.core.kpi_catalogue import CATALOGUE
from baton.reports import intervals
from baton.reports.kpis import PARTS, kpis_by, kpis_in, kpis_of, rows_behind
from baton.store.models import BookingChange, Exposure, OfferMade, Order, SurveyResponse
from tests.reports.world import (
    ALL,
    DAY,
    HOUR,
    LIMITS,
    NOW,
    WORKSPACE,
    a_booking,
    a_call,
    a_link,
    a_member,
    a_message,
    a_return,
    a_round,
    a_run,
    a_slot,
    a_stop,
    a_stretch,
    a_talk,
    a_visit,
    an_answer,
    an_episode,
    an_invoice,
    an_offer,
)


def members() -> None:
    """Five who joined; four of them 30 days ago or before, three of them 90."""
    first = a_member(1, joined=100)  # came on the second day, and talked to the bot alone
    a_visit(first, ago=98)
    a_visit(first, ago=1)
    a_talk(first, with_person=False)
    second = a_member(2, joined=95, state="ended", ends_on=(NOW - 40 * DAY).date())
    a_visit(second, ago=50)  # too late
    a_talk(second, with_person=True)
    third = a_member(3, joined=120, state="ended", ends_on=(NOW - 10 * DAY).date())
    a_booking(3, "booked", contact_id=third, made_at=NOW - 117 * DAY)
    an_offer(third, ago=118)
    a_talk(third, with_person=True)
    fourth = a_member(4, joined=40, state="ended", ends_on=(NOW - 20 * DAY).date())
    a_booking(4, "cancelled", contact_id=fourth, made_at=NOW - 39 * DAY)  # came to nothing
    a_visit(a_member(5, joined=10), ago=9)


def answers() -> None:
    """Two promoters, one passive, four detractors, and one who said nothing."""
    for number, rating in enumerate((10, 9, 8)):
        an_answer(number, rating)
    an_answer(3, None)
    reached = an_answer(4, 6)  # reached in time and won back
    a_call(reached, ago=39.5)
    again(4, 9, ago=20)
    SurveyResponse.objects.create(
        id="csat4", workspace_id=WORKSPACE, conversation_id="x", contact_id=reached, kind="csat",
        asked_at=NOW, answered_at=NOW, rating=4, score=75.0,
    )  # fmt: skip
    a_member(40, joined=300, contact_id=reached)
    late = an_answer(5, 0)  # reached too late, and won back too late
    a_call(late, ago=38)
    again(5, 10, ago=5)
    gone = an_answer(6, 3)  # tried, and not reached
    a_call(gone, ago=39.9, outcome="not_reached")
    a_member(60, joined=300, contact_id=gone, state="ended")
    a_call(an_answer(7, 2), ago=41)  # somebody called before they answered
    an_answer(8, 0, kind="visit")  # another question


def again(number: int, rating: int, *, ago: float) -> None:
    an_answer(100 + number, rating, ago=ago, follows_id=f"q{number}", contact_id=f"s{number}")


def returned() -> None:
    own: dict[str, Any] = {"is_unattended": True, "order_id": "own", "refund_minor": 5_00}
    a_return(1, "rules", refunded_after=2, audit="right", **own)
    # Its order is a shop's: the rules would have let the money go, and a person paid it there.
    a_return(2, "rules", refunded_after=30, audit="wrong", **{**own, "order_id": "shops"})
    a_return(3, "rules", refunded_after=None, outcome="refused")
    a_return(4, "user:x", refunded_after=90)
    a_return(5, "", refunded_after=None, outcome="")
    Order.objects.create(
        id="own", workspace_id=WORKSPACE, contact_id="p", number="1", reference="1",
        plain_number="1", said="placed", state="placed", currency="USD", total_minor=5_00,
        placed_at=NOW, made_by="contact:p", changed_at=NOW,
    )  # fmt: skip


def dealt() -> None:
    a_visit(a_round(1, "gentle", sent=39), ago=38)  # within 72 hours of the first message
    second = a_round(2, "gentle", sent=39)
    a_visit(second, ago=20)
    a_talk(second, with_person=True, ago=25)
    a_visit(a_round(3, "offer", sent=39.5), ago=5)  # too late
    a_visit(a_round(4, "nothing"), ago=30)
    a_round(5, "nothing")
    Exposure.objects.create(  # of a split on the way is no round of its own
        id="tier", workspace_id=WORKSPACE, contact_id="w1", flow="winback", version=1,
        split="winback_tier", variant="gentle", at=NOW - 37 * DAY,
    )  # fmt: skip
    a_visit(a_round(6, "offer", ago=10, sent=9), ago=8)  # young, but 72 hours are over
    a_round(7, "offer", ago=2, sent=1)


def offered() -> None:
    for number, back, cost, worth in (
        (1, 38, 15_00, 200_00),  # came back
        (2, 5, 15_00, 900_00),  # too late
        (3, 30, None, 100_00),  # of what the offer cost nobody knows
        (4, 30, 0, 100_00),  # no offer at all
    ):
        contact = a_round(number, "offer", sent=39)
        a_visit(contact, ago=back)
        if cost != 0:
            an_offer(contact, ago=39, cost_minor=cost, worth_minor=worth)
    OfferMade.objects.create(
        id="young", workspace_id=WORKSPACE, contact_id="w1", flow="winback", offer="pass",
        cost_minor=99_00, at=NOW - 5 * DAY,
    )  # fmt: skip  # after the 30 days


def booked() -> None:
    for number, state in enumerate(("attended", "no_show", "booked", "cancelled")):
        a_booking(number, state)
    a_booking(9, "confirmed", starts_at=NOW + DAY)
    for number in (0, 3, 9):
        BookingChange.objects.create(
            id=f"c{number}", workspace_id=WORKSPACE, booking_id=f"b{number}", contact_id="p",
            at=NOW - DAY, actor="contact:p", state="confirmed", starts_at=NOW,
        )  # fmt: skip


def missed() -> None:
    """Five who did not come: one booked again in time, one too late, one called that off."""
    for number in range(5):
        a_booking(number, "no_show", contact_id=f"p{number}", starts_at=NOW - 20 * DAY)
    a_booking(10, "booked", contact_id="p0", made_at=NOW - 14 * DAY, starts_at=NOW + DAY)
    a_booking(11, "booked", contact_id="p1", made_at=NOW - 12 * DAY, starts_at=NOW + DAY)
    a_booking(12, "cancelled", contact_id="p2", made_at=NOW - 19 * DAY, starts_at=NOW + DAY)
    a_booking(13, "booked", contact_id="p3", made_at=NOW - 21 * DAY, starts_at=NOW + DAY)
    a_booking(14, "no_show", contact_id="p5", starts_at=NOW - 2 * DAY)  # a week is not over


def followed() -> None:
    """Bookings: by the bot, soon after its close, late, before, after a person's, called off."""
    for number, closed_by in enumerate(("bot", "bot", "bot", "agent", "bot")):
        contact = f"p{number}"
        a_talk(contact, with_person=False)
        conversation = {"conversation_id": f"t{contact}", "ended_by": closed_by}
        an_episode(number, ago=100, took=1, **conversation)
    closed = NOW - 99 * HOUR
    a_booking(9, "booked", contact_id="p9", made_by="flow:book_by_reply")
    a_booking(0, "attended", contact_id="p0", made_at=closed + 71 * HOUR)
    a_booking(1, "booked", contact_id="p1", made_at=closed + 73 * HOUR)
    a_booking(2, "booked", contact_id="p2", made_at=closed - HOUR)
    a_booking(3, "booked", contact_id="p3", made_at=closed + HOUR)
    a_booking(4, "cancelled", contact_id="p4", made_at=closed + HOUR)


def written_to() -> None:
    for number in range(5):
        a_message(number, f"c{number}", ago=10, flow="winback" if number else "renewal")
    a_message(5, "c5", ago=10, delivery="refused")
    a_message(6, "c6", ago=10, is_unprompted=False)
    a_stop(0, "c0", ago=8)
    a_stop(1, "c1", ago=6)  # four days later
    a_stop(2, "c2", ago=11)  # before
    a_stop(3, "c3", ago=9, is_granted=True)  # the contrary
    a_stop(5, "c5", ago=9)


def gone_through() -> None:
    for number, status in enumerate(("ended", "ended", "stopped", "waiting")):
        a_run(number, status)
    a_run(9, "ended", is_shadow=True)


def visits() -> None:
    for number, rating in enumerate((5, None, 1)):
        an_answer(number, rating, kind="visit")
    an_answer(3, 10)


def slots() -> None:
    a_slot(1, 10, 5)
    a_slot(2, 2, 1)
    a_slot(3, 8, 0, cancelled_at=NOW)
    a_slot(4, 8, 2, starts_at=NOW + DAY)


def renewals() -> None:
    an_invoice(1, "paid", due=-5, ended=-1, cause="membership", amount_minor=300)
    an_invoice(2, "open", due=-5, cause="membership", amount_minor=100)
    an_invoice(3, "void", due=-5, cause="membership")
    an_invoice(4, "open", due=5, cause="membership")
    an_invoice(5, "paid", due=-5, cause="booking")


def links() -> None:
    for number in range(4):
        a_link(number, is_opened=number == 0)


def effort() -> None:
    """Three that came in, of which two took another go; one goes on, and one we began."""
    an_episode(1, took=1, failed_turns=2)
    an_episode(2, handoffs=1, failed_turns=1)
    an_episode(3, took=1)
    an_episode(4, failed_turns=3)
    an_episode(5, took=1, opened_by="bot", failed_turns=1)


def outreach() -> None:
    an_episode(1, opened_by="bot", took=1)
    an_episode(2, opened_by="bot", handoffs=1)
    an_episode(3, opened_by="bot")  # goes on
    an_episode(4, handoffs=1, took=1)
    a_stretch(1, waited=5)
    a_stretch(2, waited=None)
    a_stretch(3, waited=None, state="offered")


WORLDS: list[tuple[Callable[[], None], dict[str, float]]] = [
    (offered, {"winback_cost_share": 30_00 / 200_00}),
    (
        members,
        {
            "activation_rate": 2 / 4,
            "activation_unaided": 1 / 3,
            "activation_aided": 1 / 1,
            "first_value_7d": 2 / 4,
            "time_to_first_value": 2.5 * DAY / timedelta(seconds=1),
            "retention_30d": 3 / 4,
            "retention_90d": 2 / 3,
            "retention_automated": 1 / 1,
            "retention_touched": 1 / 2,
        },
    ),
    (
        answers,
        {
            "nps": (2 * 100 - 4 * 100) / 7,
            "nps_response_rate": 7 / 8,
            "detractors_reached": 1 / 4,
            "time_to_detractor": 1.25 * DAY / timedelta(seconds=1),
            "won_back_rate": 1 / 4,
            "won_back_of_reached": 1 / 2,
            "csat_after_recovery": 75,
            "retention_recovered": 1 / 1,
            "retention_unrecovered": 0 / 1,
        },
    ),
    (
        returned,
        {
            "returns_automated": 3 / 4,
            "returns_untouched": 2 / 4,  # refused by the rules, or paid by them
            "time_to_refund": 16 * HOUR / timedelta(seconds=1),
            "wrong_returns": 1 / 2,
        },
    ),
    (
        dealt,
        {
            "winback_rate": 2 / 3,
            "winback_held_out": 1 / 2,
            "winback_72h": 2 / 4,
            "winback_by_people": 1 / 2,
        },
    ),
    (booked, {"confirmed_rate": 1 / 3, "no_show_rate": 1 / 2}),
    (followed, {"booked_after_bot": 2 / 5}),
    (missed, {"rebooking_rate": 1 / 5, "no_show_rate": 1.0}),
    (written_to, {"opt_out_rate": 1 / 5}),
    (gone_through, {"finished_rate": 2 / 3}),
    (visits, {"visit_response_rate": 2 / 3, "nps_response_rate": 1.0, "nps": 100.0}),
    (slots, {"slot_utilization": 6 / 12}),
    (renewals, {"renewal_rate": 1 / 2, "revenue_retention": 300 / 400}),
    (links, {"links_opened": 1 / 4}),
    (effort, {"said_again": 2 / 3, "containment": 2 / 3}),
    (
        outreach,
        {"outreach_settled": 1 / 2, "outreach_escalation": 1 / 2, "abandonment_rate": 1 / 2},
    ),
]


@pytest.mark.django_db
@pytest.mark.req(
    "ON9", "ON17", "K26", "NP9", "NP12", "NP16", "RT11", "RT12", "RT15", "CH12", "CH15", "AP22",
    "AP25", "RN2", "X3", "OR13", "CO11", "OR17", "K16", "K36", "K38", "RN6",
)  # fmt: skip
@pytest.mark.parametrize(("world", "wanted"), WORLDS, ids=lambda one: getattr(one, "__name__", ""))
def test_small_worlds_counted_by_hand(world: Callable[[], None], wanted: dict[str, float]) -> None:
    world()
    found = kpis_of(ALL, LIMITS, wanted)
    assert {name: one.value for name, one in found.items()} == pytest.approx(wanted)
    for name, reading in found.items():
        opened = {part: rows_behind(CATALOGUE[name], part, ALL, LIMITS).count() for part in PARTS}
        assert opened == {"numerator": reading.count, "denominator": reading.among}
        if reading.interval is not None and reading.value is not None:
            assert reading.interval.low <= reading.value <= reading.interval.high


@pytest.mark.django_db
def test_parts_by_a_dimension_of_joined_rows_add_up() -> None:
    dealt()
    whole = kpis_of(ALL, LIMITS, ("winback_rate",))["winback_rate"]
    parts = kpis_by("variant", ALL, LIMITS, ("winback_rate",))
    assert {value: one["winback_rate"].count for value, one in parts.items()} == {
        f"winback.winback_timing={arm}": won
        for arm, won in {"gentle": 2, "offer": 0, "nothing": 0}.items()
    }  # fmt: skip
    assert sum(one["winback_rate"].among for one in parts.values()) == whole.among == 3


@pytest.mark.django_db
@pytest.mark.req("ON10", "K30")
def test_who_came_is_told_by_the_channel_that_we_wrote_on_last() -> None:
    for number, channel in enumerate(("whatsapp", "whatsapp", "email")):
        member = a_member(number, joined=40)
        a_message(number, member, ago=39, channel="sms")
        a_message(10 + number, member, ago=38, channel=channel)
        a_message(20 + number, member, ago=5, channel="sms")  # too late to have led anybody
        if number != 1:
            a_visit(member, ago=37)
    a_visit(a_member(3, joined=40), ago=39)  # nobody wrote
    parts = kpis_by("channel", ALL, LIMITS, ("activation_rate",))
    told = {value: one["activation_rate"] for value, one in parts.items()}
    assert {value: (one.count, one.among) for value, one in told.items()} == {
        "whatsapp": (1, 2), "email": (1, 1), "": (1, 1),
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("world", [booked, members, answers, written_to])
def test_windows_that_follow_on_one_another_are_counted_at_once_and_alike(
    world: Callable[[], None],
) -> None:
    world()
    ends = [NOW - 150 * DAY, NOW - 60 * DAY, NOW - 20 * DAY, NOW - DAY / 2, NOW + 2 * DAY]
    parts = [replace(ALL, since=since, until=until) for since, until in pairwise(ends)]
    assert kpis_in(parts, LIMITS) == [kpis_of(part, LIMITS) for part in parts]


def test_the_interval_of_a_ratio() -> None:
    # (1, 2), (3, 4), (2, 6), again and again: 6 by 12; left over are 0, 1 and -1.
    one = {"total": 6.0, "squares": 14.0, "per": 12.0, "per_squares": 56.0, "products": 26.0}
    many = {name: 100 * value for name, value in one.items()}
    lies = intervals.ratio(intervals.Pairs(count=300, **many))
    assert lies is not None
    half = 1.9679296690655 * (300 * 200 / 299) ** 0.5 / 1200  # t of 299 times the error
    assert lies.low == pytest.approx(0.5 - half, abs=1e-9)
    assert lies.high == pytest.approx(0.5 + half, abs=1e-9)
    few = intervals.ratio(intervals.Pairs(count=3, **one))
    assert few is not None
    assert (few.low, few.high) == (0.0, 1.0)
    assert intervals.ratio(intervals.Pairs(count=1, **one)) is None
