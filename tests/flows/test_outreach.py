"""What starts a run, which facts it takes, and how many a contact may have at a time."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import outreach
from baton.flows.document import Flow
from baton.flows.outreach import Underway
from baton.flows.scene import Happened
from baton.flows.trigger import TriggerKind
from tests.flows.scenes import a_scene, library_of, parse_flow


def a_flow(name: str, **head: Json) -> Flow:
    return parse_flow(
        {
            "flow": name, "title": name, "owner": "CX", "start": "done",
            "steps": {"done": {"type": "end"}}, **head,
        }
    )  # fmt: skip


BOOKED = a_flow(
    "booked",
    trigger={"on": "event", "event": "booked", "when": "event.price > 1000"},
    facts={"booking": "text", "price": "money", "starts_at": "time"},
    subject="booking",
    limits={"runs_per_contact": 2},
)
ANY = a_flow("any", trigger={"on": "event", "event": "booked"})
DAILY = a_flow("daily", trigger={"on": "schedule", "at": "09:00", "segment": "true"})
GOLD = a_flow(
    "gold",
    trigger={
        "on": "segment", "segment": "contact.membership == 'gold'",
        "when": "!('asked' in contact.tags)",
    },
)  # fmt: skip
LIBRARY = library_of(BOOKED, ANY, DAILY, GOLD)


def started(kind: TriggerKind, event: str, contact: Json = None, **facts: Json) -> list[str]:
    scene = a_scene(given={"contact": contact or {}})
    happened = Happened(event=event, facts=facts)
    return [flow.name for flow, _ in outreach.starting(LIBRARY, kind, happened, scene)]


@pytest.mark.req("C26")
def test_an_event_starts_the_flows_whose_condition_holds() -> None:
    assert started(TriggerKind.EVENT, "booked", price=2000) == ["any", "booked"]
    assert started(TriggerKind.EVENT, "booked", price=1000) == ["any"]
    assert started(TriggerKind.EVENT, "booked") == ["any"]
    assert started(TriggerKind.EVENT, "paid", price=2000) == []


def test_a_schedule_and_a_segment_start_the_flow_of_their_name() -> None:
    assert started(TriggerKind.SCHEDULE, "daily") == ["daily"]
    assert started(TriggerKind.SEGMENT, "daily") == []
    assert started(TriggerKind.SEGMENT, "gold", {"tags": []}) == ["gold"]
    assert started(TriggerKind.SEGMENT, "gold", {"tags": ["asked"]}) == []


def test_a_flow_that_is_switched_off_starts_nothing() -> None:
    off = dataclasses.replace(LIBRARY, live={"any": 1})
    happened = Happened(event="booked", facts={"price": 2000})
    found = outreach.starting(off, TriggerKind.EVENT, happened, a_scene())
    assert [flow.name for flow, _ in found] == ["any"]


def test_an_unusable_condition_keeps_a_fact_from_no_other_flow() -> None:
    broken = a_flow("ab", trigger={"on": "event", "event": "booked", "when": "run.gone == 1"})
    library = library_of(broken, ANY)
    found = outreach.starting(library, TriggerKind.EVENT, Happened(event="booked"), a_scene())
    assert [flow.name for flow, _ in found] == ["any"]


def test_a_run_takes_the_facts_that_are_declared_in_their_types() -> None:
    brought: dict[str, Json] = {"booking": "B1", "price": None, "colour": "red"}
    assert outreach.facts_of(BOOKED, brought) == {"booking": "B1"}
    with pytest.raises(InvalidInput) as refused:
        outreach.facts_of(BOOKED, {"booking": 5, "price": 9.5, "starts_at": "2026-05-01T18:00"})
    assert set(refused.value.fields) == {"booking", "price", "starts_at"}


@given(st.lists(st.sampled_from(["B1", "B2", "B3", ""]), max_size=12))
def test_a_contact_has_no_two_runs_of_a_subject_and_not_too_many(subjects: list[str]) -> None:
    underway = [Underway(flow="other", subject="B1")]
    for subject in subjects:
        facts: dict[str, Json] = {"booking": subject}
        if outreach.may_start(BOOKED, outreach.subject_of(BOOKED, facts), underway):
            underway.append(Underway(flow="booked", subject=subject))
    own = [one.subject for one in underway if one.flow == "booked"]
    assert len(own) == len(set(own)) <= BOOKED.limits.runs_per_contact


def test_a_flow_without_a_subject_runs_once_at_a_time() -> None:
    assert outreach.subject_of(ANY, {"booking": "B1"}) == ""
    assert not outreach.may_start(ANY, "", [Underway(flow="any", subject="")])


def test_a_version_that_is_not_there_takes_nothing() -> None:
    steps: Json = {
        "wait": {"type": "wait", "events": [{"event": "x", "then": "done"}]},
        "done": {"type": "end"},
    }
    flow = a_flow("waits", trigger={"on": "call"}, start="wait", steps=steps)
    begun = outreach.begin(flow, 1, a_scene(), Happened(event="y"), library_of(flow))
    assert begun.state is not None
    there, gone = begun.state, replace(begun.state, version=2)
    happened = Happened(event="x")
    assert outreach.go_on(there, a_scene(), happened, library_of(flow)) is not None
    assert outreach.go_on(gone, a_scene(), happened, library_of(flow)) is None
