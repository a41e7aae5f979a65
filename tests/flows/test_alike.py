"""Runs that are alike share a turn; whether they do changes nothing that follows from it."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core.json import Json
from baton.core.ownership import Owner
from baton.flows import outreach, unprompted
from baton.flows.alike import Alike
from baton.flows.document import Flow
from baton.flows.run import RunState
from baton.flows.scene import Happened, TimeUp
from baton.flows.standing import Setting, Standing, scene_of
from baton.flows.turn import Turn
from tests.flows.random_flows import BEGINNINGS, LIBRARIES
from tests.flows.scenes import library_of, parse_flow
from tests.flows.test_turn import NOW, SETTING

LATER = NOW + timedelta(hours=23)
CONTACTS = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ann", "Bo"]), "tags": st.sampled_from([[], ["vip"]])}
)
STANDINGS = st.builds(
    Standing,
    owner=st.sampled_from([Owner.BOT, Owner.BOT, Owner.AGENT]),
    channel=st.sampled_from(["sms", "webchat"]),
    language=st.sampled_from(["", "es"]),
    bot_turns=st.integers(0, 1),
    contact=CONTACTS,
    draw=st.sampled_from(["c1", "c2", "c3", "c4"]),
)


def a_waiting_run(flow: Flow, setting: Setting, facts: Mapping[str, Json]) -> RunState | None:
    scene = scene_of(Standing(draw="c1"), setting, NOW)
    begun = outreach.begin(flow, 1, scene, Happened(event="booked", facts=facts), setting.library)
    return begun.state


def alone(standing: Standing, setting: Setting) -> Turn | None:
    return unprompted.go_on(TimeUp(), standing, setting, now=LATER)


@pytest.mark.req("C26")
@given(LIBRARIES, st.lists(st.tuples(BEGINNINGS, STANDINGS), min_size=2, max_size=6))
def test_a_batch_of_runs_is_decided_as_each_of_them_alone(library: Any, runs: list[Any]) -> None:
    setting = replace(SETTING, library=library)
    flow, alike = library.flows["any", 1], Alike()
    for begun, standing in [*runs, *runs]:
        state = a_waiting_run(flow, setting, begun["facts"])
        told = replace(standing, run=state)
        shared = unprompted.let_time_pass(told, setting, now=LATER, alike=alike)
        assert repr(shared) == repr(alone(told, setting))


HEAD: dict[str, Json] = {
    "flow": "reminder", "title": "Reminder", "owner": "CX", "start": "wait",
    "trigger": {"on": "event", "event": "booked"},
    "facts": {"booking": "text", "class_name": "text", "count": "number", "paid": "flag"},
}  # fmt: skip
STEPS: dict[str, dict[str, Json]] = {
    "wait": {"type": "wait", "for": "1h", "then": "remind"},
    "remind": {"type": "send", "text": "{{ run.class_name }}.", "then": "again"},
    "again": {"type": "wait", "for": "1h", "then": "done"},
    "done": {"type": "end"},
}
REMINDER = parse_flow({**HEAD, "steps": {**STEPS}})


def reminded(flow: Flow, *facts: dict[str, Json], **standing: Any) -> list[tuple[Turn, int]]:
    """Return the turns of one batch, and how many turns had been decided by then."""
    setting = replace(SETTING, library=library_of(flow))
    alike, found, decided = Alike(), [], []
    for known in facts:
        begun = a_waiting_run(flow, setting, {})
        told = Standing(run=begun and replace(begun, variables=known), **standing)

        def decide(one: Standing) -> Turn | None:
            decided.append(one)
            return alone(one, setting)

        turn = alike.turn_of(told, setting, decide)
        assert turn is not None
        found.append((turn, len(decided)))
    return found


def test_who_booked_the_same_class_is_reminded_by_one_decision_and_keeps_their_booking() -> None:
    first, second, other = reminded(
        REMINDER,
        {"class_name": "Yoga", "booking": "B1"},
        {"class_name": "Yoga", "booking": "B2"},
        {"class_name": "Spin", "booking": "B3"},
    )
    assert [first[1], second[1], other[1]] == [1, 1, 2]
    assert first[0].reply == second[0].reply
    assert [turn.reply and turn.reply.text for turn, _ in (second, other)] == ["Yoga.", "Spin."]
    kept = [turn.run and turn.run.variables["booking"] for turn, _ in (first, second, other)]
    assert kept == ["B1", "B2", "B3"]


def with_text(text: str) -> Flow:
    send = dataclasses.replace(REMINDER.steps["remind"], wording=_wording(text))  # type: ignore[type-var]
    return dataclasses.replace(REMINDER, steps={**REMINDER.steps, "remind": send})


def _wording(text: str) -> Any:
    found = REMINDER.steps["remind"].wordings[""]
    return dataclasses.replace(found, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.name }}, {{ run.class_name }}.",  # names the contact
        "{% if run.paid %}Paid.{% endif %}",  # Liquid, which may look anywhere
        "{{ run }}",
    ],
)
def test_what_looks_at_more_than_can_be_compared_is_decided_for_each(text: str) -> None:
    known: dict[str, Json] = {"class_name": "Yoga", "paid": True}
    (_, first), (_, second) = reminded(with_text(text), known, known, contact={"name": "Ann"})
    assert second > first


WAY: dict[str, Json] = {
    "split": {
        "type": "split", "split": "words",
        "variants": [
            {"name": "x", "share": 50, "then": "remind"},
            {"name": "y", "share": 50, "then": "again"},
        ],
    },
    "set": {"type": "set", "values": {"count": "run.count + 1"}, "then": "remind"},
}  # fmt: skip


@pytest.mark.parametrize("kind", WAY)
def test_shares_are_dealt_and_facts_learned_by_each_run_alone(kind: str) -> None:
    wait = {**STEPS["wait"], "then": "way"}
    flow = parse_flow({**HEAD, "steps": {**STEPS, "wait": wait, "way": WAY[kind]}})
    setting, alike = replace(SETTING, library=library_of(flow)), Alike()
    state = a_waiting_run(flow, setting, {"class_name": "Yoga", "count": 1})
    for number in range(8):
        told = Standing(run=state, draw=f"c{number}")
        shared = unprompted.let_time_pass(told, setting, now=LATER, alike=alike)
        assert repr(shared) == repr(alone(told, setting))


def test_yes_is_not_one() -> None:
    flow = with_text("{{ run.class_name | link: 'x' }}")
    turns = [turn for turn, _ in reminded(flow, {"class_name": 1}, {"class_name": True})]
    assert [turn.reply and turn.reply.text for turn in turns] == ["1/x", "True/x"]


def test_facts_that_nobody_shares_are_soon_no_longer_looked_for() -> None:
    facts: list[dict[str, Json]] = [{"class_name": f"Class {number}"} for number in range(20)]
    found = reminded(REMINDER, *facts)
    assert found[-1][1] == 20
    assert [turn.reply and turn.reply.text for turn, _ in found] == [
        f"{one['class_name']}." for one in facts
    ]
