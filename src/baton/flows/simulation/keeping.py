"""What a flow leaves with a person: marks, scores, offers, tasks, lines for a digest."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from baton.flows.effects import (
    AddToDigest,
    AskSurvey,
    ChangeScore,
    ChangeTags,
    CreateTask,
    Effect,
    HoldBack,
    MakeOffer,
    NoteExposure,
    ReachGoal,
    RecordRating,
    RequestReview,
)
from baton.flows.simulation.diary import Who
from baton.flows.simulation.person import Person
from baton.flows.simulation.talk import Talk
from baton.flows.simulation.trips import Trip


class Keeper:
    """Keeps and counts the effects that are neither words nor actions."""

    def __init__(self, person: Person, talk: Talk, say: Callable[[str], None]) -> None:
        self._person = person
        self._talk = talk
        self._say = say
        self._digests: dict[str, list[str]] = {}

    def keep(self, effect: Effect, trip: Trip | None) -> None:
        """Keep what a turn asked for."""
        self._count(effect)
        self._keep_with_contact(effect)
        if trip:
            _mark(effect, trip)
        match effect:
            case HoldBack():
                self._person.tally.held[effect.reason] += 1
                self._person.note(Who.HELD, "a message", effect.reason.replace("_", " "))
            case AddToDigest():
                self._add_line(effect)
            case _:
                pass

    def _count(self, effect: Effect) -> None:
        named = _NAMES.get(type(effect))
        if named:
            kind, name_of = named
            self._person.tally.effects[kind, name_of(effect)] += 1

    def _keep_with_contact(self, effect: Effect) -> None:
        contact = self._talk.contact
        match effect:
            case ChangeTags():
                kept = [tag for tag in _texts(contact["tags"]) if tag not in effect.removed]
                contact["tags"] = [*dict.fromkeys((*kept, *effect.added))]
            case ChangeScore():
                scores = contact["scores"]
                known = dict(scores) if isinstance(scores, dict) else {}
                before = known.get(effect.score, 0.0)
                known[effect.score] = effect.by + (
                    before if isinstance(before, int | float) else 0.0
                )
                contact["scores"] = known
            case MakeOffer():
                contact["offers"] = [*_texts(contact["offers"]), effect.offer]
            case AskSurvey():
                contact["asked_at"] = [*_texts(contact["asked_at"]), self._person.now.isoformat()]
            case _:
                pass

    def _add_line(self, effect: AddToDigest) -> None:
        if effect.digest not in self._digests:
            self._digests[effect.digest] = [effect.opening]
            self._person.plan(effect.due_at, partial(self._say_digest, effect.digest))
        self._digests[effect.digest].append(effect.line)

    def _say_digest(self, name: str) -> None:
        self._say("\n".join(self._digests.pop(name)))


_NAMES: dict[type[Effect], tuple[str, Callable[[Any], str]]] = {
    NoteExposure: ("variant", lambda seen: f"{seen.split}: {seen.variant}"),
    CreateTask: ("task", attrgetter("queue")),
    MakeOffer: ("offer", attrgetter("offer")),
    AskSurvey: ("survey", attrgetter("kind")),
    RecordRating: ("rating", lambda answer: str(answer.rating)),
    ReachGoal: ("goal", attrgetter("goal")),
    AddToDigest: ("digest line", attrgetter("digest")),
    RequestReview: ("review", attrgetter("reason")),
    ChangeScore: ("score", attrgetter("score")),
    ChangeTags: ("tags", lambda change: ", ".join((*change.added, *change.removed))),
}
"""What is counted of effects, and under which name."""


def _mark(effect: Effect, trip: Trip) -> None:
    marks = trip.marks
    match effect:
        case ReachGoal():
            marks.has_reached_goal = True
        case AskSurvey():
            marks.was_asked_to_rate = True
        case RecordRating():
            marks.has_rated = marks.was_asked_to_rate
        case _:
            pass


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
