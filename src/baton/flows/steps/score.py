"""Add to one of the contact's scores, such as their risk of leaving (CH)."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import ChangeScore
from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Step):
    """Add to a score; less than nothing takes away.

    Example:
        {type: score, score: churn, by: 2, then: done}
    """

    type: ClassVar[str] = "score"
    about: ClassVar[str] = "Adds to one of the contact's scores."
    score: str
    by: float
    then: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Score":
        """Read the step's fields."""
        return cls(
            score=fields.word("score", "Which score."),
            by=fields.number("by", "How much is added."),
            then=fields.step("then", "What follows."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Change the score and go on."""
        change = ChangeScore(score=self.score, by=self.by)
        return Go(to=self.then, effects=(change,), passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)
