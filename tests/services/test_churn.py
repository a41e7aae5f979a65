"""The daily scoring: who is at risk is told once, and told again when they are not."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.bookings import State
from baton.core.errors import Conflict, NotFound
from baton.core.policy import Policy
from baton.services.bookings import activities, check_ins, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import Wish
from baton.services.desk import churn_board
from baton.services.ledger import Ledger
from baton.services.people import spending
from baton.services.people.contacts import marks_of
from baton.services.workspace import churn_scoring, churn_signs
from baton.store.models import (
    CheckIn,
    ChurnScore,
    Membership,
    Message,
    OfferMade,
    ReportedEvent,
    Run,
    User,
)
from baton.store.queries import churn as kept
from baton.store.queries import turns
from baton.store.rows import OfferMadeRow
from tests.services.test_events import END, publish

STORY = Story.model_validate(
    {
        "story": "churn",
        "title": "Who stays away",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia Moss"},
            "nia": {"contact": "webchat", "name": "Nia"},
        },
        "steps": [{"passes": "1s"}],
    }
)
A_DAY = timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    for who in ("mia", "nia"):
        made.report(who, "membership_started", {})
    publish(
        made, "winback", {"on": "segment", "segment": '"at_risk" in contact.tags'},
        {"wait": {"type": "wait", "for": "9d", "then": "over"}, "over": END},
        limits={"runs_per_contact": 3},
    )  # fmt: skip
    return made


def came(world: World, who: str, *days_ago: int) -> None:
    """Let somebody have come so many days ago."""
    rows = [
        CheckIn(
            id=world.house.next_id(world.now), workspace_id=world.workspace_id,
            reference=f"{who}-{days}", contact_id=contact_id(world, who),
            at=world.now - days * A_DAY,
        )
        for days in days_ago
    ]  # fmt: skip
    CheckIn.objects.bulk_create(rows)


def contact_id(world: World, who: str) -> str:
    contact = world.find_contact(who)
    assert contact is not None
    return contact.id


def tags_of(world: World, who: str) -> tuple[str, ...]:
    lane = world.find_contact(who).lane  # type: ignore[union-attr] # they were reported
    return marks_of(turns.list_lanes([lane])[lane].contact).tags


@pytest.mark.req("CH2", "CH5")
def test_who_is_at_risk_is_told_once_and_again_when_they_came_back(world: World) -> None:
    came(world, "mia", *range(25, 120, 3))  # away, and half as often as before
    came(world, "nia", *range(0, 120, 3))
    world.pass_time(A_DAY)  # the daily check lies within it
    assert tags_of(world, "mia") == ("at_risk",)
    assert tags_of(world, "nia") == ()
    assert [run.contact_id for run in Run.objects.all()] == [contact_id(world, "mia")]
    score = ChurnScore.objects.get()
    assert [sign for sign, *_ in msgspec.json.decode(score.signs)] == ["away", "fewer"]
    since = score.since
    world.pass_time(2 * A_DAY)
    score.refresh_from_db()
    assert Run.objects.count() == 1
    assert score.since == since < score.scored_at
    came(world, "mia", 0, 1, 2, 3, 4, 5, 6, 7)
    world.pass_time(A_DAY)
    assert tags_of(world, "mia") == ()


@pytest.mark.req("CH3", "CH5")
def test_a_day_that_only_passes_writes_nothing_and_is_counted_where_it_is_shown(
    world: World,
) -> None:
    def shown() -> list[int]:
        user = User(workspace_id=world.workspace_id)
        score = churn_board.score_of(world.house, user, contact_id(world, "mia"))
        assert score is not None
        return [one.seen for one in score.signs]

    came(world, "mia", *range(130, 250, 3))
    world.pass_time(A_DAY)
    written = ChurnScore.objects.get()
    first = shown()
    for days in (1, 2):
        world.pass_time(A_DAY)
        assert shown() == [first[0] + days]
    score = ChurnScore.objects.get()
    assert (score.scored_at, score.signs) == (written.scored_at, written.signs)
    # As it was kept before: a number of days, which the next scoring turns into the moment.
    ChurnScore.objects.update(signs=f'[["away",{score.points},{first[0]},14]]')
    assert shown() == first
    world.pass_time(A_DAY)
    assert shown() == [first[0] + 3]
    [away] = churn_signs.read(ChurnScore.objects.get().signs)
    assert [away.seen] == [one.seen for one in churn_signs.read(written.signs)]


@pytest.mark.req("CH6", "U11")
def test_who_is_worth_most_is_of_high_value(world: World) -> None:
    for who, minor in (("mia", 30_00), ("nia", 90_00)):
        came(world, who, *range(0, 120, 3))
        Membership.objects.create(
            id=world.house.next_id(world.now), workspace_id=world.workspace_id,
            reference=who, plan="All", contact_id=contact_id(world, who),
            state="active", price_minor=minor,
            joined_at=world.now, changed_at=world.now,
        )  # fmt: skip
    world.pass_time(A_DAY)
    assert (tags_of(world, "mia"), tags_of(world, "nia")) == ((), ("high_value",))
    assert ChurnScore.objects.get().value_minor == 12 * 90_00


@pytest.mark.req("CH1", "BI7")
def test_a_payment_that_failed_is_a_sign_for_a_week(world: World) -> None:
    came(world, "mia", *range(14, 120, 3))
    world.report("mia", "payment_failed", {})
    world.pass_time(A_DAY)
    [(away, *_), (payment, *_)] = msgspec.json.decode(ChurnScore.objects.get().signs)
    assert (away, payment) == ("away", "payment")
    world.pass_time(8 * A_DAY)
    assert "payment" not in ChurnScore.objects.get().signs


def test_pages_leave_nobody_out_and_who_is_gone_for_a_year_has_no_score(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(churn_scoring, "PAGE", 1)
    for who in ("mia", "nia"):
        came(world, who, *range(300, 360, 3))
    world.pass_time(A_DAY)
    assert ChurnScore.objects.filter(is_at_risk=True).count() == 0
    came(world, "mia", *range(40, 130, 3))
    came(world, "nia", *range(25, 120, 3))
    world.pass_time(A_DAY)
    assert {tags_of(world, who) for who in ("mia", "nia")} == {("at_risk",)}
    CheckIn.objects.all().delete()
    world.pass_time(A_DAY)
    assert {tags_of(world, who) for who in ("mia", "nia")} == {()}
    assert not ChurnScore.objects.exists()


@pytest.mark.req("CH1", "DI5")
def test_a_booking_that_was_attended_is_a_visit_and_its_check_in_is_the_same_one(
    world: World,
) -> None:
    activity_id = activities.save(
        world.house, world.workspace_id, Offer(name="Yoga", minutes=60, capacity=5), actor="system"
    )
    [slot_id] = activities.add_slots(
        world.house, world.workspace_id, activity_id, [world.now + 2 * A_DAY], actor="system"
    )
    wish = Wish(contact_id=contact_id(world, "mia"), slot_id=slot_id)
    booking = places.book(world.house, world.workspace_id, wish, actor="system")
    world.pass_time(3 * A_DAY)
    places.mark(world.house, world.workspace_id, booking.id, State.ATTENDED, actor="system")
    days = churn_scoring.days_before(world.now)
    for has_check_in in (False, True):
        if has_check_in:
            came(world, "mia", 1)
            CheckIn.objects.update(booking_id=booking.id)
        [counted] = kept.came_between(world.workspace_id, days, "", "~").values()
        assert counted.visits == 1


@pytest.mark.req("DI5")
def test_a_second_click_is_no_second_visit_and_the_last_one_is_taken_back(world: World) -> None:
    mia = contact_id(world, "mia")
    check_ins.note(world.house, world.workspace_id, mia, actor="user:u")
    with pytest.raises(Conflict):
        check_ins.note(world.house, world.workspace_id, mia, actor="user:u")
    world.pass_time(timedelta(minutes=1))
    assert ReportedEvent.objects.filter(name="checked_in").exists()
    check_ins.take_back(world.house, world.workspace_id, mia, actor="user:u")
    assert not CheckIn.objects.exists()
    with pytest.raises(NotFound):
        check_ins.take_back(world.house, world.workspace_id, mia, actor="user:u")


@pytest.mark.req("CH13", "CH14")
def test_no_offer_goes_beyond_its_budget(world: World) -> None:
    policy = Policy(offer_cost_minor=15_00, offer_budget_minor=40_00)
    made = OfferMade(
        id="1" * 32, workspace_id=world.workspace_id, contact_id="1" * 32, flow="winback",
        offer="winback_free_session", at=world.now - timedelta(days=29),
    )  # fmt: skip
    ledger = Ledger(world.house, world.now)
    assert spending.has_room(ledger, world.workspace_id, policy)
    made.save(force_insert=True)
    assert spending.has_room(ledger, world.workspace_id, policy)  # a second one: 30.00 of 40.00
    row = OfferMadeRow(
        id="2" * 32, workspace_id=world.workspace_id, contact_id="2" * 32, flow="winback",
        offer="winback_free_session", cost_minor=15_00, worth_minor=None, at=world.now,
    )  # fmt: skip
    ledger.add(row)  # made in the same batch, and not written yet
    assert not spending.has_room(ledger, world.workspace_id, policy)
    assert spending.has_room(ledger, world.workspace_id, replace(policy, offer_budget_minor=0))
    later = Ledger(world.house, world.now + timedelta(days=2))
    assert spending.has_room(later, world.workspace_id, policy)


@pytest.mark.req("CH1")
def test_who_reads_no_more_of_what_is_sent_shows_a_sign(world: World) -> None:
    def wrote(who: str, days_ago: int, delivery: str, *, author: str = "bot") -> None:
        now = world.now
        Message.objects.create(
            id=world.house.next_id(now), workspace_id=world.workspace_id, conversation_id="c",
            contact_id=contact_id(world, who), author=author, delivery=delivery,
            is_unprompted=author == "bot", created_at=now - days_ago * A_DAY,
        )  # fmt: skip

    def unread() -> dict[str, int]:
        days = churn_scoring.days_before(world.now)
        return kept.unread_between(world.workspace_id, days, "", "~")

    for who in ("mia", "nia"):
        wrote(who, 100, "read")
        for days_ago in (50, 20, 3):
            wrote(who, days_ago, "delivered")
    assert unread() == {contact_id(world, "mia"): 3, contact_id(world, "nia"): 3}
    wrote("nia", 2, "received", author="contact")  # she answers, though no receipt says so
    assert unread() == {contact_id(world, "mia"): 3}
    came(world, "mia", *range(25, 120, 3))
    world.pass_time(A_DAY)
    score = ChurnScore.objects.get(id=contact_id(world, "mia"))
    assert [sign for sign, *_ in msgspec.json.decode(score.signs)] == ["away", "fewer", "quiet"]
    wrote("mia", 1, "read")
    assert unread() == {}
