"""What is wrong with a flow as it is written, told where it stands and in words."""

import re
from dataclasses import dataclass

from baton.services.documents import Path
from baton.services.flow_sources import Sketch, steps_of

PAGE_NAME = re.compile(r"[-a-zA-Z0-9_]{1,60}")
"""What a step may be called, so that addresses and rows can hold its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault: `path` is the field below the step, or below the head where `step` is ""."""

    step: str
    path: str
    message: str
    line: int
    column: int


def faults_of(sketch: Sketch, *, name: str) -> tuple[Fault, ...]:
    """Return every fault of a flow that is to be called by a name, in the order of its lines."""
    problems = dict(sketch.problems)
    if sketch.raw.get("flow") != name:
        problems["flow"] = f"must stay {name}: runs, reports and other flows know it by that name"
    for step in steps_of(sketch.raw):
        if not PAGE_NAME.fullmatch(step):
            message = "a step's name has letters, digits, - and _, at most 60 of them"
            problems[f"steps.{step}"] = message
    found = [_fault(sketch, path, message) for path, message in problems.items()]
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.path)))


def _fault(sketch: Sketch, path: str, message: str) -> Fault:
    step = _step_of(sketch, path)
    inner = path.removeprefix(f"steps.{step}").removeprefix(".") if step else path
    place = sketch.document.problem(_parts(step, inner), message)
    return Fault(step=step, path=inner, message=message, line=place.line, column=place.column)


def _step_of(sketch: Sketch, path: str) -> str:
    """Return the step that a path leads into; a step's name may hold dots of its own."""
    if not path.startswith("steps."):
        return ""
    rest = path.removeprefix("steps.")
    names = [name for name in steps_of(sketch.raw) if rest == name or rest.startswith(f"{name}.")]
    return max(names, key=len, default="")


def _parts(step: str, inner: str) -> Path:
    parts: list[str | int] = ["steps", step] if step else []
    parts += [int(part) if part.isdecimal() else part for part in inner.split(".") if part]
    return tuple(parts)
