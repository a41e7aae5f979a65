"""Winning back: only what the held-out contacts did not do by themselves counts as won."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.reports import winback
from baton.reports.winback import HELD_OUT, Tried
from baton.store.models import Payment
from tests.reports import world

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def tried(
    count: int, variant: str, *, back: int = 0, offers: int = 0, hours: int = 48
) -> list[Tried]:
    """Return contacts of a variant, so many of whom came back, each worth 500.00 a year."""
    return [
        Tried(
            contact_id=f"{variant}{number}",
            variant=variant,
            at=NOW,
            first_at=None if variant == HELD_OUT else NOW + timedelta(hours=8),
            back_at=NOW + timedelta(hours=hours) if number < back else None,
            offers=offers,
            value_minor=500_00,
            paid_minor=60_00 if number < back else 0,
            had_person=number % 2 == 0,
        )
        for number in range(count)
    ]


@pytest.mark.req("CH13", "CH15", "CH17", "CH20", "CH22", "CO6", "CO7")
def test_only_what_the_held_out_did_not_do_is_won() -> None:
    # 30 of 100 with a message, 4 of 40 without one: 10 would have come anyway, 20 were won.
    found = [*tried(100, "morning", back=30, offers=1), *tried(40, HELD_OUT, back=4)]
    counted = winback.count(found, offer_cost_minor=15_00)
    assert (counted.sent.tried, counted.sent.back, counted.held.back) == (100, 30, 4)
    assert counted.extra == pytest.approx(20)
    assert counted.cost_minor == 100 * 15_00
    assert counted.cost_per_recovered == 75_00
    assert counted.break_even == pytest.approx(0.03)
    assert counted.sent.paid_minor == 30 * 60_00
    assert counted.extra_minor == 20 * 60_00  # the held-out paid as well: that was no work of ours
    assert counted.by_people == pytest.approx(0.5)
    assert counted.is_accepted is True  # 75.00 is below a fifth of 500.00
    dear = winback.count(found, offer_cost_minor=25_00)
    assert dear.is_accepted is False
    none_won = [*tried(100, "morning", back=10, offers=1), *tried(40, HELD_OUT, back=4)]
    counted = winback.count(none_won, offer_cost_minor=15_00)
    assert (counted.cost_per_recovered, counted.is_accepted) == (None, False)


@pytest.mark.req("CH12")
def test_a_return_counts_within_72_hours_of_the_first_message() -> None:
    for hours, soon, back in ((8, 1, 1), (80, 1, 1), (81, 0, 1), (30 * 24 + 1, 0, 0)):
        [line] = winback.count(tried(1, "evening", back=1, hours=hours), offer_cost_minor=0).lines
        assert (line.soon, line.back) == (soon, back), hours
    [held] = winback.count(tried(1, HELD_OUT, back=1), offer_cost_minor=0).lines
    assert held.soon == 0  # no message was there to count from


def test_few_contacts_say_nothing_yet() -> None:
    found = [*tried(winback.ENOUGH, "morning", back=9), *tried(winback.ENOUGH - 1, HELD_OUT)]
    counted = winback.count(found, offer_cost_minor=100)
    assert (counted.extra, counted.cost_per_recovered, counted.is_accepted) == (None, None, None)
    empty = winback.count([], offer_cost_minor=100)
    assert (empty.lines, empty.break_even, empty.sent.share) == ((), None, None)


@pytest.mark.django_db
@pytest.mark.req("CH15")
def test_the_churn_of_a_month_is_of_those_who_were_members_at_its_begin() -> None:
    begins = world.NOW - 30 * world.DAY

    def left(number: int, days_ago: int, *, joined: int = 100) -> None:
        ended = (world.NOW - days_ago * world.DAY).date()
        world.a_member(number, joined=joined, state="ended", ends_on=ended)

    for number in range(6):
        world.a_member(number, joined=100)
    left(6, 10)
    left(7, 20)
    left(8, 40)  # before
    left(9, 3, joined=20)  # was none at the begin
    found = winback.churn_of(world.WORKSPACE, begins=begins)
    assert (found.members, found.left, found.share) == (8, 2, 0.25)
    before = winback.churn_of(world.WORKSPACE, begins=begins - 30 * world.DAY)
    assert (before.members, before.left) == (9, 1)


@pytest.mark.django_db
@pytest.mark.req("CO6", "CO7", "CH13")
def test_what_contacts_paid_and_who_had_a_person_is_read_from_their_rows() -> None:
    contact = world.a_round(1, "morning", sent=39)
    world.a_visit(contact, ago=38)
    world.a_talk(contact, with_person=True, ago=37)
    world.a_visit(world.a_round(2, HELD_OUT), ago=30)
    for number, (ago, state) in enumerate(((35, "succeeded"), (34, "failed"), (5, "succeeded"))):
        Payment.objects.create(
            id=f"y{number}", workspace_id=world.WORKSPACE, invoice_id="v", contact_id=contact,
            paid_by="card", state=state, amount_minor=40_00, currency="USD",
            reference=f"r{number}", noted_by="system:s", at=world.NOW - ago * world.DAY,
        )  # fmt: skip
    found = winback.list_tried(world.WORKSPACE, since=world.NOW - 60 * world.DAY)
    told = {one.contact_id: (one.is_back, one.paid_minor, one.had_person) for one in found}
    assert told == {"w1": (True, 40_00, True), "w2": (True, 0, False)}
