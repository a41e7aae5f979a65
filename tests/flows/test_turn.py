"""A whole turn: what wins over what, for any conversation it may find."""

import dataclasses
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import hours
from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.json import Json
from baton.core.keywords import Keyword
from baton.core.ownership import Owner
from baton.core.pack import RequestType
from baton.core.policy import Policy
from baton.core.reading import Entity, IntentScore
from baton.core.routing import OnDuty, Staffing
from baton.flows import signals, turn, unprompted
from baton.flows.effects import KeepWords, ReachGoal
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Happened, Said, Waiting
from baton.flows.signals import Signals
from baton.flows.standing import Setting, Standing
from baton.flows.turn import Decision
from baton.flows.values import ValueType
from tests.flows.scenes import FACTS, a_pack, library_of, parse_flow, said

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
    library=library_of(FLOW),
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
    standing = replace(standing, urgency=100)  # nothing is worse than what they wait with
    quiet = decided(heard, standing)
    assert quiet.decision is Decision.SILENT
    assert (quiet.reply, quiet.handoff, quiet.effects) == (None, None, ())
    assert quiet.run is standing.run


@pytest.mark.req("E6", "E20", "U13")
@given(heards(), STANDINGS, st.sampled_from(HARMFUL))
def test_something_worse_said_while_waiting_is_handed_over_anew(
    heard: Signals, standing: Standing, kind: HardStop
) -> None:
    assume(heard.keyword not in (Keyword.STOP, Keyword.START))
    stop = HardStopMatch(kind=kind, text="x", start=0, end=1)
    heard = replace(heard, stops=(*heard.stops, stop))
    for owner in (Owner.QUEUE, Owner.ASYNC):
        waiting = replace(standing, owner=owner, urgency=stop.severity - 1)
        anew = decided(heard, waiting)
        assert anew.decision is Decision.HANDED_OVER
        assert anew.handoff is not None
        assert anew.handoff.urgency.score >= stop.severity
        assert anew.run is standing.run
    with_agent = replace(standing, owner=Owner.AGENT, urgency=0)
    assert decided(heard, with_agent).decision is Decision.SILENT


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
        assert found.run is (None if standing.owner is Owner.BOT else standing.run)
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
        woken = unprompted.wake(Standing(owner=owner, run=a_run("settle")), SETTING, now=NOW)
        assert (woken.decision, woken.reply, woken.effects) == (Decision.SILENT, None, ())


REMINDERS = parse_flow(
    {
        "flow": "reminders", "title": "Reminders", "owner": "CX",
        "trigger": {"on": "event", "event": "booked"},
        "goal": {"event": "cancelled", "when": "event.booking == run.booking"},
        "facts": {"booking": "text"}, "subject": "booking", "start": "say",
        "steps": {
            "say": {"type": "send", "text": "Booked {{ run.booking }}.", "then": "wait"},
            "wait": {
                "type": "wait", "for": "1h", "then": "done",
                "events": [{"event": "moved", "then": "say"}],
            },
            "done": {"type": "end"},
        },
    }
)  # fmt: skip
JOIN = parse_flow(
    {
        "flow": "join", "title": "Join", "owner": "CX",
        "trigger": {"on": "keyword", "keyword": "JOIN"}, "start": "ask",
        "steps": {
            "ask": {"type": "ask", "kind": "text", "text": "Your name?", "then": "done"},
            "done": {"type": "end"},
        },
    }
)  # fmt: skip
ALL = replace(SETTING, library=library_of(FLOW, REMINDERS, JOIN))
BOOKED = Happened(event="booked", facts={"booking": "B1"})


