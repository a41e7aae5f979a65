"""Reads messages on this machine, from a pack's own examples and vocabulary (FQ2, FQ7).

Nothing is downloaded and nothing is drawn by chance: the same pack gives the same
reader. A message of several sentences is read as a whole and sentence by sentence, so
that a greeting does not hide the question behind it and a second request is kept (T20).
"""

import re
from collections.abc import Iterable
from importlib.resources import files

from baton.core.pack import Pack
from baton.core.reading import IntentScore, Reading
from baton.nlu import sentiment
from baton.nlu.intents import Example, IntentModel
from baton.nlu.spotter import Spotter
from baton.nlu.text import Token, clean, tokens

MAX_READ = 2_000
"""An intent is looked for in this much of a message; hard stops in all of it (nlu.text)."""

SMALL_TALK = "small_talk"
"""The tag of request types that give way to any other request in the same message."""

_MAX_PARTS = 6
_MEMORY = 4_096
_TOLD = 5
_SURE_ENOUGH = 0.6  # a sentence's own intent counts beside the whole message's from here on
_BREAK = re.compile(r"[.!?;\n\u2026\u3002\u061f]+")


class LocalReader:
    """A `core.reading.ReaderPort` taught by one pack; pure, and never raises for any text."""

    def __init__(self, pack: Pack) -> None:
        examples = [
            Example(tuple(token.word for token in tokens(clean(text))), intent.name)
            for intent in pack.intents
            for text in intent.examples
        ]
        background = (files("baton.nlu") / "background.txt").read_text("utf-8").splitlines()
        foreign = [tuple(token.word for token in tokens(clean(line))) for line in background]
        self._model = IntentModel(examples, foreign)
        self._spotter = Spotter(pack.vocabulary)
        idle = {kind.name for kind in pack.request_types if SMALL_TALK in kind.tags}
        self._small_talk = {i.name for i in pack.intents if i.request_type in idle}
        self._remembered: dict[str, Reading] = {}

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order."""
        # The same words come again and again ("hi", "thanks", "what time do you open").
        fresh = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        readings = dict(zip(fresh, self._read(fresh), strict=True)) if fresh else {}
        answer = tuple(readings.get(text) or self._remembered[text] for text in texts)
        self._remember(readings)
        return answer

    def _remember(self, readings: dict[str, Reading]) -> None:
        short = {text: reading for text, reading in readings.items() if len(text) <= MAX_READ}
        if len(self._remembered) + len(short) > _MEMORY:
            self._remembered.clear()
        self._remembered.update(short)

    def _read(self, texts: list[str]) -> list[Reading]:
        cleaned = [clean(text) for text in texts]
        found = [tokens(text) for text in cleaned]
        parts = [_parts(text, words) for text, words in zip(cleaned, found, strict=True)]
        told = iter(self._model.scores([part for several in parts for part in several]))
        return [
            Reading(
                text=text,
                intents=self._joined([next(told) for _ in several]),
                terms=self._spotter.spot(text, words),
                sentiment=round(sentiment.score(text, words), 3),
            )
            for text, words, several in zip(cleaned, found, parts, strict=True)
        ]

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


def _parts(text: str, words: list[Token]) -> list[tuple[str, ...]]:
    """Return the words of the whole message and, when it has several, of each sentence."""
    words = [word for word in words if word.end <= MAX_READ] or words[:1]
    whole = tuple(word.word for word in words)
    sentences = [part for part in _by_sentence(text, words) if part]
    return [whole, *sentences[:_MAX_PARTS]] if len(sentences) > 1 else [whole]


def _by_sentence(text: str, words: list[Token]) -> Iterable[tuple[str, ...]]:
    borders = [found.start() for found in _BREAK.finditer(text)]
    if not borders:
        return
    place = 0
    for border in (*borders, len(text)):
        start = place
        while place < len(words) and words[place].start < border:
            place += 1
        yield tuple(word.word for word in words[start:place])
