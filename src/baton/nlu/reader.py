"""Reads messages on this machine, from a pack's own examples and vocabulary (FQ2, FQ7).

Nothing is downloaded and nothing is drawn by chance: the same pack gives the same
reader. A message of several sentences is read as a whole and sentence by sentence, so
that a greeting does not hide the question behind it and a second request is kept (T20).

Reading is a cascade. Words are cheap and judge every stretch; only where they leave a
doubt about the intent, or hear a hard stop or a feeling, is its meaning encoded too.

What is heard as a hard stop rests on the pack's lessons alone: neither how a workspace's
own intents are spelled nor how sure they are of a message has a part in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from baton.core import stop_rules
from baton.core.pack import Pack
from baton.core.reading import Alarm, Entity, IntentScore, Reading, Term
from baton.nlu import entities, sentiment
from baton.nlu.encoder import Encoder, find_encoder
from baton.nlu.feeling import FeelingModel, labelled
from baton.nlu.intents import Example, IntentModel, Judgement
from baton.nlu.kept import kept
from baton.nlu.meaning import Meaning
from baton.nlu.repair import Repairer, Spelling, known_spellings
from baton.nlu.spotter import Spotter
from baton.nlu.stops import Heard, StopLesson, StopModel
from baton.nlu.text import Token, clean, folded, tokens
from baton.nlu.wording import Worded

MAX_READ = 2_000
"""An intent is looked for in this much of a message; hard stops in all of it (nlu.text)."""

SMALL_TALK = "small_talk"
"""The tag of request types that give way to any other request in the same message."""

_MAX_PARTS = 6
_MEMORY = 4_096
_TOLD = 5
_SURE_ENOUGH = 0.6  # a sentence's own intent counts beside the whole message's from here on
_NO_DOUBT = 0.93  # words alone may tell an intent from here on
# Words hear a possible hard stop from here on. Of the lessons left out, 2 stops in 4,380 lie
# below that meanings would hear (twice as high: 4), and 26 in 100 harmless messages.
_QUIET = 0.01
_CALM = -0.1  # words hear a feeling below this
_TOLD_ALARM = 0.05
_TOGETHER = 64  # stretches judged at once: more cost memory and hardly less time
_WALL = 60  # words from which on a message is listened to sentence by sentence
_BREAK = re.compile(r"[.!?;\n\u2026\u3002\u061f]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a message: its words as written with their spans, and as meant."""

    found: tuple[Token, ...]
    meant: Spelling
    guarded: Spelling
    """As meant, with the words of the hard stops' lessons alone."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one stretch says."""

    judgement: Judgement
    heard: Heard
    feeling: float


class _Asked(NamedTuple):
    """What a stretch is judged by; alike for a message and for its only sentence.

    `lexicon` is the lexicon's word on the feeling.
    """

    meant: Spelling
    guarded: Spelling
    lexicon: float
    is_suspect: bool