@pytest.mark.req("C26")
def test_an_event_starts_a_run_without_a_word_from_anybody() -> None:
    begun = unprompted.begin(REMINDERS, 1, BOOKED, Standing(), ALL, now=NOW)
    assert (begun.decision, begun.reply and begun.reply.text) == (Decision.FLOWED, "Booked B1.")
    assert begun.run is not None
    assert begun.run.variables == {"booking": "B1"}
    again = unprompted.go_on(Happened(event="moved"), Standing(run=begun.run), ALL, now=NOW)
    assert again is not None
    # Nobody asked: the very same words a second time are no sign of a bot that repeats itself.
    last = turn.reply_hash("Booked B1.")
    same = unprompted.go_on(
        Happened(event="moved"), Standing(run=begun.run, last_reply_hash=last), ALL, now=NOW
    )
    assert same == again
    assert same.handoff is None


@pytest.mark.req("G33")
def test_the_goal_ends_the_run_and_says_nothing() -> None:
    begun = unprompted.begin(REMINDERS, 1, BOOKED, Standing(), ALL, now=NOW)
    other = Happened(event="cancelled", facts={"booking": "B2"})
    assert unprompted.go_on(other, Standing(run=begun.run), ALL, now=NOW) is None
    own = Happened(event="cancelled", facts={"booking": "B1"})
    ended = unprompted.go_on(own, Standing(run=begun.run), ALL, now=NOW)
    assert ended is not None
    assert (ended.run, ended.reply, ended.effects) == (None, None, (ReachGoal(goal="cancelled"),))


@pytest.mark.req("C18")
def test_words_that_are_not_for_the_waiting_run_start_another_beside_it() -> None:
    begun = unprompted.begin(REMINDERS, 1, BOOKED, Standing(), ALL, now=NOW)
    heard = signals.read(SAID, begun.run, "", ALL.pack, BANDS)
    found = turn.decide(SAID, heard, Standing(run=begun.run), ALL, now=NOW)
    assert found.is_beside
    assert found.run is not None
    assert found.run.flow == "faq"


@pytest.mark.parametrize("text", ["join", " Join! ", "hello\nJOIN"])
def test_a_keyword_starts_its_flow(text: str) -> None:
    words = said(text)
    heard = signals.read(words, None, "", ALL.pack, BANDS)
    found = turn.decide(words, heard, Standing(), ALL, now=NOW)
    assert found.reply is not None
    assert found.reply.text == "Your name?"


@pytest.mark.req("OR6", "T20")
@pytest.mark.parametrize(
    ("meant", "run", "is_called"),
    [
        ([("parking", 0.9)], None, True),
        ([("parking", 0.9)], a_run("settle"), True),  # an answer was given, and another one asked
        ([("parking", 0.9)], a_run("ask"), True),
        ([("hours", 0.9)], a_run("settle"), False),
        ([("parking", 0.1)], None, False),  # nobody is sure enough
        ([("parking", 0.9), ("hours", 0.9)], None, False),  # each is answered instead
    ],
)
def test_what_is_meant_starts_its_flow_ahead_of_the_one_that_takes_any_message(
    meant: list[tuple[str, float]],
    run: RunState | None,
    is_called: bool,  # noqa: FBT001 - a table
) -> None:
    trigger = dataclasses.replace(JOIN.trigger, intents=("parking",))
    setting = replace(ALL, library=library_of(FLOW, dataclasses.replace(JOIN, trigger=trigger)))
    asked = [reading for one in meant for reading in said("free words", one).readings]
    words = replace(said("free words"), readings=tuple(asked))
    heard = signals.read(words, run, "", setting.pack, BANDS)
    found = turn.decide(words, heard, Standing(run=run), setting, now=NOW)
    assert ("join.ask" in found.steps) is is_called
    assert found.is_beside is (is_called and run is not None)


def test_a_flow_that_words_start_is_brought_what_they_name() -> None:
    trigger = dataclasses.replace(JOIN.trigger, intents=("parking",))
    facts = {**JOIN.facts, "reference": ValueType.TEXT}
    flow = dataclasses.replace(JOIN, trigger=trigger, facts=facts)
    setting = replace(ALL, library=library_of(FLOW, flow))
    words = said("free words", ("parking", 0.9))
    named = Entity(kind="order", text="A-7", start=0, end=3, value="A7")
    [reading] = words.readings
    words = replace(words, readings=(dataclasses.replace(reading, entities=(named,)),))
    heard = signals.read(words, None, "", setting.pack, BANDS)
    found = turn.decide(words, heard, Standing(), setting, now=NOW)
    assert found.run is not None
    assert found.run.variables["reference"] == "A7"


