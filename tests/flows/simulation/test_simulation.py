"""A simulation is the same for the same seed, adds up, and lets no rule slip."""

from collections import Counter
from dataclasses import replace

import pytest

from baton.core.costs import MILLION
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows.simulation import life, telling
from baton.flows.simulation.diary import Diary, Who
from baton.flows.simulation.report import Plan, Report, StepReport, stage_of
from baton.flows.simulation.tally import Tally
from tests.flows.simulation.stages import a_setting, assume, play, read_flow

SMALL = Plan(contacts=60, days=45, seed=3)
EVERYBODY = replace(SMALL, diaries=tuple(range(1, 61)))


@pytest.fixture(scope="module")
def found() -> Report:
    return play(read_flow(), EVERYBODY)


def a_tally(numbers: list[int], seed: int = 3) -> Tally:
    flow = read_flow()
    stage = stage_of(flow, a_setting(flow), assume(), replace(SMALL, seed=seed))
    tally = Tally()
    for number in numbers:
        life.lived(stage, number, tally)
    return tally


def test_the_same_seed_gives_the_same_whatever_the_order() -> None:
    forwards, backwards = a_tally([*range(1, 41)]), a_tally([*range(40, 0, -1)])
    assert forwards == backwards
    assert forwards != a_tally([*range(1, 41)], seed=4)


def test_a_life_does_not_depend_on_who_lives_beside_it(found: Report) -> None:
    few = play(read_flow(), replace(SMALL, contacts=5, diaries=(5,)))
    assert few.diaries[5].lines == found.diaries[5].lines


def test_nobody_is_lost_on_the_way(found: Report) -> None:
    entered_by_way: Counter[str] = Counter()
    for step in found.steps:
        assert step.entered == _gone(step) + step.waiting, step.place
        for _label, to, count in step.left:
            entered_by_way[to] += count
    for step in found.steps:
        begun = found.tally.started[found.flow.name] if step.place[1] == found.flow.start else 0
        assert step.entered == entered_by_way[step.place[1]] + begun, step.place


def _gone(step: StepReport) -> int:
    return sum(n for _label, _to, n in step.left) + sum(n for _how, n in step.ended)


def test_every_kind_of_turn_is_met(found: Report) -> None:
    # A simulation that never meets a case would prove nothing about it.
    tally = found.tally
    assert tally.runs["has_confirmed"] > 0
    assert tally.escalated["flow", "wants_to_move"] > 0
    assert tally.actions["cancel_booking", "done"] > 0
    assert tally.effects["goal", "booking_cancelled"] > 0
    assert tally.events["booking_moved"] > 0
    assert tally.events["booking_no_show"] > 0
    assert {name for kind, name in tally.effects if kind == "rating"} > {"1"}
    assert not tally.problems


@pytest.mark.req("PL11")
def test_no_share_is_above_one(found: Report) -> None:
    for counts in (found.tally.runs, found.tally.contacts):
        assert all(count <= counts["all"] for count in counts.values())
    for gate in found.gates:
        assert gate.counted <= gate.among
        assert gate.holds is None or gate.value is not None
    assert found.tally.runs["has_confirmed"] <= found.tally.runs["was_asked_to_confirm"]
    assert found.tally.runs["has_rated"] <= found.tally.runs["was_asked_to_rate"]


def test_messages_add_up(found: Report) -> None:
    told = Counter(
        (line.where, line.at.astimezone(a_setting().hours.zone).date().isoformat())
        for diary in found.diaries.values()
        for line in diary.lines
        if line.who is Who.BOT
    )
    assert found.tally.sends == told
    assert found.tally.cost.keys() == found.tally.sends.keys()


def _after(diary: Diary, text: str) -> list[str]:
    """Return what the bot said after the contact said something, and its own answer to that."""
    place = next(
        place
        for place, line in enumerate(diary.lines)
        if line.who is Who.CONTACT and line.text == text
    )
    return [line.text for line in diary.lines[place + 1 :] if line.who is Who.BOT]


@pytest.mark.req("C24")
def test_nothing_is_sent_after_stop() -> None:
    habits: Json = {"opts_out": {"transactional": 0.3}}
    found = play(read_flow(), EVERYBODY, assume(habits=habits))
    out = [
        diary
        for diary in found.diaries.values()
        if any(line.who is Who.CONTACT and line.text == "STOP" for line in diary.lines)
    ]
    assert len(out) > 20
    for diary in out:
        assert _after(diary, "STOP") in (["You are out."], [])
    assert found.tally.contacts["has_opted_out"] == len(out)
    assert found.tally.held["opted_out"] > 0


