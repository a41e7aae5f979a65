"""Deal contacts onto variants, each always the same way (AB4)."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.core import share
from baton.flows.effects import NoteExposure
from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way

_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A way with its share of contacts, in percent."""

    name: str
    share: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Step):
    """Send each contact one of several ways, by share; the same contact always the same.

    Example:
        {type: split, split: timing, variants: [{name: early, share: 50, then: a},
         {name: late, share: 50, then: b}]}
    """

    type: ClassVar[str] = "split"
    about: ClassVar[str] = "Tries variants on shares of contacts."
    split: str
    variants: tuple[Variant, ...]

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Split":
        """Read the step's fields; the shares add up to 100."""
        step = cls(
            split=fields.word("split", "The split's name: it decides who is dealt what."),
            variants=fields.entries("variants", "The ways and their shares.", _variant_of),
        )
        if step.variants and sum(one.share for one in step.variants) != _WHOLE:
            fields.problem("variants", "the shares must add up to 100")
        if len({one.name for one in step.variants}) < len(step.variants):
            fields.problem("variants", "each variant needs a name of its own")
        return step

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Deal the contact a variant and note that they saw it."""
        shares = [one.share for one in self.variants]
        chosen = self.variants[share.dealt(scene.draw, self.split, shares)]
        seen = NoteExposure(split=self.split, variant=chosen.name)
        return Go(to=chosen.to, effects=(seen,), passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Each variant's way."""
        return tuple(Way(to=one.to, label=f"{one.name}, {one.share}%") for one in self.variants)


def _variant_of(fields: Fields) -> Variant:
    return Variant(
        name=fields.word("name", "The variant's name."),
        share=fields.whole("share", "Its share of contacts, in percent.", least=1),
        to=fields.step("then", "Where it leads."),
    )
