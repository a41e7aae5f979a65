"""Follows runs from step to step: what was entered, left by which way, and where it ended."""

from baton.core.presend import Refusal
from baton.flows.document import Library
from baton.flows.effects import ReachGoal, ReportProblem
from baton.flows.scene import Input
from baton.flows.simulation import trips
from baton.flows.simulation.tally import Place, Tally
from baton.flows.simulation.trips import Trip
from baton.flows.turn import Decision, Turn

FINISHED = "finished"


def follow(trip: Trip, turn: Turn, given: Input | None, library: Library, tally: Tally) -> None:
    """Count where a turn led a run; a run that begins enters its first step.

    A turn without steps is one in which the run had no part, but which may have ended it.
    """
    state = trip.state
    begins = state is None
    first = (state.flow, state.step) if state else (trip.flow.name, trip.flow.start)
    places = trips.places_of(turn.steps, first, trip)
    if begins:
        tally.entered[first] += 1
    for one, following in trips.moves_of(places):
        tally.entered[following] += 1
        tally.left[one, following, _label(one, following, given, trip, library)] += 1
    if turn.run is None:
        tally.ended[places[-1], _end_of(turn)] += 1
    for effect in turn.effects:
        if isinstance(effect, ReportProblem):
            for name, words in effect.problems.items():
                tally.problems[places[-1], f"{name}: {words}"] += 1


def displace(trip: Trip, tally: Tally) -> None:
    """Count the end of a run in whose place another one now takes the contact's words."""
    if trip.state is not None:
        tally.ended[(trip.state.flow, trip.state.step), "gave way to another run"] += 1


def _label(one: Place, following: Place, given: Input | None, trip: Trip, library: Library) -> str:
    flow = library.at(one[0], library.live.get(one[0], trip.version))
    step = flow.steps.get(one[1]) if flow else None
    return trips.label_of(step, following[1], given) if step else ""


def _end_of(turn: Turn) -> str:
    """Return how a run ended with a turn, in a word or two."""
    if any(isinstance(effect, ReportProblem) for effect in turn.effects):
        return "could not go on"
    if any(isinstance(effect, ReachGoal) for effect in turn.effects):
        return "goal reached"
    if turn.handoff:
        return f"handed over: {turn.handoff.escalate.trigger.replace('_', ' ')}"
    if turn.decision is Decision.OPTED_OUT:
        return "opted out"
    if turn.decision is Decision.SILENT or turn.reason == Refusal.PERSON_OWNS:
        return "let go while a person owned it"
    return FINISHED
