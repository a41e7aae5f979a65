"""A whole turn: what wins over what, for any conversation it may find."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from baton.core import hours
from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.json import Json
from baton.core.keywords import Keyword
from baton.core.ownership import Owner
from baton.core.policy import Policy
from baton.core.reading import IntentScore
from baton.core.routing import OnDuty, Staffing
from baton.flows import signals, turn
from baton.flows.document import Library
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Said, Waiting
from baton.flows.signals import Signals
from baton.flows.turn import Decision, Setting, Standing
from tests.flows.scenes import FACTS, a_pack, parse_flow, said

NOW = datetime.fromisoformat("2026-03-02T10:00Z")
FAQ: Json = {
    "flow": "faq", "title": "Questions", "owner": "CX",
    "trigger": {"on": "message"}, "start": "answer",
    "steps": {
        "answer": {"type": "answer", "answered": "settle", "unanswered": "menu"},
        "settle": {"type": "wait", "for": "10m", "then": "close", "on_message": "answer"},
        "menu": {
            "type": "ask", "kind": "choice", "text": "1 for billing", "otherwise": "answer",
            "choices": [{"key": "1", "label": "Billing", "then": "ask"}],
        },
        "ask": {"type": "ask", "text": "What about billing?", "then": "answer"},
        "close": {"type": "end", "outcome": "resolved"},
    },
}  # fmt: skip
FLOW = parse_flow(FAQ)
SETTING = Setting(
    pack=a_pack(),
    policy=Policy(),
    confidence=ConfidencePolicy(base=base_of(Policy())),
    library=Library(flows={("faq", 1): FLOW}, live={"faq": 1}),
    facts=FACTS,
    staffing=Staffing(
        agents=(OnDuty(user_id="u", skills=frozenset({"billing"}), open_conversations=0),),
        waiting={},
    ),
    hours=hours.parse_hours({}, zone="UTC"),
)
BANDS = SETTING.bands_in("")
SAID = said("when", ("hours", 0.9))
HARMFUL = [kind for kind in HardStop if kind is not HardStop.PERSON]


def a_run(step: str, awaits: Awaits = Awaits.MESSAGE) -> RunState:
    return RunState(flow="faq", version=1, step=step, waiting=Waiting(awaits=awaits))


RUNS = st.none() | st.sampled_from(
    [a_run("settle"), a_run("menu", Awaits.CHOICE), a_run("ask"), a_run("answer")]
)
STANDINGS = st.builds(
    Standing,
    owner=st.sampled_from(Owner),
    is_opted_out=st.booleans(),
    is_resolved=st.booleans(),
    request_type=st.sampled_from(["", "hours", "gone"]),
    failed_attempts=st.integers(0, 3),
    negative_turns=st.integers(0, 2),
    bot_turns=st.integers(0, 13),
    recontacts=st.integers(0, 3),
    last_reply_hash=st.sampled_from(["", turn.reply_hash("From six.")]),
    run=RUNS,
)
INTENTS = st.none() | st.builds(
    IntentScore,
    name=st.sampled_from(["hours", "injury", "not_helpful", "greeting", "thanks"]),
    confidence=st.floats(0.45, 1),
)
STOPS = st.lists(
    st.sampled_from(HardStop).map(lambda k: HardStopMatch(kind=k, text="x", start=0, end=1)),
    max_size=2,
).map(tuple)


@st.composite
def heards(draw: st.DrawFn) -> Signals:
    intent = draw(INTENTS)
    found = SETTING.pack.intent(intent.name) if intent else None
    return Signals(
        keyword=draw(st.none() | st.sampled_from(Keyword)),
        stops=draw(STOPS),
        intent=intent,
        best=intent,
        kind=SETTING.pack.request_type(found.request_type) if found else None,
        sentiment=draw(st.floats(-1, 1)),
        is_prompt_reply=draw(st.booleans()),
    )


def decided(heard: Signals, standing: Standing, words: Said = SAID) -> turn.Turn:
    return turn.decide(words, heard, standing, SETTING, now=NOW)


@pytest.mark.req("C24")
@given(heards(), STANDINGS)
def test_an_opt_out_wins_over_everything(heard: Signals, standing: Standing) -> None:
    stopped = decided(replace(heard, keyword=Keyword.STOP), standing)
    assert stopped.decision is Decision.OPTED_OUT
    assert stopped.run is None
    assert (stopped.reply is None) is standing.is_opted_out
    # What else was said is not lost, while nobody else has the conversation.
    assert (stopped.handoff is not None) is (bool(heard.stops) and standing.owner is Owner.BOT)


@pytest.mark.req("E20")
@given(heards(), STANDINGS)
def test_the_bot_is_silent_while_a_person_owns(heard: Signals, standing: Standing) -> None:
    assume(standing.owner is not Owner.BOT)
    assume(heard.keyword not in (Keyword.STOP, Keyword.START))
    quiet = decided(heard, standing)
    assert quiet.decision is Decision.SILENT
    assert (quiet.reply, quiet.handoff, quiet.effects) == (None, None, ())
    assert quiet.run is standing.run


@pytest.mark.req("E6", "E7", "E8", "E20", "G7")
@given(heards(), STANDINGS, st.sampled_from(HARMFUL))
def test_a_hard_stop_interrupts_any_step_of_any_flow(
    heard: Signals, standing: Standing, kind: HardStop
) -> None:
    stop = HardStopMatch(kind=kind, text="x", start=0, end=1)
    standing = replace(standing, owner=Owner.BOT)
    handed = decided(replace(heard, stops=(*heard.stops, stop)), standing)
    assert handed.handoff is not None
    assert handed.run is None
    if heard.keyword not in (Keyword.STOP, Keyword.START):
        assert handed.decision is Decision.HANDED_OVER
        expected = "opted_out" if standing.is_opted_out else "hard_stop"
        assert handed.handoff.escalate.reason.value == expected


@pytest.mark.req("E4", "E40")
@given(heards(), STANDINGS)
def test_whoever_asks_for_a_person_gets_one_at_any_step(heard: Signals, standing: Standing) -> None:
    asked = HardStopMatch(kind=HardStop.PERSON, text="a person", start=0, end=8)
    assume(heard.keyword not in (Keyword.STOP, Keyword.START))
    handed = decided(
        replace(heard, stops=(*heard.stops, asked)), replace(standing, owner=Owner.BOT)
    )
    assert handed.decision is Decision.HANDED_OVER
    assert handed.run is None


@given(heards(), STANDINGS)
def test_a_turn_says_one_thing_at_most_and_a_handoff_ends_the_run(
    heard: Signals, standing: Standing
) -> None:
    found = decided(heard, standing)
    if found.handoff is not None:
        assert found.run is None
        assert found.handoff.routing.due_at > NOW
    if standing.is_opted_out and heard.keyword is not Keyword.START:
        assert found.reply is None
    if found.decision is Decision.FLOWED and found.reply is not None:
        assert turn.reply_hash(found.reply.text) != standing.last_reply_hash


@pytest.mark.req("E3", "E26")
def test_the_very_same_reply_hands_over_instead() -> None:
    heard = signals.read(SAID, None, "", SETTING.pack, BANDS)
    first = decided(heard, Standing())
    assert first.reply is not None
    again = decided(
        heard, Standing(run=first.run, last_reply_hash=turn.reply_hash(first.reply.text))
    )
    assert again.handoff is not None
    assert again.handoff.escalate.trigger == "identical_reply"


@pytest.mark.req("E1", "E2", "X1")
@pytest.mark.parametrize(("failed", "hands_over"), [(0, False), (1, True)])
def test_the_second_failed_attempt_hands_over(failed: int, hands_over: bool) -> None:  # noqa: FBT001 - a table
    words = said("hm", ("hours", 0.3))
    heard = signals.read(words, None, "", SETTING.pack, BANDS)
    found = decided(heard, Standing(failed_attempts=failed), words)
    assert (found.handoff is not None) is hands_over
    assert found.reply is not None


@pytest.mark.req("E24")
def test_not_helpful_keeps_the_matter_that_it_speaks_of() -> None:
    words = said("that did not help", ("not_helpful", 0.9))
    heard = signals.read(words, a_run("settle"), "hours", SETTING.pack, BANDS)
    assert heard.request_type == ""
    found = decided(heard, Standing(request_type="hours", run=a_run("settle")), words)
    assert found.handoff is not None
    assert found.handoff.escalate.trigger == "not_helpful"


def test_silence_wakes_nothing_while_a_person_owns() -> None:
    for owner in (Owner.QUEUE, Owner.AGENT, Owner.ASYNC):
        woken = turn.wake(Standing(owner=owner, run=a_run("settle")), SETTING, now=NOW)
        assert (woken.decision, woken.reply, woken.effects) == (Decision.SILENT, None, ())


def test_a_trigger_without_a_flow_begins_nothing() -> None:
    assert turn.begin("conversation_resolved", Standing(), SETTING, now=NOW) is None


@pytest.mark.req("C18")
@pytest.mark.parametrize(
    ("text", "awaits", "is_reply"),
    [
        ("1", Awaits.CHOICE, False),  # this run offers no choices
        ("4", Awaits.RATING, True),
        ("it was\n4", Awaits.RATING, True),
        ("I came at 4", Awaits.RATING, False),
        ("4", Awaits.MESSAGE, False),
    ],
)
def test_a_short_reply_means_what_was_last_asked(
    text: str,
    awaits: Awaits,
    is_reply: bool,  # noqa: FBT001 - a table
) -> None:
    heard = signals.read(said(text), a_run("settle", awaits), "", SETTING.pack, BANDS)
    assert heard.is_prompt_reply is is_reply
