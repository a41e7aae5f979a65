"""What a change in the business is worth, and what a return takes, counted by hand."""

import pytest

from baton.reports import worth
from baton.reports.changes import changes_of
from baton.reports.kpis import KpiReading
from baton.store.models import Conversation, Stretch
from tests.reports.test_verdicts import share
from tests.reports.world import (
    DAY,
    HOUR,
    NOW,
    WORKSPACE,
    a_booking,
    a_return,
    a_stretch,
    an_invoice,
)

WINDOW = (NOW - 28 * DAY, NOW + DAY)


def read(name: str, now: int, before: int) -> tuple[dict[str, KpiReading], dict[str, KpiReading]]:
    return {name: share(name, now, 1_000)}, {name: share(name, before, 1_000)}


@pytest.mark.django_db
@pytest.mark.req("CO10", "K24", "K36")
def test_no_shows_avoided_are_worth_what_a_booking_costs() -> None:
    for number, price in enumerate((20_00, 40_00, 0)):
        a_booking(number, "attended", price_minor=price)
    a_booking(9, "cancelled", price_minor=900_00)
    [one] = worth.worth_of(WORKSPACE, changes_of(*read("no_show_rate", 100, 200)), *WINDOW)
    assert one.title == "No-shows avoided"
    assert [one.count, one.price] == [pytest.approx(100), 30_00]
    assert one.amount == pytest.approx(3_000_00)
    assert one.lies is not None
    assert 0 < one.lies.low < 100 < one.lies.high
    assert one.is_clear
    [lost] = worth.worth_of(WORKSPACE, changes_of(*read("no_show_rate", 210, 200)), *WINDOW)
    assert lost.amount == pytest.approx(-300_00)
    assert not lost.is_clear


@pytest.mark.django_db
@pytest.mark.req("CO10", "RN2")
def test_renewals_are_worth_what_one_brings_and_nothing_without_a_price_or_a_baseline() -> None:
    changed = changes_of(*read("renewal_rate", 900, 850))
    assert list(worth.worth_of(WORKSPACE, changed, *WINDOW)) == []
    an_invoice(1, "paid", due=-5, cause="membership", amount_minor=50_00)
    an_invoice(2, "open", due=-5, cause="membership", amount_minor=70_00)
    an_invoice(3, "void", due=-5, cause="membership", amount_minor=999_00)
    an_invoice(4, "paid", due=-5, cause="booking", amount_minor=999_00)
    [one] = worth.worth_of(WORKSPACE, changed, *WINDOW)
    assert [one.count, one.price] == [pytest.approx(50), 60_00]
    assert list(worth.worth_of(WORKSPACE, {}, *WINDOW)) == []


@pytest.mark.django_db
@pytest.mark.req("CO5", "RT13")
def test_what_people_did_for_a_return_is_told_by_who_decided_it() -> None:
    asked = NOW - 5 * DAY
    for number, (by, contact) in enumerate((("rules", "p1"), ("rules", "p2"), ("user:x", "p3"))):
        a_return(number, by, refunded_after=24, contact_id=contact)
        Conversation.objects.create(
            id=f"c{number}", workspace_id=WORKSPACE, contact_id=contact, inbox_id="i",
            lane=contact, address_lane=contact, channel="sms", status="open", handled_by="bot",
            first_message_at=asked, last_message_at=asked,
        )  # fmt: skip
    a_stretch(1, began_at=asked + HOUR, handled=60)
    a_stretch(2, began_at=asked + HOUR, handled=500)
    Stretch.objects.create(
        **{
            **Stretch.objects.values().get(id="h2"),
            "id": "later", "began_at": asked + 30 * HOUR, "handled": 9_999,
        }
    )  # fmt: skip
    rules, people = worth.returns_handled(WORKSPACE, *WINDOW)
    assert (rules.count, rules.seconds) == (2, 60)
    assert (people.count, people.seconds) == (1, 500)
