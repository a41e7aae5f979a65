"""Two flows that the same words start: one stands in for the other, as far as it reaches."""

from dataclasses import replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace as with_

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.policy import Policy
from baton.core.rollout import Kind, Reach
from baton.core.routing import Staffing
from baton.flows import choosing, outreach, standing
from baton.flows.check import Surroundings, check
from baton.flows.document import NO_LIBRARY, Flow, Library
from baton.flows.scene import Happened
from baton.flows.standing import Setting, Standing
from baton.flows.trigger import TriggerKind
from tests.flows.scenes import a_pack, a_scene, library_of, parse_flow
from tests.flows.scenes import said as words


def a_flow(name: str, **trigger: Json) -> Flow:
    return parse_flow(
        {
            "flow": name, "title": name, "owner": "CX", "start": "done",
            "trigger": trigger or {"on": "message"}, "steps": {"done": {"type": "end"}},
        }
    )  # fmt: skip


OLD = a_flow("answers")
NEW = a_flow("triage", on="message", instead_of=["answers"])
NEWEST = a_flow("wholly", on="message", instead_of=["triage"])


def takes(library: Library, contact: str, text: str = "hello") -> str:
    setting = Setting(
        pack=a_pack(), policy=Policy(), confidence=ConfidencePolicy(base=base_of(Policy())),
        library=library, facts={}, staffing=Staffing(waiting={}), hours=BusinessHours(zone=UTC),
    )  # fmt: skip
    scene = with_(a_scene(), draw=contact)
    at = standing.silence(Standing(), setting, scene.now)
    said = words(text)
    found = choosing.choose(choosing.find_called(said, at, scene), said, at, scene)
    return found.served[0].name if found.served else ""


def reached(share: float, kind: Kind = Kind.SHARE) -> Library:
    reaches = {"triage": Reach(kind=kind, share=share)}
    return replace(library_of(OLD, NEW), reaches=MappingProxyType(reaches))


UTC = ZoneInfo("UTC")
PEOPLE = [f"person-{number}" for number in range(400)]


@pytest.mark.req("PL9", "PL22")
def test_a_flow_takes_its_share_and_the_other_one_the_rest() -> None:
    taken = {one: takes(reached(0.15), one) for one in PEOPLE}
    assert set(taken.values()) == {"answers", "triage"}
    assert 40 <= sum(name == "triage" for name in taken.values()) <= 80
    grown = {one: takes(reached(0.50), one) for one in PEOPLE}
    assert all(grown[one] == "triage" for one in PEOPLE if taken[one] == "triage")
    for kind, name in (
        (Kind.DRAFT, "answers"), (Kind.SHADOW, "answers"), (Kind.OFF, "answers"),
        (Kind.FULL, "triage"),
    ):  # fmt: skip
        assert {takes(reached(1.0, kind), one) for one in PEOPLE[:20]} == {name}


def test_the_foremost_of_several_takes_whatever_the_order_of_their_names() -> None:
    assert takes(library_of(OLD, NEW, NEWEST), "mia") == "wholly"
    assert takes(library_of(OLD, NEW), "mia") == "triage"
    circle = (
        a_flow("a", on="message", instead_of=["b"]),
        a_flow("b", on="message", instead_of=["a"]),
    )
    assert takes(library_of(*circle), "mia") == "a"  # refused by the check, and nobody is lost
    assert NO_LIBRARY.foremost(()) == ()


def test_it_goes_for_a_keyword_and_an_event_too() -> None:
    old = a_flow("join", on="keyword", keyword="JOIN")
    new = a_flow("joining", on="keyword", keyword="join", instead_of=["join"])
    assert takes(library_of(old, new), "mia", "JOIN") == "joining"
    library = library_of(
        a_flow("booked", on="event", event="booked"),
        a_flow("told", on="event", event="booked", instead_of=["booked"]),
        a_flow("beside", on="event", event="booked"),
    )
    given = Happened(event="booked", facts={})
    found = outreach.starting(library, TriggerKind.EVENT, given, a_scene())
    assert [flow.name for flow, _version in found] == ["beside", "told"]


def test_nobody_is_served_twice_while_the_one_between_two_others_takes_nobody() -> None:
    library = library_of(
        a_flow("first", on="event", event="booked"),
        a_flow("second", on="event", event="booked", instead_of=["first"]),
        a_flow("third", on="event", event="booked", instead_of=["second"]),
    )
    off = MappingProxyType({"second": Reach(kind=Kind.OFF)})
    for halfway in (
        library,
        replace(library, paused=frozenset({"second"})),
        replace(library, reaches=off),
    ):
        found = outreach.starting(
            halfway, TriggerKind.EVENT, Happened(event="booked", facts={}), a_scene()
        )
        assert [flow.name for flow, _version in found] == ["third"]


def test_the_thresholds_before_a_flow_is_chosen_are_those_of_the_one_that_most_reach() -> None:
    for library, name in (
        (reached(0.15), "answers"), (reached(1.0, Kind.FULL), "triage"),
        (library_of(OLD, NEW), "triage"), (library_of(), ""),
    ):  # fmt: skip
        assert (library.answering[0].name if library.answering else "") == name


def rules_of(flow: Flow, *others: Flow) -> set[str]:
    trigger: Json = {"on": "message", "instead_of": [*flow.trigger.instead_of]}
    raw: Json = {
        "flow": flow.name, "title": "x", "owner": "CX", "start": "a", "trigger": trigger,
        "steps": {"a": {"type": "end"}},
    }  # fmt: skip
    around = Surroundings(flows={one.name: one for one in others})
    return {one.rule for one in check(raw, around)} & {"same_trigger", "stands_in"}


def test_the_check_asks_who_goes_first_and_refuses_what_cannot_be() -> None:
    assert rules_of(a_flow("triage"), OLD) == {"same_trigger"}
    assert rules_of(NEW, OLD) == set()
    assert rules_of(OLD, NEW) == set()  # said by the other one
    assert rules_of(NEW) == {"stands_in"}  # nothing of that name is in force
    assert rules_of(a_flow("answers", on="message", instead_of=["triage"]), NEW) == {"stands_in"}
    by_way = a_flow("answers", on="message", instead_of=["wholly"])
    assert rules_of(by_way, NEWEST, NEW) == {"stands_in"}
    assert rules_of(a_flow("it", on="message", instead_of=["it"])) == {"stands_in"}


def test_the_check_refuses_to_stand_in_for_what_another_kind_of_trigger_starts() -> None:
    for other in (
        a_flow("answers", on="keyword", keyword="JOIN"),
        a_flow("answers", on="event", event="booked"),
        a_flow("answers", on="call"),
    ):
        assert rules_of(NEW, other) == {"stands_in"}
