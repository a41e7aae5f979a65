"""Settings > Confidence: what is set holds at the next turn, with who, why and a date to look."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.clock import VirtualClock
from baton.core.confidence import Band, Scope, Thresholds
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Role
from baton.services.reading import threshold_board, thresholds
from baton.services.reading.thresholds import Wish
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    AuditEntry,
    Conversation,
    OutsideReader,
    Review,
    ThresholdChange,
    Workspace,
)
from tests.ingress.installation import copy_of
from tests.support.engines import default_database
from tests.web.conftest import START, Gym, Screen, open_gym
from tests.web.spoken import a_house

BOARD = "/settings/confidence"
CHANGE = "/settings/confidence/change"
SOON = START.date() + timedelta(days=30)


@pytest.fixture
def gym(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        clock = VirtualClock(START)
        yield open_gym("Northside Gym", house=a_house(clock, seed=1), clock=clock)


def a_wish(
    scope: Scope = Scope.INTENT,
    name: str = "opening_hours",
    *,
    answer: float | None = 0.60,
    floor: float = 0.30,
    reason: str = "Its answer is always right",
    review_on: date = SOON,
    seen: int = 0,
) -> Wish:
    wanted = None if answer is None else Thresholds(answer=answer, floor=floor)
    return Wish(
        scope=scope, name=name, wanted=wanted, reason=reason, review_on=review_on, seen=seen
    )


def is_reviewed(conversation_id: str) -> bool:
    found = Review.objects.filter(conversation_id=conversation_id, reason="below_answer_confidence")
    return found.exists()


def failures(conversation_id: str) -> int:
    return Conversation.objects.get(id=conversation_id).failed_attempts


@pytest.mark.req("X2", "E25", "FQ11", "X27")
def test_running_workers_go_by_a_change_at_the_next_turn(gym: Gym, robin: Screen) -> None:
    assert is_reviewed(gym.hear("mia", "opening_hours 0.7"))
    assert failures(gym.hear("ben", "opening_hours 0.4")) == 1
    thresholds.change(gym.house, robin.user, a_wish())
    assert not is_reviewed(gym.hear("cat", "opening_hours 0.7"))
    eve = gym.hear("eve", "opening_hours 0.4")
    assert failures(eve) == 0
    assert is_reviewed(eve)
    assert is_reviewed(gym.hear("dan", "parking 0.7"))  # another intent stays as it was


@pytest.mark.req("X27", "E13")
def test_the_loosest_thresholds_let_no_hard_stop_and_no_wish_for_a_person_pass(
    gym: Gym, robin: Screen
) -> None:
    strict = a_wish(Scope.WORKSPACE, "", answer=0.95, floor=0.70)
    thresholds.change(gym.house, robin.user, strict)
    for who, words in (("mia", "I want a refund now"), ("ben", "ask_person 0.5")):
        assert Conversation.objects.get(id=gym.hear(who, words)).handled_by != "bot"
    assert failures(gym.hear("cat", "opening_hours 0.6")) == 1


@pytest.mark.req("X27", "GV10")
def test_a_change_is_a_row_with_who_when_why_and_an_audit_entry(gym: Gym, robin: Screen) -> None:
    before = Workspace.objects.get(id=gym.workspace.id).revision
    row = thresholds.change(
        gym.house, robin.user, a_wish(reason="Asked by mia@example.org, always right")
    )
    assert (row.old_answer, row.old_floor) == (0.80, 0.45)
    assert (row.new_answer, row.new_floor, row.version) == (0.60, 0.30, 1)
    assert (row.changed_by_id, row.changed_at) == (robin.user.id, gym.clock.now())
    assert row.review_on == SOON
    assert "mia@example.org" not in row.reason
    assert gym.deeds("thresholds_changed") == [(f"user:{robin.user.id}", "intent:opening_hours")]
    assert "mia@" not in AuditEntry.objects.get(action="thresholds_changed").details
    assert Workspace.objects.get(id=gym.workspace.id).revision == before + 1


@pytest.mark.req("X27")
def test_putting_back_is_a_change_of_its_own_and_versions_stay(gym: Gym, robin: Screen) -> None:
    first = thresholds.change(gym.house, robin.user, a_wish())
    second = thresholds.change(gym.house, robin.user, a_wish(answer=0.65, seen=1))
    assert thresholds.value_before(second) == Thresholds(answer=0.60, floor=0.30)
    assert thresholds.value_before(first) is None
    form = robin.get(f"{CHANGE}?scope=intent&name=opening_hours&put_back={second.id}").text
    assert 'value="60"' in form
    assert f'name="puts_back" value="{second.id}"' in form
    thresholds.change(gym.house, robin.user, a_wish(answer=None, seen=2))
    policy = standards_cache(gym.house).standards_of(gym.workspace.id).confidence
    assert policy.in_flow("faq").of("opening_hours") == policy.base
    assert ThresholdChange.objects.count() == 3


def test_refusals(gym: Gym, robin: Screen, sam: Screen) -> None:
    def refused(wish: Wish) -> set[str]:
        with pytest.raises(InvalidInput) as caught:
            thresholds.change(gym.house, robin.user, wish)
        return set(caught.value.fields)

    today = gym.clock.now().date()
    assert refused(a_wish(reason="  ")) == {"reason"}
    assert refused(a_wish(review_on=today)) == {"review_on"}
    assert refused(a_wish(review_on=today + timedelta(days=181))) == {"review_on"}
    assert refused(a_wish(answer=0.99, floor=0.1)) == {"answer", "floor"}
    assert refused(a_wish(name="ask_person", floor=0.5)) == {"floor"}
    assert refused(a_wish(name="complaint", floor=0.5)) == {"floor"}
    with pytest.raises(NotFound):
        thresholds.change(gym.house, robin.user, a_wish(name="no_such_thing"))
    with pytest.raises(NotFound):
        thresholds.change(gym.house, robin.user, a_wish(Scope.FLOW, "no_such_flow"))
    with pytest.raises(Forbidden):
        thresholds.change(gym.house, sam.user, a_wish())
    assert not ThresholdChange.objects.exists()


def test_the_second_of_two_is_told(gym: Gym, robin: Screen) -> None:
    thresholds.change(gym.house, robin.user, a_wish())
    with pytest.raises(Conflict):
        thresholds.change(gym.house, robin.user, a_wish(answer=0.9))
    assert ThresholdChange.objects.count() == 1


@pytest.mark.req("GV10", "FQ11")
def test_the_page_counts_bands_and_escalations_of_thirty_days(gym: Gym, robin: Screen) -> None:
    gym.hear("old", "opening_hours 0.9")
    gym.step(days=31)
    for who, sure in (("a", 0.9), ("b", 0.8), ("c", 0.79), ("d", 0.45), ("e", 0.44)):
        gym.hear(who, f"opening_hours {sure}")
    gym.hear("e", "opening_hours 0.1")  # the second failed attempt hands over
    shown = threshold_board.board(gym.house, robin.user)
    hours = shown.intents[0]
    assert hours.name == "opening_hours"
    assert hours.volumes.bands == {Band.ANSWERED: 2, Band.REVIEWED: 2, Band.FAILED: 2}
    assert hours.volumes.escalation_rate == pytest.approx(1 / 6)
    assert shown.workspace.volumes.total == 6
    page = robin.get(BOARD).text
    assert "Opening hours" in page
    assert "17 %" in page
    assert "Nobody has changed a threshold yet" in page


@pytest.mark.req("X27", "FQ11")
def test_foresight_says_what_really_happens_afterwards(gym: Gym, robin: Screen) -> None:
    for who, sure in (("a", 0.9), ("b", 0.7), ("c", 0.6), ("d", 0.44), ("e", 0.29), ("f", 0.28)):
        gym.hear(who, f"opening_hours {sure}")
    gym.hear("g", "parking 0.7")
    wish = a_wish(floor=0.29)
    seen = threshold_board.foresee(gym.house, robin.user, wish.scope, wish.name, wish.wanted)
    assert seen.total == 6
    assert seen.moved == 4
    assert {(m.before, m.after): m.count for m in seen.moves} == {
        (Band.REVIEWED, Band.ANSWERED): 2,
        (Band.FAILED, Band.REVIEWED): 2,
    }
    thresholds.change(gym.house, robin.user, wish)
    line = threshold_board.line_of(gym.house, robin.user, wish.scope, wish.name)
    assert line.volumes.bands == seen.after


@pytest.mark.req("GV10", "X27")
def test_the_form_shows_the_effect_before_it_saves(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", "opening_hours 0.7")
    fields = {
        "scope": "intent", "name": "opening_hours", "answer": "65", "floor": "45",
        "reason": "Right every time", "review_on": SOON.isoformat(), "seen": "0",
    }  # fmt: skip
    assert robin.get(f"{CHANGE}?scope=intent&name=opening_hours").status == 200
    unseen = robin.post(CHANGE, fields, htmx=False, act="save")
    assert "1 would have come into another band" in unseen.text
    assert not ThresholdChange.objects.exists()  # nothing is saved that was not shown
    shown = re.search(r'name="shown" value="([^"]+)"', unseen.text)
    assert shown
    other = robin.post(CHANGE, fields | {"answer": "70"}, htmx=False, act="save", shown=shown[1])
    assert not ThresholdChange.objects.exists()
    assert "What it would have done" in other.text
    saved = robin.post(CHANGE, fields, htmx=False, act="save", shown=shown[1])
    assert saved.status == 302
    page = robin.get(saved.headers["Location"]).text
    assert "Saved." in page
    assert "Right every time" in page
    late = robin.post(CHANGE, fields, htmx=False, act="save", shown=shown[1])
    assert late.status == 409
    assert "A colleague has changed these thresholds meanwhile" in late.text


def test_what_is_refused_is_told_beside_its_field(gym: Gym, robin: Screen) -> None:
    fields = {
        "scope": "intent", "name": "ask_person", "answer": "abc", "floor": "60",
        "reason": "x", "review_on": "", "seen": "0",
    }  # fmt: skip
    answer = robin.post(CHANGE, fields, htmx=False, act="show")
    assert answer.status == 422
    assert "Write a whole percent" in answer.text
    assert "Say when to look at this again" in answer.text
    fields |= {"answer": "80", "review_on": START.date().isoformat()}
    answer = robin.post(CHANGE, fields, htmx=False, act="show")
    assert answer.status == 422
    assert "This intent calls for a person" in answer.text
    assert "The review date must lie in the future" in answer.text
    assert robin.get(f"{CHANGE}?scope=intent&name=nothing").status == 404
    assert robin.get(f"{CHANGE}?scope=galaxy&name=x").status == 422
    assert gym.deeds("thresholds_changed") == []


@pytest.mark.req("X27", "GV1")
def test_an_overdue_look_is_marked_until_somebody_has_looked(gym: Gym, robin: Screen) -> None:
    thresholds.change(gym.house, robin.user, a_wish())
    assert "overdue" not in robin.get(BOARD).text
    gym.step(days=30)
    page = robin.get(BOARD).text
    assert "1 change is overdue for a look" in page
    later = gym.clock.now().date() + timedelta(days=60)
    thresholds.change(gym.house, robin.user, a_wish(seen=1, reason="Still fine", review_on=later))
    assert "overdue" not in robin.get(BOARD).text


@pytest.mark.req("GV10")
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AGENT, 403),
        (Role.SENIOR, 403),
        (Role.MANAGER, 200),
        (Role.OPERATIONS, 200),
        (Role.AUDITOR, 403),
        (Role.ENGINEER, 200),
    ],
)
def test_whoever_may_change_settings_may_open_it(gym: Gym, role: Role, status: int) -> None:
    screen = gym.screen_of(gym.hire("Someone", role))
    assert screen.get(BOARD).status == status
    assert screen.get(f"{CHANGE}?scope=workspace&name=").status == status


def test_the_history_is_paged_and_knows_no_other_workspace(gym: Gym, robin: Screen) -> None:
    for seen in range(threshold_board.PAGE_SIZE + 2):
        gym.clock.advance(timedelta(seconds=1))
        thresholds.change(gym.house, robin.user, a_wish(seen=seen))
    first = threshold_board.list_changes(gym.house, robin.user)
    second = threshold_board.list_changes(gym.house, robin.user, before=first.following)
    versions = [change.version for change in (*first.changes, *second.changes)]
    assert versions == list(range(threshold_board.PAGE_SIZE + 2, 0, -1))
    assert second.following == ""
    assert robin.get(f"{BOARD}?before={first.following}").status == 200
    other = open_gym("Southside", house=gym.house, clock=gym.clock)
    theirs = other.hire("Tim", Role.MANAGER)
    assert threshold_board.list_changes(gym.house, theirs).changes == ()
    with pytest.raises(NotFound):
        thresholds.get_change(theirs, first.changes[0].id)


def test_an_outside_reader_in_trouble_is_said_so(gym: Gym, robin: Screen) -> None:
    assert 'id="outside"' not in robin.get(BOARD).text
    row = OutsideReader.objects.create(
        id="2" * 32,
        workspace_id=gym.workspace.id,
        kind="http",
        host="nlu.example.com",
        settings_sealed=b"",
        changed_at=START,
        changed_by="system",
    )
    assert "asked at nlu.example.com" in robin.get(BOARD).text
    OutsideReader.objects.filter(id=row.id).update(trouble="late", troubled_at=START)
    assert "nlu.example.com has been late since" in robin.get(BOARD).text
