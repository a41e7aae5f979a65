"""A run's state: a few values that can be saved anywhere and read back the same."""

import json
from dataclasses import dataclass, field

from baton.core.json import Json
from baton.flows.effects import Choice
from baton.flows.scene import Awaits, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Where a run stands: its flow version, the step it waits in and what it has learned."""

    flow: str
    version: int
    step: str
    waiting: Waiting
    variables: dict[str, Json] = field(default_factory=dict)


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once


def render_json(state: RunState) -> str:
    """Return the state as JSON text."""
    return _ENCODE(
        {
            "flow": state.flow,
            "version": state.version,
            "step": state.step,
            "awaits": state.waiting.awaits.value,
            "choices": [[choice.key, choice.label] for choice in state.waiting.choices],
            "variables": state.variables,
        }
    )


def parse_json(text: str) -> RunState:
    """Read a state back from `render_json`; raises KeyError for another document."""
    raw = json.loads(text)
    return RunState(
        flow=raw["flow"],
        version=raw["version"],
        step=raw["step"],
        waiting=Waiting(
            awaits=Awaits(raw["awaits"]),
            choices=tuple(Choice(key=key, label=label) for key, label in raw["choices"]),
        ),
        variables=raw["variables"],
    )
