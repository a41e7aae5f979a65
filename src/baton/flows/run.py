"""A run's state: a few values that can be saved anywhere and read back the same."""

import json
from collections.abc import Mapping

import msgspec

from baton.core.json import Json
from baton.flows.effects import Choice
from baton.flows.scene import Awaits, Waiting


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A flow that waits for another one to end, and where it then goes on."""

    flow: str
    version: int
    then: str


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run stands: its flow version, the step it waits in and what it has learned.

    Attributes:
        callers: the flows that this one was called from, the outermost first.
        pins: the version of every flow that it may still call, as of its start.
        calls: how many actions it has called.
        sent_on, sent: the last day on which it said anything by itself, and how often.
        is_owed: whether the contact's own words asked for the action that it waits for, so
            that telling what came of it answers them.
    """

    flow: str
    version: int
    step: str
    waiting: Waiting
    variables: dict[str, Json] = {}
    callers: tuple[Caller, ...] = ()
    pins: Mapping[str, int] = {}
    calls: int = 0
    sent_on: str = ""
    sent: int = 0
    is_owed: bool = False

    @property
    def root(self) -> "Caller | RunState":
        """The flow and the version that it is a run of, whatever it goes through right now."""
        return self.callers[0] if self.callers else self

    @property
    def flows(self) -> frozenset[str]:
        """Every flow that the run is in, called or calling."""
        return frozenset({self.flow, *(caller.flow for caller in self.callers)})


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once
# In a quarter of the time; but it knows no number beyond 64 bits, and none that is none.
_ENCODE_PLAIN = msgspec.json.Encoder().encode
_PLAIN = frozenset({str, bool, type(None)})


def render_json(state: RunState) -> str:
    """Return the state as JSON text; what a short run never has is left out."""
    waiting = state.waiting
    kept: dict[str, object] = {
        "flow": state.flow,
        "version": state.version,
        "step": state.step,
        "awaits": waiting.awaits.value,
        "choices": [choice.words for choice in waiting.choices],
        "variables": state.variables,
        "events": waiting.events,
        "number": waiting.number,
        "tries": waiting.tries,
        "callers": [[one.flow, one.version, one.then] for one in state.callers],
        "pins": dict(state.pins),
        "calls": state.calls,
        "sent_on": state.sent_on,
        "sent": state.sent,
        "is_owed": state.is_owed,
    }
    told = {name: value for name, value in kept.items() if value or name in _ALWAYS}
    if _PLAIN.issuperset(map(type, state.variables.values())):
        return _ENCODE_PLAIN(told).decode()
    return _ENCODE(told)


_ALWAYS = frozenset({"flow", "version", "step", "awaits", "choices", "variables"})


_AWAITS = {one.value: one for one in Awaits}


def parse_json(text: str) -> RunState:
    """Read a state back from `render_json`; raises KeyError for another document."""
    raw = json.loads(text)
    return RunState(
        flow=raw["flow"],
        version=raw["version"],
        step=raw["step"],
        waiting=Waiting(
            awaits=_AWAITS[raw["awaits"]],
            choices=tuple(
                Choice(key=key, label=label, also=tuple(also))
                for key, label, *also in raw["choices"]
            ),
            events=tuple(raw.get("events", ())),
            number=raw.get("number", 0),
            tries=raw.get("tries", 0),
        ),
        variables=raw["variables"],
        callers=tuple(
            Caller(flow=flow, version=version, then=then)
            for flow, version, then in raw.get("callers", ())
        ),
        pins=raw.get("pins", {}),
        calls=raw.get("calls", 0),
        sent_on=raw.get("sent_on", ""),
        sent=raw.get("sent", 0),
        is_owed=raw.get("is_owed", False),
    )
