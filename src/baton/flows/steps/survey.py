"""Ask one question on a scale and record the answer (FQ5, NP1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from baton.core import survey
from baton.flows.effects import AskSurvey, Choice, HoldBack, RecordRating, SendText
from baton.flows.fields import MOST_FACT, Fields
from baton.flows.scene import (
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
from baton.flows.values import ValueType
from baton.flows.wording import Wording, versions_below, wording_of

TIRED = "asked_lately"
"""Why a question was held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Step):
    """Ask; record a rating; thank. Other words are a message like any other; silence ends it.

    Who was asked something lately is not asked: they go to `unasked`, else on as after silence.

    Example:
        {type: survey, text: "How did we do, 1-5?", thanks: "Thank you!", then: close}
    """

    type: ClassVar[str] = "survey"
    about: ClassVar[str] = "Asks for a rating and records it."
    scale: survey.Scale
    wording: Wording
    thanks: str
    thanks_in: Mapping[str, str]
    save: str
    then: str
    unasked: str
    silence: timedelta | None
    again: bool

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Survey":
        """Read the step's fields; without `silence` the policy's window applies."""
        kind = fields.word(
            "kind", "Which question it is.", default="csat", options=tuple(survey.SCALES)
        )
        return cls(
            scale=survey.SCALES.get(kind, survey.CSAT),
            wording=wording_of(fields, about="The question."),
            thanks=fields.text("thanks", "What a rating is answered with."),
            thanks_in=fields.texts("thanks_in", "The thanks in other languages, by language."),
            save=fields.word("save", "The fact that keeps the rating.", default="", most=MOST_FACT),
            then=fields.step("then", "What follows."),
            unasked=fields.step(
                "unasked",
                "Where who was asked something lately goes; what follows, if it names none.",
                default="",
            ),
            silence=fields.duration("silence", "How long it waits."),
            again=fields.flag("again", "It asks once more, to compare with the earlier answer."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Ask the question, with the scale as quick replies, unless they were asked lately."""
        if not self.again and _is_tired(scene):
            held = HoldBack(reason=TIRED)
            return Go(to=self.unasked or self.then, effects=(held,), passes_on=said is not None)
        marks = tuple(Choice(key=mark, label=mark) for mark in self.scale.marks)
        return Stay(
            waiting=Waiting(awaits=Awaits.RATING, choices=marks),
            effects=(
                AskSurvey(kind=self.scale.kind, is_again=self.again),
                scene.say(self.wording, marks),
            ),
            wake_after=self.silence or scene.policy.csat_window,
        )

    @override
    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Record a rating; other words are not for the survey, which stands until it is silent."""
        if not isinstance(given, Said):
            return Go(to=self.then) if isinstance(given, TimeUp) else None
        rating = survey.rating_in(given.lines, self.scale)
        if rating is None or given.also_asks(
            survey.ratings_of(given.lines, self.scale), scene.bands
        ):
            return None  # a message like any other, so that what was asked is answered
        thanks = SendText(text=scene.fill_in(self.thanks, self.thanks_in))
        return Go(
            to=self.then,
            effects=(RecordRating(rating=rating, kind=self.scale.kind), thanks),
            variables={self.save: rating} if self.save else {},
        )

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """What follows, and where who was asked lately goes."""
        if self.unasked:
            return (Way(to=self.then, waits=True), Way(to=self.unasked, label="asked lately"))
        return (Way(to=self.then, waits=self.again),)

    @property
    @override
    def saves(self) -> Mapping[str, ValueType]:
        """The rating, which is there only when one was given."""
        return {self.save: ValueType.NUMBER} if self.save else {}

    @property
    @override
    def wordings(self) -> Mapping[str, Wording]:
        """The question."""
        return {"": self.wording}

    @property
    @override
    def texts(self) -> Mapping[str, str]:
        """What a rating is answered with."""
        return {"thanks": self.thanks} | versions_below("thanks_in", self.thanks_in)

    @property
    @override
    def said_besides(self) -> Mapping[str, Mapping[str, str]]:
        """The thanks."""
        return {"thanks": self.thanks_in}


def _is_tired(scene: Scene) -> bool:
    contact = scene.facts.get("contact")
    asked = contact.get("asked_at") if isinstance(contact, Mapping) else None
    return survey.is_tired(
        [datetime.fromisoformat(str(at)) for at in asked] if isinstance(asked, list) else (),
        rest=scene.policy.survey_rest,
        most_a_month=scene.policy.surveys_per_month,
        now=scene.now,
    )
