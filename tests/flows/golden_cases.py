"""Golden runs, kept in `golden/<step type>.json`; run as a module to write them anew.

    python -m tests.flows.golden_cases

Read the difference before it is committed: it is what customers will notice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from baton.core.json import Json
from baton.flows.document import Flow
from tests.flows.scenes import a_scene, library_of, parse_flow, trace

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run through a flow: its inputs, and what it is known to do.

    `head` are fields of the document besides those that every case has, `calls` the steps
    of flows that it goes through, `scene` what is not as usual there.
    """

    name: str
    steps: dict[str, Json]
    start: str
    inputs: list[Json]
    head: dict[str, Json] = field(default_factory=dict)
    calls: dict[str, dict[str, Json]] = field(default_factory=dict)
    scene: dict[str, Json] = field(default_factory=dict)
    failed_attempts: int = 0
    expected: list[Json] = field(default_factory=list)

    @property
    def flow(self) -> Flow:
        """The flow that is run."""
        return _flow_of("golden", self.start, self.steps, self.head)

    def run(self, *, saves: bool) -> list[Json]:
        """Run the case's flow over its inputs."""
        called = [
            _flow_of(name, next(iter(steps)), steps, {"trigger": {"on": "call"}})
            for name, steps in self.calls.items()
        ]
        scene = a_scene(failed_attempts=self.failed_attempts, given=self.scene)
        library = library_of(self.flow, *called)
        return trace(self.flow, self.inputs, scene, library, saves=saves)

    def transitions(self) -> Iterator[tuple[str, str]]:
        """Yield each pair of steps of which one led to the other; a subflow's are left out."""
        walked = [
            str(step)
            for turn in self.expected
            if isinstance(turn, dict) and isinstance(turn["steps"], list)
            for step in turn["steps"]
            if "." not in str(step)
        ]
        yield from pairwise(walked)


def _flow_of(name: str, start: str, steps: dict[str, Json], head: dict[str, Json]) -> Flow:
    document: dict[str, Json] = {
        "flow": name, "title": name, "owner": "CX lead", "trigger": {"on": "message"},
        "start": start, "steps": steps,
    }  # fmt: skip
    return parse_flow(document | head)


def read_cases(step_type: str) -> list[Case]:
    raw = json.loads((FOLDER / f"{step_type}.json").read_text("utf-8"))
    return [Case(**case) for case in raw]


def step_types() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def write_anew() -> None:
    for step_type in step_types():
        path = FOLDER / f"{step_type}.json"
        raw = json.loads(path.read_text("utf-8"))
        for case, known in zip(raw, read_cases(step_type), strict=True):
            case["expected"] = known.run(saves=False)
        path.write_text("[\n" + ",\n".join(map(_render, raw)) + "\n]\n", "utf-8")


def _render(case: dict[str, Json]) -> str:
    """Return a case with a line for each step, input and turn, so that differences are small."""
    lines = (f"  {json.dumps(name)}: {_lines(value)}" for name, value in case.items())
    return " {\n" + ",\n".join(lines) + "\n }"


def _lines(value: Json) -> str:
    if isinstance(value, dict) and value:
        inner = [f"   {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n  }"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"   {json.dumps(item)}" for item in value) + "\n  ]"
    return json.dumps(value)


if __name__ == "__main__":
    write_anew()
