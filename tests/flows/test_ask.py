"""A question stands until its moment, ends early by an event, and is met by any word for it."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows import conditions, document, run
from baton.flows.effects import SetTimer
from baton.flows.interpreter import Advance, resume, start
from baton.flows.render import Manner
from baton.flows.scene import Happened, Said, Scene, TimeUp
from baton.services.workspace.packs import load_pack

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ASK: dict[str, Json] = {
    "type": "ask",
    "kind": "choice",
    "text": "Reply 1 to confirm or 2 to move it.",
    "choices": [
        {"key": "1", "label": "Confirm", "labels": {"es": "Confirmar"}, "then": "confirmed"},
        {"key": "2", "label": "Move it", "also": ["MOVE"], "then": "moved"},
    ],
    "before": "2h",
    "of": "starts_at",
    "on_silence": "unheard",
    "events": [
        {"event": "booking_moved", "when": "event.booking == run.booking", "then": "moved"},
    ],
}
DOCUMENT: dict[str, Json] = {
    "flow": "reminder",
    "title": "Reminder",
    "owner": "CX lead",
    "trigger": {"on": "event", "event": "booking_created"},
    "facts": {"booking": "text", "starts_at": "time"},
    "start": "ask",
    "steps": {
        "ask": ASK,
        **{name: {"type": "end"} for name in ("confirmed", "moved", "unheard")},
    },
}
FLOW = document.parse(DOCUMENT)


def scene(*, starts_in: timedelta = timedelta(hours=24), locale: str = "en") -> Scene:
    return Scene(
        pack=load_pack("fitness"),
        policy=Policy(),
        bands=ConfidencePolicy(base=base_of(Policy())).in_flow("reminder"),
        facts={},
        variables={"booking": "BK1", "starts_at": (NOW + starts_in).isoformat()},
        names=FLOW.names,
        now=NOW,
        manner=Manner(locale=locale),
    )


def asked(at: Scene) -> run.RunState:
    state = start(FLOW, 1, at, None).state
    assert state is not None
    return run.parse_json(run.render_json(state))


def given(what: Said | TimeUp | Happened, *, locale: str = "en") -> Advance | None:
    at = scene(locale=locale)
    return resume(FLOW, asked(at), at, what)


@pytest.mark.req("AP9", "C18")
@pytest.mark.parametrize(
    ("words", "to"),
    [("1", "confirmed"), ("confirm", "confirmed"), ("2", "moved"), ("move", "moved")],
)
def test_every_word_for_a_choice_chooses_it(words: str, to: str) -> None:
    advance = given(Said(text=words, readings=()))
    assert advance is not None
    assert advance.steps == ("ask", to)


@pytest.mark.req("U19")
def test_buttons_speak_the_contacts_language_and_words_of_both_are_understood() -> None:
    at = scene(locale="es-MX")
    labels = [choice.label for choice in asked(at).waiting.choices]
    assert labels == ["Confirmar", "Move it"]
    for words in ("confirmar", "Confirm"):
        advance = given(Said(text=words, readings=()), locale="es-MX")
        assert advance is not None
        assert advance.steps[-1] == "confirmed"


def test_a_question_stands_until_its_moment() -> None:
    advance = start(FLOW, 1, scene(), None)
    assert SetTimer(after=timedelta(hours=22)) in advance.effects
    ended = given(TimeUp())
    assert ended is not None
    assert ended.steps == ("ask", "unheard")


def test_nothing_is_asked_when_the_moment_has_passed() -> None:
    advance = start(FLOW, 1, scene(starts_in=timedelta(hours=1)), None)
    assert advance.effects == ()
    assert advance.steps == ("ask", "unheard")


@pytest.mark.req("AP11")
def test_an_event_of_the_same_booking_ends_the_question() -> None:
    moved = given(Happened(event="booking_moved", facts={"booking": "BK1"}))
    assert moved is not None
    assert moved.steps == ("ask", "moved")
    assert given(Happened(event="booking_moved", facts={"booking": "BK2"})) is None
    assert asked(scene()).waiting.events == ("booking_moved",)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"silence": "2h"}, "silence"),
        ({"of": ""}, "of"),
        ({"on_silence": ""}, "silence"),
    ],
)
def test_how_long_a_question_stands_is_said_once_and_whole(
    change: dict[str, Json], field: str
) -> None:
    step = {name: value for name, value in (ASK | change).items() if value != ""}
    steps: dict[str, Json] = {**DOCUMENT["steps"], "ask": step}  # type: ignore[dict-item] # above
    with pytest.raises(InvalidInput) as caught:
        document.parse(DOCUMENT | {"steps": steps})
    assert f"steps.ask.{field}" in caught.value.fields


@pytest.mark.req("X25")
def test_consent_may_be_asked_for_in_a_condition() -> None:
    assert conditions.find_mistake('"promotional" in contact.consents', ()) is None
