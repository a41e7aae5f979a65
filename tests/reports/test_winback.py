"""Winning back: only what the held-out contacts did not do by themselves counts as won."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.reports import winback
from baton.reports.winback import HELD_OUT, Tried

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
        )
        for number in range(count)
    ]


@pytest.mark.req("CH13", "CH15", "CH17", "CH22")
def test_only_what_the_held_out_did_not_do_is_won() -> None:
    # 30 of 100 with a message, 4 of 40 without one: 10 would have come anyway, 20 were won.
    found = [*tried(100, "morning", back=30, offers=1), *tried(40, HELD_OUT, back=4)]
    counted = winback.count(found, offer_cost_minor=15_00)
    assert (counted.sent.tried, counted.sent.back, counted.held.back) == (100, 30, 4)
    assert counted.extra == pytest.approx(20)
    assert counted.cost_minor == 100 * 15_00
    assert counted.cost_per_recovered == 75_00
    assert counted.break_even == pytest.approx(0.03)
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
