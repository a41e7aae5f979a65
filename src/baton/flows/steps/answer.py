"""Answer from the knowledge base, by the bands of confidence (X2, E25, FQ3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.core import escalation
from baton.core.confidence import Band
from baton.core.escalation import Reason
from baton.core.pack import Article
from baton.flows.effects import (
    Answered,
    CountFailure,
    Effect,
    OfferHandoff,
    RequestReview,
    SendText,
)
from baton.flows.fields import Fields
from baton.flows.render import render
from baton.flows.scene import (
    Awaits,
    Go,
    Happened,
    Input,
    Outcome,
    Said,
    Scene,
    Stay,
    Step,
    Stop,
    Waiting,
    Way,
)

MAX_ANSWERS = 3  # a compound question gets each part answered, within reason (T20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Step):
    """Answer what was asked; one reply, however many questions.

    At or above the intent's answer threshold the answer stands; below it the
    answer is given and a person reviews it; below the floor, or without an
    article, it was a failed attempt: `unanswered` goes on, and the last allowed
    failure hands over instead.

    Example:
        {type: answer, answered: settle, unanswered: menu}
    """

    type: ClassVar[str] = "answer"
    about: ClassVar[str] = "Answers from the knowledge base."
    answered: str
    unanswered: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Answer":
        """Read the step's fields."""
        return cls(
            answered=fields.step("answered", "Where an answer leads."),
            unanswered=fields.step("unanswered", "Where a failed attempt leads."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Answer the message at hand, or wait for one."""
        if said is None:
            return Stay(waiting=Waiting(awaits=Awaits.MESSAGE))
        found = self._articles(scene, said)
        if not found:
            return self._failed(scene)
        effects: list[Effect] = [SendText(text=_reply(found, scene))]
        effects += [Answered(article=article, confidence=sure) for article, sure in found]
        bands = (scene.bands.band_of(article.intent, sure) for article, sure in found)
        if any(band is not Band.ANSWERED for band in bands):
            effects.append(RequestReview(reason="below_answer_confidence"))
        return Go(to=self.answered, effects=tuple(effects))

    @override
    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Answer what came while waiting."""
        if isinstance(given, Happened):
            return None
        return self.enter(scene, given if isinstance(given, Said) else None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Where an answer and where a failure lead."""
        return (
            Way(to=self.answered, label="answered", waits=True),
            Way(to=self.unanswered, label="not answered", waits=True),
        )

    def _articles(self, scene: Scene, said: Said) -> list[tuple[Article, float]]:
        found: dict[str, tuple[Article, float]] = {}
        for reading in said.readings:
            best = reading.best
            if best is None or scene.bands.band_of(best.name, best.confidence) is Band.FAILED:
                continue
            article = scene.pack.article_for(
                best.name, day=scene.day, location_id=scene.location_id
            )
            if article is not None and article.name not in found:
                found[article.name] = (article, best.confidence)
        return list(found.values())[:MAX_ANSWERS]

    def _failed(self, scene: Scene) -> Outcome:
        if not escalation.is_exhausted(scene.failed_attempts + 1, scene.policy):
            return Go(to=self.unanswered, effects=(CountFailure(),))
        topic = str(scene.variables.get("topic", ""))
        offer = OfferHandoff(
            reason=Reason.FAILED_ATTEMPTS,
            trigger="failed_attempts",
            queue=str(scene.variables.get("queue", "")),
            tags=(topic,) if topic else (),
        )
        return Stop(effects=(CountFailure(), offer))


def _reply(found: list[tuple[Article, float]], scene: Scene) -> str:
    """Return the answers in one text, each with its single call to action."""
    return "\n\n".join(words_of(article, scene.channel, scene.facts) for article, _sure in found)


def words_of(article: Article, channel: str, facts: Mapping[str, object]) -> str:
    """Return an article as a contact reads it on a channel; raises InvalidInput.

    The answer comes first, then its call to action on a line of its own (FQ3).
    """
    text = render(article.answer_on(channel), facts)
    if article.cta_url:
        text = f"{text}\n{article.cta_label}: {render(article.cta_url, facts)}"
    return text
