"""Say something and go on."""

from dataclasses import dataclass
from typing import ClassVar

from baton.flows.effects import SendText
from baton.flows.fields import Fields
from baton.flows.render import render
from baton.flows.scene import Go, Input, Outcome, Said, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Say a text, then go on in the same turn.

    Example:
        {type: send, text: "Welcome to {{ business.name }}.", then: close}
    """

    type: ClassVar[str] = "send"
    text: str
    then: str

    @classmethod
    def parse(cls, fields: Fields) -> "Send":
        """Read the step's fields."""
        return cls(text=fields.text("text"), then=fields.text("then"))

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Say the text; an undealt message goes on to the next step."""
        text = render(self.text, scene.facts | {"run": scene.variables})
        return Go(to=self.then, effects=(SendText(text=text),), passes_on=said is not None)

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Never waits; a run that was saved here goes on."""
        return Go(to=self.then, passes_on=isinstance(given, Said))

    @property
    def targets(self) -> tuple[str, ...]:
        """The one step that follows."""
        return (self.then,)
