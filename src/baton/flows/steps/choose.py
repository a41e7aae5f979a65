"""Offer a few numbered choices; anything else goes on as a message."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from baton.core import text as texts
from baton.flows.effects import Choice, SendText
from baton.flows.fields import Fields
from baton.flows.render import render
from baton.flows.scene import Awaits, Go, Input, Outcome, Said, Scene, Stay, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a choice leads, and what it tells about the matter."""

    to: str
    topic: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """Offer choices by number and by label (M20); `otherwise` deals with other words.

    A choice is remembered: should people have to take over later, its label is
    suggested as a tag, and its `queue`, if it names one, is where they take it from.

    Example:
        {type: choose, text: "1 for billing, 2 for bookings", otherwise: answer,
         choices: [{key: "1", label: Billing, then: billing}]}
    """

    type: ClassVar[str] = "choose"
    text: str
    choices: tuple[Choice, ...]
    ways: dict[str, Way]  # by the key and by the label, as typed
    otherwise: str
    silence: timedelta | None
    on_silence: str

    @classmethod
    def parse(cls, fields: Fields) -> "Choose":
        """Read the step's fields; every choice needs a key and a label of its own.

        `silence` and `on_silence` come together.
        """
        choices: list[Choice] = []
        ways: dict[str, Way] = {}
        for entry in fields.items("choices"):
            choice = Choice(key=entry.text("key"), label=entry.text("label"))
            way = Way(
                to=entry.text("then"), topic=texts.bare(choice.label), queue=entry.text("queue", "")
            )
            entry.finish()
            for word in (texts.bare(choice.key), texts.bare(choice.label)):
                if word in ways:
                    entry.problem("key", f"{word!r} is taken by another choice")
                ways[word] = way
            choices.append(choice)
        step = cls(
            text=fields.text("text"),
            choices=tuple(choices),
            ways=ways,
            otherwise=fields.text("otherwise"),
            silence=fields.duration("silence"),
            on_silence=fields.text("on_silence", ""),
        )
        if ("silence" in fields.raw) != ("on_silence" in fields.raw):
            fields.problem("silence", "needs on_silence beside it, and the other way round")
        return step

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Show the choices."""
        text = render(self.text, scene.facts | {"run": scene.variables})
        return Stay(
            waiting=Waiting(awaits=Awaits.CHOICE, choices=self.choices),
            effects=(SendText(text=text, choices=self.choices),),
            wake_after=self.silence,
        )

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Follow the choice; other words are a message like any other."""
        if not isinstance(given, Said):
            return Go(to=self.on_silence or self.otherwise)
        for line in given.lines:
            way = self.ways.get(texts.bare(line))
            if way and not given.also_asks(self.ways, scene.bands):
                return Go(to=way.to, variables={"topic": way.topic, "queue": way.queue})
        return Go(to=self.otherwise, passes_on=True)

    @property
    def targets(self) -> tuple[str, ...]:
        """Each choice's way, the way of other words and that of silence."""
        quiet = (self.on_silence,) if self.on_silence else ()
        return (*dict.fromkeys(way.to for way in self.ways.values()), self.otherwise, *quiet)
