"""Examines a candidate reader: trains the evaluation models and asks both what they read.

The fixed split is a fifth of the pack's own examples, which no evaluation model ever
sees. What people taught is judged fold by fold, each fold by models without it. Hard
stops are looked for in all examples of intents, in what people taught or marked, and in
a fifth of the pack's stop examples, by the two readers as they would work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from baton.core import evaluation, teaching
from baton.core import text as texts
from baton.core.confidence import Band, Bands
from baton.core.evaluation import Evaluation, Guess, Judged, Sample
from baton.core.hard_stops import HardStop
from baton.core.pack import Pack, StopExample
from baton.core.policy import Policy
from baton.core.reading import ReaderPort
from baton.core.teaching import Lesson, TaughtText
from baton.flows import signals
from baton.flows.scene import Said
from baton.services.house import House

_EVERY_STOP = frozenset(kind.value for kind in HardStop)
_KEPT = 4
"""Models held at once; more would only cost memory."""

Tell = Callable[[str], None]
"""Is told what is being done, in words for the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text about which people said which hard stops it holds, or does not."""

    ref: str
    text: str
    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an examination is about.

    `pack` is what both lessons are laid over; `corrections` are all taught texts that
    count today, whether the candidate has learned them or not.
    """

    pack: Pack
    policy: Policy
    bands: Bands
    live: Lesson
    candidate: Lesson
    corrections: tuple[TaughtText, ...]
    marks: tuple[Marked, ...] = ()


class Examination:
    """One comparison of two lessons; trains each model once."""

    def __init__(self, house: House, matter: Matter, tell: Tell) -> None:
        self._house = house
        self._matter = matter
        self._tell = tell
        self._models: dict[tuple[Lesson, frozenset[str]], ReaderPort] = {}
        self.candidate_pack = teaching.taught_pack(matter.pack, matter.candidate)

    def reader_of(self, lesson: Lesson, left_out: frozenset[str] = frozenset()) -> ReaderPort:
        """Return the reader of a lesson, without some of its words; trained once in a row."""
        # Words that it does not hold anyway make no other reader: the live one's folds are one.
        key = (lesson, left_out & self._words_of(lesson))
        if key not in self._models:
            taught = teaching.taught_pack(self._matter.pack, lesson, left_out=left_out)
            while len(self._models) >= _KEPT:
                del self._models[next(iter(self._models))]
            self._models[key] = self._house.train(taught)
        return self._models[key]

    def _words_of(self, lesson: Lesson) -> frozenset[str]:
        own = (text for intent in self._matter.pack.intents for text in intent.examples)
        return frozenset(map(texts.bare, (*own, *(one.text for one in lesson.texts))))

    def evaluate(self) -> Evaluation:
        """Return the whole report."""
        matter = self._matter
        split = self._split()
        unseen = frozenset(texts.bare(sample.text) for sample in split)
        self._tell("Reading the examples that are kept aside")
        judged_split = self._judged(split, unseen)
        judged_corrections: list[Judged] = []
        for fold in range(evaluation.FOLDS):
            mine = [one for one in matter.corrections if evaluation.fold_of(one.text) == fold]
            if mine:
                self._tell(f"Reading corrections, part {fold + 1} of {evaluation.FOLDS}")
                without = unseen | {texts.bare(one.text) for one in mine}
                judged_corrections += self._judged([_sample_of(one) for one in mine], without)
        self._tell("Looking for hard stops")
        return evaluation.evaluate(
            judged_split,
            judged_corrections,
            self._judged_stops(),
            pack=self.candidate_pack,
            policy=matter.policy,
        )

    def _split(self) -> list[Sample]:
        """Return the fixed fifth of the pack's examples, but for those that people moved."""
        moved = {texts.bare(one.text) for one in self._matter.corrections}
        return [
            Sample(ref=f"pack:{text}", text=text, intent=intent.name)
            for intent in self._matter.pack.intents
            for text in intent.examples
            if evaluation.fold_of(text) == evaluation.HELD_OUT and texts.bare(text) not in moved
        ]

    def _judged(self, samples: Sequence[Sample], left_out: frozenset[str]) -> tuple[Judged, ...]:
        live = self.reader_of(self._matter.live, left_out)
        candidate = self.reader_of(self._matter.candidate, left_out)
        return evaluation.judged(
            samples, lambda words: self._guesses(live, words), lambda w: self._guesses(candidate, w)
        )

    def _judged_stops(self) -> tuple[Judged, ...]:
        """Ask both readers for hard stops; where nobody spoke, what the live one finds counts."""
        live = self.reader_of(self._matter.live)
        candidate = self.reader_of(self._matter.candidate)
        known = [
            Marked(ref=f"pack:{text}", text=text)
            for intent in self._matter.pack.intents
            for text in intent.examples
        ]
        known += [
            _marked(example)
            for example in self._matter.pack.stop_examples  # a fifth is plenty, and always the same
            if evaluation.fold_of(example.text) == evaluation.HELD_OUT
        ]
        known += [Marked(ref=f"taught:{o.id}", text=o.text) for o in self._matter.corrections]
        said = {texts.bare(mark.text): mark for mark in (*known, *self._matter.marks)}
        marks = list(said.values())
        found = self._guesses(live, [mark.text for mark in marks])
        samples = [
            Sample(ref=mark.ref, text=mark.text, stops=(was.stops | mark.present) - mark.absent)
            for mark, was in zip(marks, found, strict=True)
        ]
        return evaluation.judged(
            samples, lambda _words: found, lambda words: self._guesses(candidate, words)
        )

    def _guesses(self, reader: ReaderPort, words: Sequence[str]) -> list[Guess]:
        """Return what each text is read as, by the rules that a turn is read by."""
        guesses = []
        for reading in reader.read_many(tuple(words)):
            said = Said(text=reading.text, readings=(reading,), messages=(reading,))
            heard = signals.read(said, None, "", self.candidate_pack, self._matter.bands)
            intent = heard.intent
            band = self._matter.bands.band_of(intent.name, intent.confidence) if intent else None
            guesses.append(
                Guess(
                    intent=intent.name if intent else "",
                    is_sure=band is Band.ANSWERED,
                    stops=frozenset(stop.kind.value for stop in heard.stops),
                )
            )
        return guesses


def _marked(example: StopExample) -> Marked:
    """Return what the pack says of a text: the stop it holds, or that it holds none."""
    ref = f"pack:{example.text}"
    if not example.kind:
        return Marked(ref=ref, text=example.text, absent=_EVERY_STOP)
    return Marked(ref=ref, text=example.text, present=frozenset({example.kind}))


def _sample_of(one: TaughtText) -> Sample:
    return Sample(ref=f"taught:{one.id}", text=one.text, intent=one.intent)
