"""Golden runs, kept in `golden/<step type>.json`; run as a module to write them anew.

    python -m tests.flows.golden_cases

Read the difference before it is committed: it is what customers will notice.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from baton.core.json import Json
from tests.flows.scenes import a_scene, parse_flow, parse_input, trace

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run through a flow: its inputs, and what it is known to do."""

    name: str
    steps: dict[str, Json]
    start: str
    failed_attempts: int
    inputs: list[Json]
    expected: list[Json]

    def run(self, *, saves: bool) -> list[Json]:
        """Run the case's flow over its inputs."""
        flow = parse_flow(
            {
                "flow": "golden", "title": self.name, "owner": "CX", "trigger": {"on": "message"},
                "start": self.start, "steps": self.steps,
            }
        )  # fmt: skip
        scene = a_scene(failed_attempts=self.failed_attempts)
        return trace(flow, [parse_input(raw) for raw in self.inputs], scene, saves=saves)


def read_cases(step_type: str) -> list[Case]:
    raw = json.loads((FOLDER / f"{step_type}.json").read_text("utf-8"))
    return [Case(**{"failed_attempts": 0, "expected": [], **case}) for case in raw]


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
    if isinstance(value, dict):
        inner = [f"   {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n  }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"   {json.dumps(item)}" for item in value) + "\n  ]"
    return json.dumps(value)


if __name__ == "__main__":
    write_anew()
