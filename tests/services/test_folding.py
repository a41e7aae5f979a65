"""A conversation's past folded into episodes: counted by hand, in any order of what was read."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.core.kpis import Grain
from baton.reports.sources import SOURCES
from baton.services.evidence.folding import (
    Dealt,
    Deed,
    Had,
    HandoffTold,
    Marked,
    Past,
    Scores,
    StageTold,
    TurnTold,
    fold,
)

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def a_past(**known: Any) -> Past:
    past = Past(
        id="c", workspace_id="w", began_at=NOW, channel="webchat", inbox_id="i", intent="hours",
        triage="automate", opened_by="contact", is_confirmed=False,
    )  # fmt: skip
    return replace(past, **known)


def a_turn(
    minute: float, flow: str = "faq", *, step: str = "say", failed: bool = False
) -> TurnTold:
    return TurnTold(f"t{minute}", at(minute), flow, 2, step, failed)


def a_handoff(
    name: str, minute: float, *, state: str = "resolved", ended: float | None = None
) -> HandoffTold:
    ends = None if ended is None else at(ended)
    return HandoffTold(name, at(minute), ends, state, "requested", "billing", True, False)


def closed(seq: int, minute: float, actor: str = "bot", *, confirmed: bool = False) -> Deed:
    return Deed(seq, at(minute), "resolved", actor, "answered", confirmed)


LIVED = a_past(
    deeds=[
        closed(1, 10),
        Deed(2, at(70), "reopened", "contact:p"),
        closed(3, 130, "user:sam"),
        Deed(4, at(131), "undone", "user:sam"),
        closed(5, 140, "user:sam"),
        Deed(6, at(200), "reopened", "contact:p"),
    ],
    turns=[
        a_turn(0),
        a_turn(20, "csat"),
        a_turn(70, "billing", step="ask", failed=True),
        a_turn(71, "billing", step="hand"),
        a_turn(150, "csat"),
        a_turn(200),
    ],
    handoffs=[
        a_handoff("h1", 71, state="returned", ended=100),
        a_handoff("h0", 70, state="withdrawn", ended=71),
        a_handoff("h2", 110, ended=140),
    ],
    had=[
        Had("a1", "h1", "sam", at(75), at(90)),
        Had("a2", "h1", "kim", at(90), at(100)),
        Had("a3", "h2", "sam", at(120), at(140)),
    ],
    marks=[
        Marked("m1", at(20), at(21), 100.0),
        Marked("m2", at(150), None, None),
    ],
    answers=[at(0.5), at(3), at(70.2), at(76), at(200.1)],
)


@pytest.mark.req("K3", "K4", "K5", "K31", "RP7")
def test_a_life_told_by_hand() -> None:
    first, second, third = fold(LIVED).episodes
    assert (first.id, first.number, first.began_at, first.ended_at) == ("c.0", 0, NOW, at(10))
    assert (first.ended_by, first.returned_after, first.resolved_after) == ("bot", 3600, 600)
    assert (first.flow, first.version, first.step) == ("faq", 2, "say")
    assert (first.bot_turns, first.handoffs, first.answered_after) == (2, 0, 30)
    assert (first.csat_asked, first.csat, first.csat_after) == (True, 100.0, 11 * 60)

    assert (second.began_at, second.ended_at, second.ended_by) == (at(70), at(140), "agent")
    assert (second.flow, second.step, second.failed_turns) == ("billing", "hand", 1)
    assert (second.handoffs, second.touches, second.agent_id) == (2, 3, "sam")
    assert (second.waited, second.handled, second.returned_after) == (240, 45 * 60, 3600)
    assert (second.csat_asked, second.csat, second.csat_after) == (True, None, None)

    assert (third.ended_at, third.ended_by, third.returned_after) == (None, "", None)
    assert third.opened_by == "contact"


def test_what_a_matter_is_told_apart_by() -> None:
    past = replace(
        LIVED,
        location_id="north",
        segment="vip",
        pack="fitness",
        stages={
            "billing": [StageTold(at(-9), "soft_launch"), StageTold(at(70.5), "decide")],
            "faq": [StageTold(at(199), "full"), StageTold(at(201), "")],
        },
        dealt=[
            Dealt(at(-900), "faq", "hello", "short"),
            Dealt(at(71), "billing", "tone", "warm"),  # in its very turn
            Dealt(at(72), "billing", "late", "no"),  # people had it by then
            Dealt(at(-5), "reminders", "hour", "six"),  # of a flow that said nothing
            Dealt(at(-5), "", "threshold", "2", at(100)),
        ],
    )
    first, second, third = fold(past).episodes
    assert {(one.location_id, one.segment, one.pack) for one in (first, second, third)} == {
        ("north", "vip", "fitness")
    }
    assert (first.stage, first.variants) == ("", ",faq.hello=short,threshold=2,")
    # The handoff was offered at 71, in the turn at which the flow still stood at its stage.
    assert (second.flow, second.stage) == ("billing", "decide")
    assert second.variants == ",billing.tone=warm,threshold=2,"
    assert (third.stage, third.variants) == ("full", ",faq.hello=short,")
    assert {(one.stage, one.variants) for one in fold(past).stretches} == {
        ("decide", ",billing.tone=warm,threshold=2,")
    }


def test_the_human_stretches_of_it() -> None:
    one, two = fold(LIVED).stretches
    assert (one.id, one.nth, one.handoffs, one.state) == ("h1", 1, 2, "returned")
    assert (one.waited, one.handled, one.touches, one.agent_id) == (240, 25 * 60, 2, "sam")
    assert (two.id, two.nth, two.episode_id, two.returned_after) == ("h2", 2, "c.1", 3600)
    assert (two.waited, two.touches, two.flow, two.queue) == (600, 1, "billing", "billing")


@pytest.mark.req("K6", "K20")
@pytest.mark.parametrize(
    ("turns", "deeds", "handoffs", "flow"),
    [
        ([a_turn(0), a_turn(10, "csat")], [closed(1, 10)], [], "faq"),  # the survey begins then
        (
            [a_turn(10), a_turn(10, "csat")._replace(id="t9")],
            [closed(1, 10)],
            [],
            "faq",
        ),  # all at one moment
        ([a_turn(0), a_turn(5, "billing")], [closed(1, 10)], [], "billing"),
        ([a_turn(0), a_turn(5, "billing")], [], [a_handoff("h", 5)], "billing"),
        ([a_turn(0), a_turn(6, "billing")], [], [a_handoff("h", 5)], "faq"),
        ([a_turn(0, "")], [], [], ""),
        ([], [closed(1, 10)], [], ""),
    ],
)
def test_the_flow_that_answers_for_it(
    turns: list[TurnTold], deeds: list[Deed], handoffs: list[HandoffTold], flow: str
) -> None:
    [told] = fold(a_past(turns=turns, deeds=deeds, handoffs=handoffs)).episodes
    assert told.flow == flow


def test_a_return_makes_what_the_bot_opened_the_contacts_own() -> None:
    past = a_past(opened_by="bot", deeds=[closed(1, 5), Deed(2, at(9), "reopened", "contact:p")])
    assert [one.opened_by for one in fold(past).episodes] == ["bot", "contact"]


@pytest.mark.req("FQ19")
@pytest.mark.parametrize(
    ("deeds", "said", "confirmed"),
    [
        ([closed(1, 5)], False, [False]),
        ([closed(1, 5, confirmed=True)], False, [True]),
        ([closed(1, 5)], True, [True]),  # said after the close
        ([], True, [False]),  # nothing is confirmed that is not closed
        ([closed(1, 5), Deed(2, at(9), "reopened"), closed(3, 12)], True, [False, True]),
    ],
)
def test_what_the_contact_confirmed(
    deeds: list[Deed], *, said: bool, confirmed: list[bool]
) -> None:
    folded = fold(a_past(deeds=deeds, is_confirmed=said))
    assert [one.is_confirmed for one in folded.episodes] == confirmed


@pytest.mark.req("RP7")
@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_in_which_it_was_read_makes_no_difference(source: random.Random) -> None:
    read: dict[str, Any] = {
        name: source.sample(rows := getattr(LIVED, name), len(rows))
        for name in ("deeds", "turns", "handoffs", "had", "marks", "answers")
    }
    assert fold(replace(LIVED, **read)) == fold(LIVED)


@pytest.mark.req("DI14")
def test_a_matter_carries_all_that_tickets_are_joined_by() -> None:
    past = a_past(
        triage="hybrid", segment="high_value", tags=",vip,at_risk,", turns=[a_turn(0)],
        scores=Scores(complexity=3, emotion=2, frequency=20, value=4),
        handoffs=[a_handoff("a", 1, ended=9), a_handoff("b", 10, ended=12)],
        deeds=[Deed(1, at(12), "resolved", "user:1", "answered", False)],
    )  # fmt: skip
    [row], _stretches = fold(past)
    assert (row.channel, row.flow, row.intent, row.tags) == (
        "webchat", "faq", "hours", ",vip,at_risk,",
    )  # fmt: skip
    assert (row.triage, row.complexity, row.emotion, row.frequency, row.value) == (
        "hybrid", 3, 2, 20, 4,
    )  # fmt: skip
    assert (row.reason, row.ended_by, row.code) == ("requested", "agent", "answered")
    told = set(SOURCES[Grain.EPISODE].columns)
    assert told >= {
        "channel", "flow", "intent", "tags", "triage", "complexity", "emotion", "frequency",
        "value", "reason", "ended_by", "code",
    }  # fmt: skip
    # Whoever was never handed over was handed over for no reason.
    [alone], _none = fold(a_past(turns=[a_turn(0)]))
    assert (alone.reason, alone.tags, alone.value) == ("", "", None)