@pytest.mark.parametrize(("tags", "is_asked"), [(["guest"], True), ([], False)])
def test_a_keyword_starts_its_flow_only_if_its_condition_holds(
    tags: list[Json],
    is_asked: bool,  # noqa: FBT001 - a table
) -> None:
    guests = dataclasses.replace(
        JOIN, trigger=dataclasses.replace(JOIN.trigger, when="'guest' in contact.tags")
    )
    setting = replace(ALL, library=library_of(FLOW, guests))
    words = said("join")
    heard = signals.read(words, None, "", setting.pack, BANDS)
    found = turn.decide(words, heard, Standing(contact={"tags": tags}), setting, now=NOW)
    assert ("join.ask" in found.steps) is is_asked


@pytest.mark.req("G13")
def test_a_keyword_alone_is_no_matter_for_people_whatever_it_reads_like() -> None:
    """A shop's RETURN reads like a wish for money back; a hard stop in it is heard all the same."""
    refund = RequestType(
        name="refund", title="Refund", complexity=5, emotion=2, frequency_per_week=1, value=2
    )
    for text, is_asked in (("JOIN", True), ("may I join and have my money", False)):
        words = said(text)
        heard = signals.read(words, None, "", ALL.pack, BANDS)
        found = turn.decide(words, replace(heard, kind=refund, stops=()), Standing(), ALL, now=NOW)
        assert ("join.ask" in found.steps) is is_asked
        assert (found.handoff is None) is is_asked
    called = said("JOIN")
    stop = HardStopMatch(kind=HardStop.REFUND, text="join", start=0, end=4)
    stopped = replace(signals.read(called, None, "", ALL.pack, BANDS), kind=refund, stops=(stop,))
    assert turn.decide(called, stopped, Standing(), ALL, now=NOW).handoff is not None


def test_a_keyword_inside_a_sentence_starts_nothing() -> None:
    words = said("may I join you")
    heard = signals.read(words, None, "", ALL.pack, BANDS)
    found = turn.decide(words, heard, Standing(), ALL, now=NOW)
    assert "join" not in {step.partition(".")[0] for step in found.steps}


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


@pytest.mark.parametrize(
    ("step", "awaits", "kept"),
    [
        ("why", Awaits.REPLY, ["when"]),
        ("why", Awaits.DAY, []),  # the question was not put yet
        ("menu", Awaits.CHOICE, []),
    ],
)
def test_what_belongs_beside_a_rating_is_kept_though_a_person_takes_over(
    step: str, awaits: Awaits, kept: list[str]
) -> None:
    flow = parse_flow({
        "flow": "faq", "title": "Visits", "owner": "CX", "trigger": {"on": "message"},
        "start": "menu",
        "steps": {
            "menu": {
                "type": "ask", "kind": "choice", "text": "1 for bad",
                "choices": [{"key": "1", "label": "Bad", "then": "why"}],
            },
            "why": {
                "type": "ask", "kind": "text", "text": "Why?", "comment": True, "then": "close"
            },
            "close": {"type": "end"},
        },
    })  # fmt: skip
    standing = Standing(run=a_run(step, awaits))
    setting = replace(SETTING, library=library_of(flow))
    stop = HardStopMatch(kind=HardStop.SAFETY, text="x", start=0, end=1)
    heard = replace(signals.read(SAID, None, "", SETTING.pack, BANDS), stops=(stop,))
    decided = turn.decide(SAID, heard, standing, setting, now=NOW)
    assert decided.handoff is not None
    assert [one.text for one in decided.effects if isinstance(one, KeepWords)] == kept
