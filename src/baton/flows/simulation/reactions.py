"""What an invented person does about a message: words with what they mean, a deed, or nothing.

Words come with their reading, so no reader is asked: a simulation shows what a flow does
with what people say, not how well they are understood. What cannot be read as an answer
(a typo) comes with no reading at all.
"""

from dataclasses import dataclass
from datetime import timedelta

from baton.core import text as texts
from baton.core.consent import Purpose
from baton.core.hard_stops import HardStop
from baton.core.pack import Intent, Pack
from baton.core.reading import Alarm, Entity, IntentScore, Reading
from baton.core.survey import scale_of
from baton.flows.effects import Choice
from baton.flows.replies import ReplyKind
from baton.flows.scene import Awaits, Said
from baton.flows.simulation.chance import Chance
from baton.flows.simulation.people import Habits, Writing

STOP = "STOP"
_SURE = 0.92  # how surely words are read that are meant to be
_UPSET = -0.8
_ANGER = "This is the third time. I want my money back, right now."
_PERSON = "agent"
_UNCLEAR = "so about that thing from before"
_IN_DAYS = ("tomorrow", "in 2 days", "in 3 days", "in 7 days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody writes, and what it means: an intent, a day, or a hard stop."""

    text: str
    intent: str = ""
    day: str = ""
    stop: HardStop | None = None

    @property
    def said(self) -> Said:
        """The words as the interpreter hears them."""
        whole = len(self.text)
        alarms = (
            (Alarm(kind=self.stop.value, confidence=_SURE, start=0, end=whole),)
            if self.stop
            else ()
        )
        reading = Reading(
            text=self.text,
            intents=(IntentScore(name=self.intent, confidence=_SURE),) if self.intent else (),
            entities=(Entity(kind="date", text=self.text, start=0, end=whole, value=self.day),)
            if self.day
            else (),
            sentiment=_UPSET if self.stop else 0.0,
            alarms=alarms,
            alarm=_SURE if self.stop else None,
        )
        return Said(text=self.text, readings=(reading,), messages=(reading,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What comes of a message after a while: words, or an event that the contact causes."""

    after: timedelta
    words: Words | None = None
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A message as it reaches somebody: what it asks for, and what it waits for.

    Attributes:
        awaits: None when nothing waits for words.
        kind: what kind of answer is asked for, None when none is.
        own_events: what only the contact can bring about, and the run waits for.
    """

    purpose: Purpose
    awaits: Awaits | None
    choices: tuple[Choice, ...] = ()
    kind: ReplyKind | None = None
    own_events: tuple[str, ...] = ()


def react(prompt: Prompt, habits: Habits, pack: Pack, chance: Chance, key: str) -> Reaction | None:
    """Return what somebody does about a message; None for nothing."""
    is_late = chance.happens(habits.lates, f"{key}:late")
    after = chance.span(habits.late if is_late else habits.soon, f"{key}:after")
    words = _mood(prompt, habits, pack, chance, key) or _answer(prompt, habits, pack, chance, key)
    if words:
        return Reaction(after=after, words=words)
    if prompt.own_events and chance.happens(habits.acts, f"{key}:acts"):
        return Reaction(after=after, event=chance.one_of(prompt.own_events, f"{key}:deed"))
    return None


def written(writing: Writing, pack: Pack, chance: Chance, key: str) -> Words:
    """Return what somebody writes whom nobody has written to."""
    place = chance.place(f"{key}:kind")
    if (place := place - writing.unclear) < 0:
        return Words(text=_UNCLEAR)
    if (place := place - writing.angry) < 0:
        return _angry()
    if place < writing.wants_person:
        return Words(text=_PERSON)
    return question(pack, chance, key)


def question(pack: Pack, chance: Chance, key: str) -> Words:
    """Return something that people ask a business, as often as its pack says."""
    asked = [one for one in pack.intents if pack.articles_for(one.name)]
    weights = [_frequency(one, pack) for one in asked]
    place = chance.place(f"{key}:about") * sum(weights)
    for one, weight in zip(asked, weights, strict=True):
        if place < weight:
            example = chance.one_of(one.examples, f"{key}:words") if one.examples else one.wants
            return Words(text=example, intent=one.name)
        place -= weight
    return Words(text="I have a question about something else.")


def _angry() -> Words:
    return Words(text=_ANGER, stop=HardStop.REFUND)


def _frequency(intent: Intent, pack: Pack) -> int:
    kind = pack.request_type(intent.request_type)
    return kind.frequency_per_week if kind else 1


def _mood(prompt: Prompt, habits: Habits, pack: Pack, chance: Chance, key: str) -> Words | None:
    """Return words that any message may bring about, whatever it asks for."""
    place = chance.place(f"{key}:mood")
    stops = habits.opts_out[prompt.purpose.value]
    if (place := place - stops) < 0:
        return Words(text=STOP)
    if (place := place - habits.angry) < 0:
        return _angry()
    if (place := place - habits.wants_person) < 0:
        return Words(text=_PERSON)
    if (place := place - habits.asks) < 0:
        return question(pack, chance, key)
    if place < habits.thanks and prompt.kind is None:
        return Words(text="Thanks!", intent="thanks")
    return None


def _answer(prompt: Prompt, habits: Habits, pack: Pack, chance: Chance, key: str) -> Words | None:
    """Return an answer to what was asked, rightly written or not."""
    if prompt.awaits is Awaits.RATING:
        return _rating(prompt, habits, chance, key)
    is_way_out = prompt.kind is ReplyKind.CHOICE and _offers_little(prompt.choices, habits)
    likely = habits.only_choice if is_way_out else habits.answers
    if prompt.kind is None or not chance.happens(likely, f"{key}:answers"):
        return None
    is_mistyped = chance.happens(habits.typos, f"{key}:typo")
    if prompt.kind is ReplyKind.CHOICE:
        chosen = _chosen(prompt.choices, habits, chance, key)
        return Words(text=_mistyped(chosen.label) if is_mistyped else chosen.key)
    if prompt.kind is ReplyKind.MESSAGE:
        return question(pack, chance, key)
    if is_mistyped and prompt.kind is not ReplyKind.TEXT:
        return Words(text="let me think about it")
    return _value(prompt.kind, chance, key)


def _rating(prompt: Prompt, habits: Habits, chance: Chance, key: str) -> Words | None:
    if not chance.happens(habits.rates, f"{key}:rates"):
        return None
    scale = scale_of(len(prompt.choices))
    place = chance.place(f"{key}:rating")
    third = (scale.highest - scale.lowest) // 3
    if place < habits.happy:
        mark = scale.highest - (1 if place < habits.happy / 2 else 0)
    elif place < habits.happy + habits.unhappy:
        mark = chance.whole(scale.lowest, scale.lowest + third, f"{key}:low")
    else:
        mark = chance.whole(scale.lowest + third + 1, scale.highest - 2, f"{key}:middle")
    return Words(text=str(mark))


def _offers_little(choices: tuple[Choice, ...], habits: Habits) -> bool:
    return len(choices) == 1 or all(_is_seldom(one, habits) for one in choices)


def _is_seldom(choice: Choice, habits: Habits) -> bool:
    return not set(texts.bare(choice.label).split()).isdisjoint(habits.seldom_words)


def _chosen(choices: tuple[Choice, ...], habits: Habits, chance: Chance, key: str) -> Choice:
    if _offers_little(choices, habits):
        return chance.one_of(choices, f"{key}:choice")
    seldom = [one for one in choices if _is_seldom(one, habits)]
    usual = [one for one in choices if one not in seldom]
    if chance.happens(habits.seldom_choice * len(seldom), f"{key}:seldom"):
        return chance.one_of(seldom, f"{key}:choice")
    if len(usual) == 1 or chance.happens(habits.first_choice, f"{key}:first"):
        return usual[0]
    return chance.one_of(usual[1:], f"{key}:choice")


def _mistyped(label: str) -> str:
    """Return a label with two letters in the wrong order."""
    middle = len(label) // 2
    return f"{label[: middle - 1]}{label[middle]}{label[middle - 1]}{label[middle + 1 :]}xx"


def _value(kind: ReplyKind, chance: Chance, key: str) -> Words:
    match kind:
        case ReplyKind.DATE:
            day = chance.one_of(_IN_DAYS, f"{key}:day")
            return Words(text=day, day=day)
        case ReplyKind.PAST_DATE:
            return Words(text="yesterday", day="yesterday")
        case ReplyKind.NUMBER:
            return Words(text=str(chance.whole(1, 10, f"{key}:number")))
        case ReplyKind.PHOTO:
            return Words(text=f"[photo p{chance.whole(1, 999, f'{key}:photo')}]")
        case ReplyKind.REFERENCE:
            return Words(text=f"BK{chance.whole(1000, 9999, f'{key}:reference')}")
        case _:
            return Words(text="It was fine, thank you for asking.")
