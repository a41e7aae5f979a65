"""Ask an open question and wait for the answer in words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from baton.flows.effects import SendText
from baton.flows.fields import Fields
from baton.flows.render import render
from baton.flows.scene import Awaits, Go, Input, Outcome, Said, Scene, Stay, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask; keep the reply under `save` if named, and pass the message on to `then`.

    Example:
        {type: ask, text: "What is it about?", save: topic, then: answer,
         silence: 2h, on_silence: close}
    """

    type: ClassVar[str] = "ask"
    text: str
    then: str
    save: str
    silence: timedelta | None
    on_silence: str

    @classmethod
    def parse(cls, fields: Fields) -> "Ask":
        """Read the step's fields; `silence` and `on_silence` come together."""
        step = cls(
            text=fields.text("text"),
            then=fields.text("then"),
            save=fields.text("save", ""),
            silence=fields.duration("silence"),
            on_silence=fields.text("on_silence", ""),
        )
        if ("silence" in fields.raw) != ("on_silence" in fields.raw):
            fields.problem("silence", "needs on_silence beside it, and the other way round")
        return step

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Ask the question."""
        text = render(self.text, scene.facts | {"run": scene.variables})
        return Stay(
            waiting=Waiting(awaits=Awaits.MESSAGE),
            effects=(SendText(text=text),),
            wake_after=self.silence,
        )

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Take the reply, or go where silence leads."""
        if not isinstance(given, Said):
            return Go(to=self.on_silence or self.then)
        saved = {self.save: given.text} if self.save else {}
        return Go(to=self.then, passes_on=True, variables=saved)  # type: ignore[arg-type] # str is Json

    @property
    def targets(self) -> tuple[str, ...]:
        """Where a reply and where silence lead."""
        return (self.then, self.on_silence) if self.on_silence else (self.then,)
