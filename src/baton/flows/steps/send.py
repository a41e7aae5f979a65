"""Say something and go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way
from baton.flows.wording import Wording, wording_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """Say a text, then go on in the same turn.

    Example:
        {type: send, text: "Welcome to {{ business.name }}.", then: close}
    """

    type: ClassVar[str] = "send"
    about: ClassVar[str] = "Says something and goes on."
    is_alike: ClassVar[bool] = True
    wording: Wording
    then: str
    muted: bool

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Send":
        """Read the step's fields."""
        return cls(
            wording=wording_of(fields),
            then=fields.step("then", "What follows."),
            muted=fields.flag("muted", "It is switched off, and the flow goes on."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Say the text unless it is switched off; an undealt message goes on to the next step."""
        spoken = () if self.muted else (scene.say(self.wording),)
        return Go(to=self.then, effects=spoken, passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)

    @property
    @override
    def wordings(self) -> Mapping[str, Wording]:
        """What it says."""
        return {"": self.wording}
