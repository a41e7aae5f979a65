"""How often the ways of a flow were taken, from the steps that its turns went through."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from baton.flows.document import Flow
from baton.flows.steps.subflow import Subflow


def passages(flow: Flow, paths: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Return how often each way (from a step, to a step) of a flow was taken.

    `paths` counts turns by the steps that they went through, with a space between; the
    steps of a called flow stand as `flow.step`, and going through it is the way from the
    step that calls it to the one after it.
    """
    found: Counter[tuple[str, str]] = Counter()
    for path, count in paths.items():
        for way in _ways_of(flow, path.split()):
            found[way] += count
    known = {(name, way.to) for name, step in flow.steps.items() for way in step.ways}
    return {way: count for way, count in found.items() if way in known}


def _ways_of(flow: Flow, steps: list[str]) -> Iterator[tuple[str, str]]:
    for start, to in pairwise(steps):
        called, _, _inner = start.rpartition(".")
        if "." in to:
            continue  # into a called flow, or on within it
        if not called:
            yield start, to
        elif caller := _caller_of(flow, called, to):
            yield caller, to


def _caller_of(flow: Flow, called: str, then: str) -> str:
    """Return the step that calls a flow and then goes on there, "" when none does."""
    callers = (
        name
        for name, step in flow.steps.items()
        if isinstance(step, Subflow) and step.flow == called and step.then == then
    )
    return next(callers, "")
