"""What a flow says, message by message: each switched on and off by itself in the draft (OR10).

Nothing changes before the draft is published; what it would cost as it is written is told by
`outlooks` before that (OR11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from baton.core.errors import NotFound
from baton.core.json import Json
from baton.flows.steps.digest import Digest
from baton.flows.steps.send import Send
from baton.services.flows import flow_drafts, flow_sources
from baton.services.flows.flow_drafts import Writing
from baton.services.house import House
from baton.store.models import User

_SWITCHED = (Send.type, Digest.type)
_SILENT = frozenset({"set", "tag", "score"})
"""Steps that an event goes through before anything is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMessage:
    """A message of a flow: which events bring it, what it says, and whether it is on.

    `seen` is the digest of its step, by which a colleague's change is noticed.
    """

    step: str
    events: tuple[str, ...]
    text: str
    is_on: bool
    is_digest: bool
    seen: str


def list_messages(writing: Writing) -> tuple[FlowMessage, ...]:
    """Return what can be switched in a flow as it is being written, in its order."""
    steps = _steps_of(writing.sketch.raw)
    brought = tuple(_brought(writing.sketch.raw, steps))
    return tuple(
        FlowMessage(
            step=name,
            events=tuple(dict.fromkeys(event for event, step in brought if step == name)),
            text=str(raw.get("text", "")),
            is_on=raw.get("muted") is not True,
            is_digest=raw.get("type") == Digest.type,
            seen=flow_sources.digest_of(raw),
        )
        for name, raw in steps.items()
        if raw.get("type") in _SWITCHED
    )


def switch(  # noqa: PLR0913 - who switches what, how, and as they saw it
    house: House, user: User, name: str, step: str, *, is_on: bool, seen: str
) -> None:
    """Switch one message in the draft; raises as `flow_drafts.save_part`."""
    raw = _steps_of(flow_drafts.open_flow(user, name).sketch.raw).get(step, {})
    if raw.get("type") not in _SWITCHED:
        raise NotFound("message", step)
    rest = {key: value for key, value in raw.items() if key != "muted"}
    wanted: dict[str, Json] = rest if is_on else {**rest, "muted": True}
    flow_drafts.save_part(house, user, name, ("steps", step), wanted, seen=seen)


def _steps_of(raw: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    steps = raw.get("steps")
    found = steps if isinstance(steps, dict) else {}
    return {name: one for name, one in found.items() if isinstance(one, dict)}


def _brought(
    raw: Mapping[str, Json], steps: Mapping[str, Mapping[str, Json]]
) -> Iterator[tuple[str, str]]:
    """Return each event with the step that is the first to say something for it."""
    trigger = raw.get("trigger")
    if isinstance(trigger, dict):
        yield str(trigger.get("event", "")), _first_said(str(raw.get("start", "")), steps)
    for one in steps.values():
        events = one.get("events")
        for way in events if isinstance(events, list) else []:
            if isinstance(way, dict):
                yield str(way.get("event", "")), _first_said(str(way.get("then", "")), steps)


def _first_said(step: str, steps: Mapping[str, Mapping[str, Json]]) -> str:
    passed: set[str] = set()
    while step not in passed and steps.get(step, {}).get("type") in _SILENT:
        passed.add(step)
        step = str(steps[step].get("then", ""))
    return step
