"""Runs that are alike: what time makes of one of them, it makes of all.

Everybody who booked the same class is reminded in the same words. A turn that time brings
rests on where its run stands, how its conversation stands, and on those facts of the run that
its steps looked at. It is decided once; a run that is the same in all of these takes that turn
over, and keeps facts of its own that nobody looked at. What looks at more than can be compared
- the contact, the share that they are dealt, a list - is decided for each run alone.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace
from typing_extensions import override

from baton.core.json import Json
from baton.flows import render
from baton.flows.run import RunState
from baton.flows.scene import Step
from baton.flows.standing import Setting, Standing
from baton.flows.turn import Turn

Decide = Callable[[Standing], Turn | None]
"""Decides what one moment makes of a waiting run; the same moment for all runs."""

_MOST_IN_VAIN = 8
"""Turns in a row that nobody took over, after which runs of a kind are decided one by one:
with an invoice's number in the text no two are alike."""

_COMPARABLE = frozenset({str, int, bool, type(None)})


class Alike:
    """The turns of one moment that other runs may take over; lives as long as a batch."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[object, ...], _Kind] = {}

    def turn_of(self, standing: Standing, setting: Setting, decide: Decide) -> Turn | None:
        """Return what `decide` makes of a waiting run, taken over from one like it if it can be.

        `decide` is pure: it is asked about some runs twice, and about most not at all.
        """
        run = standing.run
        if run is None or run.callers or run.pins:
            return decide(standing)
        key = (id(setting), *_place_of(run), *_standing_of(standing))
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = _Kind(setting)
        return kind.turn_of(run, standing, decide)


def _place_of(run: RunState) -> tuple[object, ...]:
    """Return all of a run's state but what it has learned."""
    return (
        run.flow,
        run.version,
        run.step,
        run.waiting,
        run.calls,
        run.sent_on,
        run.sent,
        run.is_owed,
    )


def _standing_of(standing: Standing) -> tuple[object, ...]:
    """Return all that a turn may know of the conversation but the run and whose it is."""
    return (
        standing.owner,
        standing.is_opted_out,
        standing.is_resolved,
        standing.request_type,
        standing.failed_attempts,
        standing.negative_turns,
        standing.bot_turns,
        standing.is_answered,
        standing.recontacts,
        standing.urgency,
        standing.last_reply_hash,
        standing.channel,
        standing.language,
    )


class _Kind:
    """Runs that stand alike, and differ at most in their facts."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting  # kept, since others know it by its identity
        self._names: tuple[str, ...] = ()
        self._turns: dict[tuple[object, ...], Turn] = {}
        self._in_vain = 0

    def turn_of(self, run: RunState, standing: Standing, decide: Decide) -> Turn | None:
        if self._in_vain >= _MOST_IN_VAIN:
            return decide(standing)
        found = self._turns.get(_values_of(run.variables, self._names))
        if found is not None:
            self._in_vain = 0
            return _with_own(found, run.variables)
        return self._decided(run, standing, decide)

    def _decided(self, run: RunState, standing: Standing, decide: Decide) -> Turn | None:
        """Decide, watching what is looked at, and keep the turn for others if they may have it."""
        facts, contact = _Watched(run.variables), _Watched(standing.contact)
        turn = decide(replace(standing, run=replace(run, variables=facts), contact=contact))
        names = tuple(facts.names)
        is_shared = (
            turn is not None
            and turn.handoff is None
            and not (facts.is_read_whole or contact.is_read_whole or contact.names)
            and all(run.variables.get(name).__class__ in _COMPARABLE for name in names)
            and (not self._turns or names == self._names)
            and _went_alike(turn, run, self._setting)
        )
        if turn is None or not is_shared:
            self._in_vain = _MOST_IN_VAIN
            return decide(standing)
        self._in_vain += 1
        self._names = names
        self._turns[_values_of(run.variables, names)] = turn
        return _with_own(turn, run.variables)


def _values_of(facts: Mapping[str, Json], names: tuple[str, ...]) -> tuple[object, ...]:
    # With their classes: to Python, yes is 1. What is missing is told from what is empty.
    found = [facts.get(name, _MISSING) for name in names]
    return (*found, *[one.__class__ for one in found])


_MISSING = object()


def _with_own(turn: Turn, facts: Mapping[str, Json]) -> Turn:
    """Return a turn for a run with these facts."""
    return replace(turn, run=replace(turn.run, variables=facts)) if turn.run else turn


def _went_alike(turn: Turn, run: RunState, setting: Setting) -> bool:
    """Return whether a turn took only steps that do the same for whoever is alike."""
    flow = setting.library.at(run.flow, run.version)
    if flow is None:
        return False
    taken = [flow.steps.get(name.removeprefix(f"{flow.name}.")) for name in turn.steps]
    return all(step is not None and _is_alike(step) for step in taken)


def _is_alike(step: Step) -> bool:
    said = [text for wording in step.wordings.values() for text in wording.sources.values()]
    besides = [text for versions in step.said_besides.values() for text in versions.values()]
    texts = (*said, *besides, *step.texts.values())
    # Liquid may look at a run in ways that nobody hears of; a text of blanks only asks for names.
    return step.is_alike and all(render.is_of_blanks(text) for text in texts)


class _Watched(Mapping[str, Json]):
    """Facts, and which of them were asked for; `is_read_whole` when all were."""

    def __init__(self, facts: Mapping[str, Json]) -> None:
        self._facts = facts
        self.names: dict[str, None] = {}
        self.is_read_whole = False

    @override
    def __getitem__(self, name: str) -> Json:
        self.names[name] = None
        return self._facts[name]

    @override
    def __iter__(self) -> Iterator[str]:
        self.is_read_whole = True
        return iter(self._facts)

    @override
    def __len__(self) -> int:
        self.is_read_whole = True
        return len(self._facts)

    @override
    def __repr__(self) -> str:
        self.is_read_whole = True
        return repr(self._facts)