class _Words(NamedTuple):
    """What the words of some stretches tell each model; the dear step of judging by words."""

    intents: Worded
    stops: Worded
    feeling: Worded

    def of(self, rows: Sequence[int]) -> "_Words":
        return _Words(*(told.of(rows) for told in self))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A message laid out, before any model was asked."""

    text: str
    terms: tuple[Term, ...]
    lexicon: float
    parts: tuple[_Part, ...]
    asked: tuple[_Asked, ...]
    entities: tuple[Entity, ...]
    is_wall: bool


class LocalReader:
    """A `core.reading.ReaderPort` taught by one pack; pure, and never raises for any text."""

    def __init__(self, pack: Pack, encoder: Encoder | None = None, *, plain: bool = False) -> None:
        """Learn a pack; `plain` leaves the encoder out even where it is installed."""
        self._encoder = None if plain else encoder or find_encoder()
        examples = (text for intent in pack.intents for text in intent.examples)
        self._repairer = Repairer([folded(text) for text in examples])
        self._guard = _guard_of(tuple(lesson.text for lesson in pack.stop_examples))
        self._spotter = Spotter(pack.vocabulary)
        self._locale = pack.locale
        self._intents = self._taught_intents(pack)
        self._stops = self._taught_stops(pack)
        self._feeling = _feeling(self._encoder)
        idle = {kind.name for kind in pack.request_types if SMALL_TALK in kind.tags}
        self._small_talk = {i.name for i in pack.intents if i.request_type in idle}
        self._remembered: dict[str, Reading] = {}
        self._judged_before: dict[_Asked, _Told] = {}

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order."""
        known = {text: self._remembered[text] for text in texts if text in self._remembered}
        unread = [text for text in dict.fromkeys(texts) if text not in known]
        for text, reading in zip(unread, self._read(unread), strict=True):
            known[text] = reading
            self._remember(text, reading)
        return tuple(known[text] for text in texts)

    def read_fully(self, text: str) -> Reading:
        """Read a text without the cascade's shortcuts and without memory, to compare with."""
        [reading] = self._read([text], is_thorough=True)
        return reading

    def _remember(self, text: str, reading: Reading) -> None:
        # The same words come again and again ("hi", "thanks", "what time do you open").
        if len(text) <= MAX_READ:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            self._remembered[text] = reading

    def _remember_judged(self, told: Mapping[_Asked, _Told]) -> None:
        # Mended, many a message is one that was met before.
        if len(self._judged_before) + len(told) > _MEMORY:
            self._judged_before.clear()
        self._judged_before |= told

    def _read(self, texts: Sequence[str], *, is_thorough: bool = False) -> list[Reading]:
        drafts = [self._draft(text, is_thorough=is_thorough) for text in texts]
        known = {} if is_thorough else self._judged_before
        # Once however often it is met: a message is read whole, and each sentence on its own.
        asked = dict.fromkeys(one for draft in drafts for one in draft.asked)
        told = {one: known[one] for one in asked if one in known}
        fresh = [one for one in asked if one not in told]
        told |= zip(fresh, self._judged(fresh), strict=True)
        if not is_thorough:
            self._remember_judged(told)
        return [self._reading(draft, [told[one] for one in draft.asked]) for draft in drafts]

    def _draft(self, text: str, *, is_thorough: bool) -> _Draft:
        cleaned = clean(text)
        found = tokens(cleaned)
        terms = self._spotter.spot(cleaned, found)
        is_suspect = is_thorough or stop_rules.has_act(terms)
        lexicon = sentiment.score(cleaned, found)
        parts = self._parts(cleaned, found)
        return _Draft(
            text=cleaned,
            terms=terms,
            lexicon=lexicon,
            parts=tuple(parts),
            asked=tuple(_Asked(part.meant, part.guarded, lexicon, is_suspect) for part in parts),
            entities=entities.find(cleaned[:MAX_READ], now=None, known=None, locale=self._locale),
            is_wall=len(found) > _WALL,
        )

    def _reading(self, draft: _Draft, told: list[_Told]) -> Reading:
        # A fragment without its message sounds worse than it is; a wall of words hides one.
        listened = told if draft.is_wall else told[:1]
        return Reading(
            text=draft.text,
            intents=self._joined([one.judgement.intents for one in told]),
            terms=draft.terms,
            sentiment=told[0].feeling if told else round(draft.lexicon, 3),
            entities=draft.entities,
            alarms=self._alarms(draft.parts, listened),
            alarm=round(max((one.heard.any_stop for one in listened), default=0.0), 4),
            strangeness=min((one.judgement.strangeness for one in told), default=1.0),
        )

    def _judged(self, asked: Sequence[_Asked]) -> Iterator[_Told]:
        for first in range(0, len(asked), _TOGETHER):
            yield from self._judge(asked[first : first + _TOGETHER])

    def _judge(self, asked: Sequence[_Asked]) -> Iterable[_Told]:
        """Judge by words, and by meaning too where words leave a doubt."""
        worded = self._worded(asked)
        if self._encoder is None:
            return self._by_words(asked, worded)
        # What is suspected is understood by its meaning, whatever its words tell.
        calm = [row for row, one in enumerate(asked) if not one.is_suspect]
        told: dict[int, _Told] = {}
        if calm:
            by_words = self._by_words([asked[row] for row in calm], worded.of(calm))
            told |= zip(calm, by_words, strict=True)
        unclear = [row for row in range(len(asked)) if row not in told or not _is_clear(told[row])]
        if unclear:
            some = [asked[row] for row in unclear]
            fully = self._by_meaning(some, worded.of(unclear), self._encoder)
            told |= zip(unclear, map(_heard_before, map(told.get, unclear), fully), strict=True)
        return [told[row] for row in range(len(asked))]

    def _worded(self, asked: Sequence[_Asked]) -> _Words:
        guarded = [one.guarded.words for one in asked]
        return _Words(
            self._intents.worded([one.meant.words for one in asked]),
            self._stops.worded(guarded),
            self._feeling.worded(guarded),
        )

    def _by_words(self, asked: Sequence[_Asked], worded: _Words) -> list[_Told]:
        words = [one.meant.words for one in asked]
        feelings = self._feeling.by_words(worded.feeling, [one.lexicon for one in asked])
        judgements = self._intents.by_words(words, worded.intents)
        return list(map(_Told, judgements, self._stops.by_words(worded.stops), feelings))

    def _by_meaning(self, asked: Sequence[_Asked], worded: _Words, encoder: Encoder) -> list[_Told]:
        words = [one.meant.words for one in asked]
        heard = [Meaning(encoder.encode(one.guarded.text)) for one in asked]
        meant = [
            same if one.meant.text == one.guarded.text else Meaning(encoder.encode(one.meant.text))
            for one, same in zip(asked, heard, strict=True)
        ]
        lexicon = [one.lexicon for one in asked]
        feelings = self._feeling.by_meaning(worded.feeling, lexicon, heard)
        judgements = self._intents.by_meaning(words, worded.intents, meant)
        return list(map(_Told, judgements, self._stops.by_meaning(worded.stops, heard), feelings))

    def _alarms(self, parts: Sequence[_Part], told: Sequence[_Told]) -> tuple[Alarm, ...]:
        """Return the likeliest alarm of each kind, over the words that raise it."""
        best: dict[str, Alarm] = {}
        for part, one in zip(parts, told, strict=False):
            for kind, confidence in one.heard.kinds:
                if confidence >= _TOLD_ALARM and (
                    kind not in best or confidence > best[kind].confidence
                ):
                    best[kind] = self._stops.alarm(kind, confidence, part.found)
        return tuple(sorted(best.values(), key=lambda alarm: -alarm.confidence))

    def _parts(self, text: str, found: list[Token]) -> list[_Part]:
        """Return the whole message and, when it has several, each of its sentences."""
        if not found:
            return []
        read = [word for word in found if word.end <= MAX_READ] or found[:1]
        sentences = [words for words in _by_sentence(text, read) if words]
        stretches = [tuple(read), *sentences[:_MAX_PARTS]] if len(sentences) > 1 else [tuple(read)]
        return [self._part(text, words) for words in stretches]

    def _part(self, text: str, words: tuple[Token, ...]) -> _Part:
        start = words[0].start
        end = min(len(text), words[-1].end + 1)  # with its question mark
        moved = [Token(word.word, word.start - start, word.end - start) for word in words]
        return _Part(
            found=words,
            meant=self._repairer.spell(text[start:end], moved),
            guarded=self._guard.spell(text[start:end], moved),
        )

    def _joined(self, told: list[tuple[IntentScore, ...]]) -> tuple[IntentScore, ...]:
        """Join what the whole message and its sentences say into one list, best first."""
        whole = told[0] if told else ()
        sure = [part[0] for part in told[1:] if part and part[0].confidence >= _SURE_ENOUGH]
        if not sure:
            return whole
        best: dict[str, float] = {}
        for score in (*whole, *sure):
            best[score.name] = max(score.confidence, best.get(score.name, 0.0))
        ranked = sorted(best.items(), key=lambda item: (self._gives_way(*item), -item[1]))
        return tuple(IntentScore(name=n, confidence=c) for n, c in ranked[:_TOLD])

    def _gives_way(self, name: str, confidence: float) -> bool:
        return name in self._small_talk or confidence < _SURE_ENOUGH

    def _taught_intents(self, pack: Pack) -> IntentModel:
        taught = [(text, intent.name) for intent in pack.intents for text in intent.examples]
        background = (files("baton.nlu") / "background.txt").read_text("utf-8").splitlines()

        def train() -> IntentModel:
            examples = [Example(*_spelled(text, self._repairer), name) for text, name in taught]
            foreign = [Example(*_spelled(line, self._repairer), "") for line in background]
            return IntentModel(examples, foreign, self._encoder)

        told = (*taught, *((line, "") for line in background))
        return kept(IntentModel, self._told(told), train)

    def _taught_stops(self, pack: Pack) -> StopModel:
        taught = {example.text: example.kind for example in pack.stop_examples}

        def train() -> StopModel:
            lessons = [
                StopLesson(*_spelled(text, self._guard), kind) for text, kind in taught.items()
            ]
            return StopModel(lessons, self._encoder)

        return kept(StopModel, self._told(taught.items()), train)

    def _told(self, lessons: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield all that a training sees: what it is taught, and how that is spelled."""
        yield "plain" if self._encoder is None else "encoder"
        yield known_spellings()
        yield from (f"{name}\t{text}" for text, name in lessons)


def _is_alarmed(told: _Told) -> bool:
    """Return whether words hear a hard stop or a feeling."""
    return told.heard.any_stop >= _QUIET or told.feeling <= _CALM


def _heard_before(by_words: _Told | None, fully: _Told) -> _Told:
    """Return what is told fully; a doubt about the intent alone changes nothing that is heard."""
    if by_words is None or _is_alarmed(by_words):
        return fully
    return replace(fully, heard=by_words.heard)


def _is_clear(told: _Told) -> bool:
    """Return whether words alone leave no doubt."""
    return not _is_alarmed(told) and told.judgement.confidence >= _NO_DOUBT


def _spelled(text: str, repairer: Repairer) -> Spelling:
    """Return a text and its words as they were meant."""
    cleaned = clean(text)
    return repairer.spell(cleaned, tokens(cleaned))


@lru_cache(maxsize=8)  # readers of one pack share it
def _guard_of(lessons: tuple[str, ...]) -> Repairer:
    """Return what mends by the words of the hard stops' lessons."""
    return Repairer([folded(text) for text in lessons], is_wary=True)


def _feeling(encoder: Encoder | None) -> FeelingModel:
    sentences = labelled()
    form = "plain" if encoder is None else "encoder"
    lines = [form, *(f"{label}\t{text}" for text, label in sentences)]
    return kept(FeelingModel, lines, lambda: FeelingModel(sentences, encoder))


def _by_sentence(text: str, words: list[Token]) -> Iterable[tuple[Token, ...]]:
    borders = [found.start() for found in _BREAK.finditer(text)]
    if not borders:
        return
    place = 0
    for border in (*borders, len(text)):
        start = place
        while place < len(words) and words[place].start < border:
            place += 1
        yield tuple(words[start:place])
