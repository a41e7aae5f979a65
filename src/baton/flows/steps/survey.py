"""Ask one question on a scale of 1 to 5 and record the answer (FQ5)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from baton.core import survey
from baton.flows.effects import AskSurvey, Choice, RecordRating, SendText
from baton.flows.fields import Fields
from baton.flows.render import render
from baton.flows.scene import Awaits, Go, Input, Outcome, Said, Scene, Stay, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Ask; record a rating; thank. Other words, or silence, end it without pressing.

    Example:
        {type: survey, question: "How did we do, 1-5?", thanks: "Thank you!", then: close}
    """

    type: ClassVar[str] = "survey"
    question: str
    thanks: str
    then: str
    silence: timedelta | None

    @classmethod
    def parse(cls, fields: Fields) -> "Survey":
        """Read the step's fields; without `silence` the policy's window applies."""
        return cls(
            question=fields.text("question"),
            thanks=fields.text("thanks"),
            then=fields.text("then"),
            silence=fields.duration("silence"),
        )

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Ask the question, with the scale as quick replies."""
        scale = tuple(
            Choice(key=str(n), label=str(n)) for n in range(survey.LOWEST, survey.HIGHEST + 1)
        )
        text = render(self.question, scene.facts | {"run": scene.variables})
        return Stay(
            waiting=Waiting(awaits=Awaits.RATING, choices=scale),
            effects=(AskSurvey(kind="csat"), SendText(text=text, choices=scale)),
            wake_after=self.silence or scene.policy.csat_window,
        )

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Record a rating; anything else leaves the survey unanswered."""
        rating = survey.rating_in(given.lines) if isinstance(given, Said) else None
        if isinstance(given, Said) and given.also_asks(survey.ratings_of(given.lines), scene.bands):
            rating = None  # it goes on as a message, so that what was asked is answered
        if rating is None:
            return Go(to=self.then, passes_on=isinstance(given, Said))
        text = render(self.thanks, scene.facts | {"run": scene.variables})
        return Go(to=self.then, effects=(RecordRating(rating=rating), SendText(text=text)))

    @property
    def targets(self) -> tuple[str, ...]:
        """The one step that follows."""
        return (self.then,)
