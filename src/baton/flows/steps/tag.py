"""Mark the contact, or take marks away; segments and people read them."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import ChangeTags
from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Step):
    """Add tags to the contact and take others away.

    Example:
        {type: tag, add: [first_visit], remove: [new], then: done}
    """

    type: ClassVar[str] = "tag"
    about: ClassVar[str] = "Marks the contact."
    added: tuple[str, ...]
    removed: tuple[str, ...]
    then: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Tag":
        """Read the step's fields; at least one tag is named."""
        step = cls(
            added=fields.words("add", "Tags that are given."),
            removed=fields.words("remove", "Tags that are taken away."),
            then=fields.step("then", "What follows."),
        )
        if not step.added and not step.removed:
            fields.problem("add", "name a tag to add, or one to remove")
        return step

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Change the tags and go on."""
        change = ChangeTags(added=self.added, removed=self.removed)
        return Go(to=self.then, effects=(change,), passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)
