"""A run's message as it reaches somebody: what it asks for, and what their words do to it."""

from baton.core import text as texts
from baton.flows.document import Library
from baton.flows.effects import Choice
from baton.flows.scene import Step
from baton.flows.signals import Signals
from baton.flows.simulation.reactions import STOP, Prompt, Words
from baton.flows.simulation.trips import Trip
from baton.flows.steps.ask import Ask
from baton.flows.steps.survey import Survey
from baton.flows.turn import Turn

_CONFIRMING = ("confirm", "yes", "keep")
_CONFIRMED = "confirmed"


def step_of(trip: Trip, library: Library) -> Step | None:
    """Return the step that a run waits in, None when it is over."""
    state = trip.state
    flow = library.at(state.flow, state.version) if state else None
    return flow.steps[state.step] if flow and state else None


def prompt_of(trip: Trip, library: Library, own_events: frozenset[str]) -> Prompt:
    """Return what a run's last message asks for and waits for."""
    step, state = step_of(trip, library), trip.state
    goal = trip.flow.goal.event if trip.flow.goal else ""
    waiting = state.waiting if state else None
    return Prompt(
        purpose=trip.flow.charter.purpose,
        awaits=waiting.awaits if waiting and isinstance(step, Survey) else None,
        choices=waiting.choices if waiting else (),
        kind=step.kind if isinstance(step, Ask) else None,
        own_events=tuple(
            one for one in (waiting.events if waiting else ()) if one in own_events - {goal}
        ),
    )


def mark_prompt(trip: Trip) -> None:
    """Note what a run has asked for by now."""
    waiting = trip.state.waiting if trip.state else None
    if waiting is None:
        return
    events = any(one.endswith(_CONFIRMED) for one in waiting.events)
    trip.marks.was_asked_to_confirm |= events or any(map(_is_confirming, waiting.choices))


def mark_reply(trip: Trip, words: Words) -> None:
    """Note that somebody wrote because of a run's message."""
    if words.text == STOP:
        trip.marks.has_opted_out = True
    else:
        trip.marks.has_replied = True


def mark_answer(trip: Trip, turn: Turn, words: Words) -> None:
    """Note what somebody chose, before their run takes it over."""
    choices = trip.state.waiting.choices if trip.state else ()
    said = texts.bare(words.text)
    is_taken = bool(turn.steps) and not turn.is_beside
    if is_taken and trip.marks.was_asked_to_confirm:
        trip.marks.has_confirmed |= any(
            said in map(texts.bare, one.words) for one in choices if _is_confirming(one)
        )


def confirms(trip: Trip, event: str) -> bool:
    """Return whether an event is the confirmation that a run has asked for."""
    return trip.marks.was_asked_to_confirm and event.endswith(_CONFIRMED)


def kind_of(heard: Signals, words: Words) -> str:
    """Return in a word what somebody wrote, for counting."""
    if heard.is_prompt_reply and not heard.stops:
        return "an answer"
    if heard.keyword:
        return heard.keyword.value.upper()
    if heard.stops:
        return "a hard stop"
    if words.intent == "thanks":
        return "thanks"
    return "a question" if heard.intent else "other words"


def _is_confirming(choice: Choice) -> bool:
    return texts.bare(choice.label).startswith(_CONFIRMING)
