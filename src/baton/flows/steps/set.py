"""Work out facts of the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Step):
    """Give declared facts new values, all worked out from the old ones.

    Example:
        {type: set, values: {tries: run.tries + 1}, then: again}
    """

    type: ClassVar[str] = "set"
    about: ClassVar[str] = "Works out facts of the run."
    values: Mapping[str, str]
    then: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Set":
        """Read the step's fields."""
        return cls(
            values=fields.values("values", "The facts and what they become.", is_required=True),
            then=fields.step("then", "What follows."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Work the values out and go on."""
        kinds = dict(scene.names)
        found = {
            name: scene.value_of(source, kinds.get(name)) for name, source in self.values.items()
        }
        return Go(to=self.then, variables=found, passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)

    @property
    @override
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """What the facts become; their types are those declared."""
        return {f"values.{name}": (source, "") for name, source in self.values.items()}
