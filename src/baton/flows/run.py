"""A run's state: a few values that can be saved anywhere and read back the same."""

import json
from collections.abc import Mapping
from typing import Any

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
    variables: Mapping[str, Json] = {}
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


class _Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A state as text holds it; what a short run never has is left out.

    `choices` are each choice's words, the key and the label first.
    """

    flow: str
    version: int
    step: str
    awaits: Awaits
    choices: tuple[tuple[str, ...], ...]
    variables: dict[str, Any]  # of JSON, which is as wide
    events: tuple[str, ...] = ()
    number: int = 0
    tries: int = 0
    callers: tuple[tuple[str, int, str], ...] = ()
    pins: dict[str, int] = {}
    calls: int = 0
    sent_on: str = ""
    sent: int = 0
    is_owed: bool = False


# msgspec's own, in a tenth of the time; but it knows no whole number beyond 64 bits, and none
# that is none.
_ENCODE_PLAIN, _DECODE = msgspec.json.Encoder().encode, msgspec.json.Decoder(_Kept).decode
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLAIN = frozenset({str, bool, type(None)})


def render_json(state: RunState) -> str:
    """Return the state as JSON text."""
    waiting = state.waiting
    kept = _Kept(
        flow=state.flow,
        version=state.version,
        step=state.step,
        awaits=waiting.awaits,
        choices=tuple([choice.words for choice in waiting.choices]),
        variables=dict(state.variables),
        events=waiting.events,
        number=waiting.number,
        tries=waiting.tries,
        callers=tuple([(one.flow, one.version, one.then) for one in state.callers]),
        pins=dict(state.pins),
        calls=state.calls,
        sent_on=state.sent_on,
        sent=state.sent,
        is_owed=state.is_owed,
    )
    if _PLAIN.issuperset(map(type, state.variables.values())):
        return _ENCODE_PLAIN(kept).decode()
    return _ENCODE(msgspec.to_builtins(kept))


def emptied(state: RunState) -> RunState:
    """Return where a run stands without anything that it learned."""
    waiting = msgspec.structs.replace(state.waiting, choices=())
    return msgspec.structs.replace(state, variables={}, waiting=waiting)


def parse_json(text: str) -> RunState:
    """Read a state back from `render_json`; raises ValidationError for another document."""
    kept = _kept_in(text)
    return RunState(
        flow=kept.flow,
        version=kept.version,
        step=kept.step,
        waiting=Waiting(
            awaits=kept.awaits,
            choices=_choices_of(kept) if kept.choices else (),
            events=kept.events,
            number=kept.number,
            tries=kept.tries,
        ),
        variables=kept.variables,
        callers=_callers_of(kept) if kept.callers else (),
        pins=kept.pins,
        calls=kept.calls,
        sent_on=kept.sent_on,
        sent=kept.sent,
        is_owed=kept.is_owed,
    )


def _callers_of(kept: _Kept) -> tuple[Caller, ...]:
    return tuple([Caller(flow=f, version=v, then=then) for f, v, then in kept.callers])


def _choices_of(kept: _Kept) -> tuple[Choice, ...]:
    return tuple(
        [Choice(key=key, label=label, also=tuple(also)) for key, label, *also in kept.choices]
    )


def _kept_in(text: str) -> _Kept:
    try:
        return _DECODE(text)
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(text), _Kept)