@pytest.mark.req("E4")
def test_a_hard_stop_silences_the_bot_until_a_person_has_settled_it() -> None:
    habits: Json = {"angry": 0.3}
    found = play(read_flow(), EVERYBODY, assume(habits=habits, people={"resolve": ["3d", "5d"]}))
    assert found.tally.escalated["hard_stop", "refund"] > 20
    assert found.tally.held["person_owns"] > 0
    for diary in found.diaries.values():
        is_owned = False
        for line in diary.lines:
            if line.who is Who.PERSON:
                is_owned = False
            if line.who is Who.BOT:
                assert not is_owned or line.text.startswith("A colleague")
            is_owned |= line.text == "handed over: refund"


def test_the_flows_own_limits_hold() -> None:
    busy: Json = [
        {"name": "booking", "begins": "booking_created", "every": "1d", "ahead": ["3h", "12d"]}
    ]
    flow = read_flow(limits={"sends_per_day": 1, "runs_per_contact": 2})
    found = play(flow, replace(SMALL, diaries=(1, 2, 3)), assume(matters=busy))
    assert found.tally.not_started["enough_runs"] > 0
    assert found.tally.held["sends_per_day"] > 0


def test_who_cannot_be_reached_gets_nothing() -> None:
    nobody: Json = {"whatsapp": 0, "sms": 0, "email": 0}
    found = play(read_flow(), SMALL, assume(channels=nobody))
    assert not found.tally.sends
    assert found.tally.not_started == {"no_channel": found.tally.events["booking_created"]}


@pytest.mark.req("PL11")
def test_a_gate_says_whether_it_would_hold_or_that_nobody_can_know(found: Report) -> None:
    by_kpi = {one.gate.kpi: one for one in found.gates}
    assert by_kpi["no_show_rate"].is_known is False
    assert by_kpi["no_show_rate"].holds is None
    asked = found.tally.runs["was_asked_to_confirm"]
    confirmed = by_kpi["confirmation_rate"]
    assert (confirmed.counted, confirmed.among) == (found.tally.runs["has_confirmed"], asked)
    angry = play(read_flow(), SMALL, assume(habits={"angry": 0.5}))
    assert next(one for one in angry.gates if one.gate.kpi == "escalation_rate").holds is False


def test_a_move_in_time_is_told_and_the_course_starts_anew() -> None:
    moved: Json = [
        {
            "name": "booking",
            "begins": "booking_created",
            "once": True,
            "ahead": ["5d", "6d"],
            "later": [
                {
                    "event": "booking_moved",
                    "share": 1,
                    "before": ["3d", "4d"],
                    "moves": ["2d", "2d"],
                },
                {"event": "booking_attended", "share": 1, "after": ["1h", "1h"], "ends": True},
            ],
        }
    ]
    found = play(read_flow(), replace(SMALL, contacts=10), assume(matters=moved))
    left = {(step.place[1], label): n for step in found.steps for label, _to, n in step.left}
    assert left["day_before", "booking_moved"] == found.tally.events["booking_moved"] > 0


def test_a_flow_that_only_others_start_is_refused() -> None:
    flow = read_flow(trigger={"on": "call"})
    with pytest.raises(InvalidInput) as refused:
        play(flow, SMALL)
    assert set(refused.value.fields) == {"trigger"}


def test_too_much_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        play(read_flow(), Plan(contacts=0, days=10_000))
    assert set(refused.value.fields) == {"contacts", "days"}


def test_the_report_is_told_in_words_and_as_values(found: Report) -> None:
    words, row = telling.render_report(found), telling.row_of(found)
    assert "no_show_rate             at most 0.12: not known from a simulation" in words
    assert f"messages  {found.tally.sends.total():,} sent" in words
    assert sum(one["messages"] for one in row["sends"]) == found.tally.sends.total()  # type: ignore[union-attr, index, call-overload, misc]
    assert f"{found.tally.cost.total() / MILLION:,.2f} USD" in words
    diary = telling.render_diary(found.diaries[1])
    assert diary.startswith("Contact 1, ")
    assert "booking created" in diary
