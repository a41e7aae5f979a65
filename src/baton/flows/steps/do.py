"""Have something done in another system, and go on by what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from baton.core.approvals import Kind
from baton.core.json import Json
from baton.flows.effects import CallAction
from baton.flows.fields import Fields
from baton.flows.scene import (
    ActionEnded,
    Awaits,
    Go,
    Input,
    Outcome,
    Said,
    Scene,
    Stay,
    Step,
    TimeUp,
    Waiting,
    Way,
)
from baton.flows.values import ValueType, problem_with

_PATIENCE = timedelta(minutes=5)  # for a system that never answers; then it counts as failed
_PATIENCE_WITH_PEOPLE = timedelta(days=3)  # who decide what costs money, and may have a weekend
_FOR_PEOPLE = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Do(Step):
    """Call an action of a connected system, once, with values worked out now.

    The run waits for its end: `then` when it was done, `failed` when it was not, or when
    nothing was heard `within` a span. `undo` names the action that takes it back. What
    the action returns is kept in the facts that `save` names.

    Example:
        {type: do, action: book_slot, with: {slot: run.slot}, undo: release_slot,
         save: {booking: text}, then: confirm, failed: sorry}
    """

    type: ClassVar[str] = "do"
    about: ClassVar[str] = "Has something done in a connected system."
    action: str
    given: Mapping[str, str]
    undo: str
    saved: Mapping[str, ValueType]
    within: timedelta
    then: str
    failed: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Do":
        """Read the step's fields; an action always has a way for its failure."""
        action = fields.word("action", "What is done.")
        patience = _PATIENCE_WITH_PEOPLE if action in _FOR_PEOPLE else _PATIENCE
        return cls(
            action=action,
            given=fields.values("with", "What it is done with, by name."),
            undo=fields.word("undo", "The action that takes it back.", default=""),
            saved=fields.types("save", "Facts that keep what it returns, by type."),
            within=fields.duration("within", "How long it may take.") or patience,
            then=fields.step("then", "What follows when it was done."),
            failed=fields.step("failed", "What follows when it was not."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Call the action and wait for its end."""
        number = scene.calls + 1
        call = CallAction(
            action=self.action,
            given={name: scene.value_of(source) for name, source in self.given.items()},
            undo=self.undo,
            number=number,
        )
        return Stay(
            waiting=Waiting(awaits=Awaits.ACTION, number=number),
            effects=(call,),
            wake_after=self.within,
        )

    @override
    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Go on by what came of it; words are not for this step."""
        match given:
            case TimeUp():
                return Go(to=self.failed)
            case ActionEnded() if scene.waiting and given.number == scene.waiting.number:
                if given.problem:
                    return Go(to=self.failed)
                return Go(to=self.then, variables=self._kept(given))
            case _:
                return None

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Where success and failure lead."""
        return (
            Way(to=self.then, label="done", saves=self.saved, waits=True),
            Way(to=self.failed, label="failed", waits=True),
        )

    @property
    @override
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """What it is done with."""
        return {f"with.{name}": (source, "") for name, source in self.given.items()}

    def _kept(self, given: ActionEnded) -> dict[str, Json]:
        """Return what is kept; what is not of its type is as good as not returned."""
        return {
            name: given.result[name]
            for name, kind in self.saved.items()
            if name in given.result and not problem_with(given.result[name], kind)
        }
