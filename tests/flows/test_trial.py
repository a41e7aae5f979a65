"""A flow played by hand: what is said, what waits, and that the same moves come to the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from baton.core.json import Json
from baton.core.reading import Reading
from baton.flows import document
from baton.flows.document import Library
from baton.flows.scene import Said
from baton.flows.trial import Move, MoveKind, Scenario, Trial, Who
from tests.flows.simulation.stages import a_setting

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
STEPS: Json = {
    "wait": {"type": "wait", "for": "1h", "then": "ask",
             "events": [{"event": "booking_cancelled", "then": "over"}]},
    "ask": {"type": "ask", "kind": "choice", "text": "{{ run.what }}: 1 yes, 2 no",
            "choices": [{"key": "1", "label": "Yes", "then": "book"},
                        {"key": "2", "label": "No", "then": "over"}]},
    "book": {"type": "do", "action": "book_slot", "then": "said", "failed": "person"},
    "said": {"type": "send", "text": "Booked.", "then": "over"},
    "person": {"type": "handoff", "because": "not_booked", "context": "Wants {{ run.what }}."},
    "over": {"type": "end"},
}  # fmt: skip
FLOW = document.parse(
    {
        "flow": "booking", "title": "Booking", "owner": "CX lead", "facts": {"what": "text"},
        "trigger": {"on": "event", "event": "asked", "when": 'event.what != ""'},
        "start": "wait", "steps": STEPS,
    }
)  # fmt: skip
BEGINS, TIME = Move(kind=MoveKind.BEGINS), Move(kind=MoveKind.TIME)
YES = Move(kind=MoveKind.SAYS, text="1")
DONE, FAILED = Move(kind=MoveKind.DONE), Move(kind=MoveKind.FAILED)
CANCELLED = Move(kind=MoveKind.EVENT, text="booking_cancelled")


def played(*moves: Move, what: str = "Spin") -> Trial:
    def listen(text: str, flow: str) -> Said:  # noqa: ARG001 - a listener's shape
        reading = Reading(text=text, intents=(), sentiment=0.0)
        return Said(text=text, readings=(reading,), messages=(reading,), channel="webchat")

    setting = replace(
        a_setting(FLOW), library=Library(flows={("booking", 2): FLOW}, live={"booking": 2})
    )
    contact: dict[str, Json] = {"name": "Mia", "first_name": "Mia", "tags": []}
    scenario = Scenario(facts={"what": what}, contact=contact, channel="webchat", begins_at=NOW)
    trial = Trial(FLOW, 2, setting, listen, scenario)
    trial.play(moves)
    return trial


@pytest.mark.parametrize(
    ("moves", "here", "last"),
    [
        ((BEGINS,), "wait", ""),
        ((BEGINS, TIME), "ask", "Spin: 1 yes, 2 no"),
        ((BEGINS, TIME, YES), "book", "It calls book slot, and waits for its end."),
        ((BEGINS, TIME, YES, DONE), "", "Booked."),
        ((BEGINS, CANCELLED), "", "It happens: booking cancelled."),
        ((BEGINS, DONE), "wait", "Nothing waits for that."),
        ((BEGINS, TIME, YES, CANCELLED), "book", "It does not move this run."),
    ],
)
def test_each_move_is_told_with_where_it_leads(moves: Sequence[Move], here: str, last: str) -> None:
    trial = played(*moves)
    assert (trial.here, trial.lines[-1].text if trial.lines else "") == (here, last)
    assert played(*moves).lines == trial.lines
    assert trial.is_over is (here == "")


def test_an_action_that_fails_is_told_with_the_person_who_takes_over() -> None:
    trial = played(BEGINS, TIME, YES, FAILED)
    assert trial.passed == ("wait", "ask", "book", "person")
    assert "A person takes over" in trial.lines[-1].text
    assert "Wants Spin." in trial.lines[-1].text


def test_a_flow_whose_condition_is_no_does_not_start() -> None:
    trial = played(BEGINS, what="")
    assert [(line.who, "would not start" in line.text) for line in trial.lines] == [
        (Who.NOTE, True)
    ]
