"""What is wrong with a flow as it is written, told at its step and field (`baton check`)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import document
from baton.flows.check import Fault, Severity, Surroundings, check
from baton.flows.document import Flow
from baton.services.flows.flow_sources import PAGE_NAME, Sketch, steps_of

_NAMES = "names"  # rules of the console's own: what rows and addresses can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """A fault: `path` is the field below the step, or below the head where `step` is ""."""

    step: str
    path: str
    message: str
    mend: str
    is_error: bool
    line: int
    column: int


def faults_of(sketch: Sketch, known: Surroundings, *, name: str) -> tuple[FieldFault, ...]:
    """Return every fault of a flow that is to be called by a name, in the order of its lines."""
    own = {name: flow} if (flow := _parsed(sketch.raw)) else {}
    beside = replace(known, flows={**(known.flows or {}), **own})
    found = [*_names(sketch.raw, name), *check(sketch.raw, beside)]
    placed = [_placed(sketch, fault) for fault in found]
    return tuple(sorted(placed, key=lambda one: (not one.is_error, one.line, one.column)))


def _parsed(raw: dict[str, Json]) -> Flow | None:
    try:
        return document.parse(raw)
    except InvalidInput:
        return None


def _names(raw: dict[str, Json], name: str) -> Iterator[Fault]:
    if raw.get("flow") != name:
        yield Fault(
            rule=_NAMES,
            severity=Severity.ERROR,
            path=("flow",),
            message=f"must stay {name}: runs, reports and other flows know it by that name",
            mend=f"write {name}, or start a flow of another name",
        )
    for step in steps_of(raw):
        if not PAGE_NAME.fullmatch(step):
            yield Fault(
                rule=_NAMES,
                severity=Severity.ERROR,
                path=("steps", step),
                message="has a name that rows and addresses cannot hold",
                mend="use letters, digits, - and _, at most 60 of them",
            )


def _placed(sketch: Sketch, fault: Fault) -> FieldFault:
    is_in_step = len(fault.path) > 1 and fault.path[0] == "steps"
    step = str(fault.path[1]) if is_in_step else ""
    inner = fault.path[2:] if is_in_step else fault.path
    place = sketch.document.problem(fault.path, fault.message)
    return FieldFault(
        step=step,
        path=".".join(map(str, inner)),
        message=fault.message,
        mend=fault.mend,
        is_error=fault.severity is Severity.ERROR,
        line=place.line,
        column=place.column,
    )
