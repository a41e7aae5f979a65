"""Flow documents: each fault is found with its path, and all of them at once."""

from copy import deepcopy
from typing import Any

import pytest

from baton.core.errors import InvalidInput
from baton.flows import document, steps
from baton.flows.values import ValueType
from baton.services.workspace.packs import list_packs, load_pack

GOOD: dict[str, Any] = {
    "flow": "faq",
    "title": "Questions",
    "owner": "CX lead",
    "purpose": "transactional",
    "channels": ["whatsapp", "sms"],
    "trigger": {"on": "event", "event": "booking_made", "when": "event.price > 0"},
    "goal": {"event": "booking_cancelled", "when": "event.booking == run.booking"},
    "facts": {"booking": "text", "starts_at": "time"},
    "subject": "booking",
    "metric": "no_show_rate",
    "kpis": {"efficiency": ["calls"], "experience": ["csat"]},
    "gates": [{"kpi": "escalation_rate", "at_most": 0.1}],
    "triage": {"complexity": 1, "emotion": 0, "frequency_per_week": 120, "value": 2},
    "escalates_on": ["hard_stop"],
    "limits": {"sends_per_day": 3},
    "start": "menu",
    "steps": {
        "menu": {
            "type": "ask",
            "kind": "choice",
            "text": "1 or 2?",
            "choices": [
                {"key": "1", "label": "One", "then": "ask"},
                {"key": "2", "label": "Two", "then": "fork"},
            ],
            "otherwise": "answer",
            "silence": "2h",
            "on_silence": "done",
        },
        "ask": {"type": "ask", "text": "What?", "then": "answer"},
        "fork": {
            "type": "branch",
            "cases": [{"when": "run.topic == 'a'", "then": "say"}],
            "otherwise": "wait",
        },
        "answer": {"type": "answer", "answered": "rate", "unanswered": "over"},
        "rate": {
            "type": "survey",
            "text": "1-5?",
            "thanks": "Thanks.",
            "save": "mark",
            "then": "say",
        },
        "say": {
            "type": "send",
            "text": "Hello.",
            "by_channel": {"sms": "Hi."},
            "link": {"label": "Book", "url": "https://g.example"},
            "translations": [{"language": "es", "text": "Hola."}],
            "then": "wait",
        },
        "wait": {"type": "wait", "for": "csat_delay", "then": "later", "on_message": "answer"},
        "later": {
            "type": "wait",
            "before": "24h",
            "of": "starts_at",
            "at": "09:30",
            "then": "book",
            "events": [{"event": "moved", "when": "event.booking == run.booking", "then": "book"}],
        },
        "book": {
            "type": "do",
            "action": "book_slot",
            "with": {"at": "run.starts_at"},
            "save": {"booking": "text"},
            "within": "5m",
            "then": "score",
            "failed": "task",
        },
        "score": {"type": "score", "score": "churn", "by": -1, "then": "tag"},
        "tag": {"type": "tag", "add": ["booked"], "then": "offer"},
        "task": {"type": "task", "title": "Call", "queue": "general", "due": "4h", "then": "tag"},
        "offer": {
            "type": "offer",
            "offer": "towel",
            "text": "A towel?",
            "expires": "48h",
            "then": "split",
            "taken": "split",
        },
        "split": {
            "type": "split",
            "split": "timing",
            "variants": [
                {"name": "early", "share": 50, "then": "digest"},
                {"name": "late", "share": 50, "then": "sub"},
            ],
        },
        "digest": {
            "type": "digest",
            "digest": "news",
            "text": "A line.",
            "opening": "News:",
            "at": "18:00",
            "then": "sub",
        },
        "sub": {"type": "subflow", "flow": "collect", "then": "set"},
        "set": {"type": "set", "values": {"booking": "run.topic"}, "then": "done"},
        "over": {"type": "handoff", "because": "failed"},
        "done": {"type": "end", "outcome": "resolved"},
    },
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the good document with one value replaced; None takes the key away."""
    made = deepcopy(GOOD)
    *outer, last = (int(part) if part.isdigit() else part for part in path.split("."))
    at: Any = made
    for part in outer:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return made


def faults_of(raw: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        document.parse(raw)
    return refused.value.fields


def test_a_good_document_becomes_a_flow_with_every_step_type() -> None:
    flow = document.parse(GOOD)
    assert (flow.name, flow.charter.owner, flow.start) == ("faq", "CX lead", "menu")
    assert {step.type for step in flow.steps.values()} == set(steps.TYPES)
    assert dict(flow.names) == {
        "topic": ValueType.TEXT, "queue": ValueType.TEXT, "starts_at": ValueType.TIME,
        "booking": ValueType.TEXT, "mark": ValueType.NUMBER,
    }  # fmt: skip
    assert flow.calls == ("collect",)


@pytest.mark.parametrize("pack", list_packs())
def test_the_flows_of_every_pack_parse(pack: str) -> None:
    for name, raw in load_pack(pack).flows.items():
        assert document.parse(raw).name == name


@pytest.mark.req("GV2", "GV7", "C26", "E19", "X31", "PL11")
@pytest.mark.parametrize(
    ("path", "value", "at", "words"),
    [
        ("flow", None, "flow", "is missing"),
        ("title", 5, "title", "must be a text"),
        ("owner", "", "owner", "must be a text"),
        ("trigger", "full_moon", "trigger", "must be a mapping"),
        ("trigger", None, "trigger", "is missing"),
        ("trigger.on", "full_moon", "trigger.on", "must be one of message, keyword, event"),
        ("trigger.event", None, "trigger.event", "is missing: a trigger on event needs it"),
        ("trigger.keyword", "JOIN", "trigger.keyword", "does not belong to a trigger on event"),
        ("trigger.days", ["someday"], "trigger.days.0", "must be one of mon, tue"),
        ("goal.event", None, "goal.event", "is missing"),
        ("facts.price", "dollars", "facts.price", "must be one of text, number"),
        ("facts.a b", "text", "facts.a b", "must be a name of letters"),
        ("facts.in", "text", "facts.in", "must be a name of letters"),
        ("facts.größe", "text", "facts.größe", "must be a name of letters"),
        ("facts", [], "facts", "must be a mapping"),
        ("subject", "order", "subject", "is no fact; declared are booking, starts_at"),
        ("channels", ["fax"], "channels.0", "must be one of whatsapp, sms"),
        ("channels", "sms", "channels", "must be a list of words"),
        ("purpose", "spam", "purpose", "must be one of transactional, promotional, service"),
        ("kpis.speed", ["x"], "kpis.speed", "is unknown here; known are efficiency, experience"),
        ("gates.0.at_least", 1, "gates.0.at_most", "choose one of at_most and at_least"),
        ("gates.0.at_most", "few", "gates.0.at_most", "must be a number"),
        ("triage.emotion", 0.5, "triage.emotion", "must be a whole number, 0 or more"),
        ("triage.emotion", None, "triage.emotion", "is missing"),
        ("escalates_on", ["moon"], "escalates_on.0", "must be one of hard_stop"),
        ("limits.sends_per_day", 0, "limits.sends_per_day", "must be a whole number, 1 or more"),
        ("colour", "red", "colour", "is unknown here; known are about, channels, escalates_on"),
        ("steps.done.type", "stop", "steps.done.type", "must be one of send, ask"),
        ("steps.done.outcome", "won", "steps.done.outcome", "must be one of resolved"),
        ("steps.done.then", "menu", "steps.done.then", "is unknown here"),
        ("steps.done", "x", "steps.done", "must be a mapping"),
        ("steps.say.text", None, "steps.say.text", "is missing"),
        ("steps.say.then", "nowhere", "steps.say", "goes to 'nowhere', which does not exist"),
        ("steps.menu.choices", "x", "steps.menu.choices", "a list with at least one entry"),
        ("steps.menu.choices", None, "steps.menu.choices", "a question of kind choice, which"),
        ("steps.menu.kind", "text", "steps.menu.choices", "belong to a question of kind choice"),
        ("steps.menu.kind", "mood", "steps.menu.kind", "must be one of message, text, choice"),
        ("steps.ask.then", None, "steps.ask.then", "is missing"),
        ("steps.ask.opt_out", "yes", "steps.ask.opt_out", "must be true or false"),
        ("steps.menu.choices.0", "x", "steps.menu.choices.0", "must be a mapping"),
        ("steps.menu.choices.0.key", None, "steps.menu.choices.0.key", "is missing"),
        ("steps.menu.choices.1.key", "1", "steps.menu.choices.1.key", "'1' is taken by another"),
        ("steps.menu.choices.1.label", "ONE", "steps.menu.choices.1.key", "'one' is taken"),
        ("steps.menu.choices.1.key", "one", "steps.menu.choices.1.key", "'one' is taken"),
        ("steps.menu.choices.0.colour", "red", "steps.menu.choices.0.colour", "is unknown"),
        ("steps.menu.silence", "soon", "steps.menu.silence", "is no duration"),
        ("steps.menu.on_silence", None, "steps.menu.silence", "needs on_silence beside it"),
        ("steps.menu.silence", None, "steps.menu.silence", "needs on_silence beside it"),
        ("steps.ask.silence", "2h", "steps.ask.silence", "needs on_silence beside it"),
        ("steps.ask.on_silence", "done", "steps.ask.silence", "needs on_silence beside it"),
        ("steps.fork.cases", "x", "steps.fork.cases", "must be a list"),
        ("steps.fork.cases.0.when", None, "steps.fork.cases.0.when", "is missing"),
        ("steps.say.by_channel", {"fax": "Hi."}, "steps.say.by_channel.fax", "must be one of"),
        ("steps.say.by_channel.sms", 5, "steps.say.by_channel.sms", "must be a text"),
        ("steps.say.link.url", None, "steps.say.link.url", "is missing"),
        (
            "steps.say.translations.0.language",
            None,
            "steps.say.translations.0.language",
            "is missing",
        ),
        ("steps.wait.for", "a while", "steps.wait.for", "or idle_after_answer, csat_delay"),
        ("steps.wait.for", None, "steps.wait.for", "say how long, until when, or for which events"),
        (
            "steps.wait.events",
            [{"event": "paid", "then": "done", "at": "x"}],
            "steps.wait.events.0.at",
            "is unknown",
        ),
        ("steps.wait.before", "1h", "steps.wait.for", "choose one of for, before and after"),
        ("steps.wait.then", None, "steps.wait.then", "is missing"),
        ("steps.later.of", None, "steps.later.of", "stands beside `before` or `after`"),
        ("steps.later.at", 930, "steps.later.at", "must be a text"),
        ("steps.later.at", "24:00", "steps.later.at", 'such as "09:30", not'),
        ("steps.later.at", "9.30", "steps.later.at", 'such as "09:30", not'),
        ("steps.later.events.0.event", None, "steps.later.events.0.event", "is missing"),
        ("steps.book.failed", None, "steps.book.failed", "is missing"),
        ("steps.book.save.booking", "dollars", "steps.book.save.booking", "must be one of text"),
        ("steps.book.with", [], "steps.book.with", "must be a mapping"),
        ("steps.score.by", True, "steps.score.by", "must be a number"),
        ("steps.score.by", None, "steps.score.by", "is missing"),
        ("steps.tag.add", None, "steps.tag.add", "name a tag to add, or one to remove"),
        ("steps.tag.add", [""], "steps.tag.add", "must be a list of words"),
        ("steps.offer.taken", None, "steps.offer.taken", "is missing"),
        ("steps.split.variants.0.share", 40, "steps.split.variants", "must add up to 100"),
        ("steps.split.variants.1.name", "early", "steps.split.variants", "a name of its own"),
        ("steps.digest.after", "1h", "steps.digest.at", "choose one of at and after"),
        ("steps.digest.at", None, "steps.digest.at", "choose one of at and after"),
        ("steps.sub.flow", None, "steps.sub.flow", "is missing"),
        ("steps.set.values", {}, "steps.set.values", "must have at least one entry"),
        ("steps.rate.kind", "stars", "steps.rate.kind", "must be one of csat, visit, nps"),
        ("steps.over.because", None, "steps.over.because", "is missing"),
        ("steps.lost", {"type": "end"}, "steps.lost", "can never be reached"),
        ("start", "nowhere", "start", "there is no step 'nowhere'"),
    ],
)
def test_each_fault_is_found_with_its_path(path: str, value: object, at: str, words: str) -> None:
    assert words in faults_of(changed(path, value))[at]


@pytest.mark.parametrize("raw", [None, [], "flow", 5])
def test_what_is_no_mapping_is_no_flow(raw: object) -> None:
    assert faults_of(raw) == {"flow": "a flow document must be a mapping"}


def test_every_fault_is_told_at_once() -> None:
    raw = changed("owner", None)
    raw["trigger"]["on"] = "full_moon"
    raw["steps"]["over"].pop("because")
    raw["steps"]["rate"]["thanks"] = 5
    assert set(faults_of(raw)) == {
        "owner", "trigger.on", "steps.over.because", "steps.rate.thanks",
    }  # fmt: skip


def test_every_step_that_is_wrongly_led_to_is_told_at_once() -> None:
    raw = changed("steps.say.then", "nowhere")
    raw["steps"]["lost"] = {"type": "end"}
    assert set(faults_of(raw)) == {"steps.say", "steps.lost"}


def test_an_empty_span_is_a_fault_not_a_wait_without_end() -> None:
    raw = changed("steps.wait.for", "csat_delay")
    raw["steps"]["wait"]["for"] = None
    assert "is no duration" in faults_of(raw)["steps.wait.for"]
