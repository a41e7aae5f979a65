"""A candidate reader held against the live one, and whether it may take its place (AB6, GV1).

Every example belongs to one of five folds by the hash of its words. The first fold is
the fixed split: no evaluation model ever trains on it. Corrections are judged fold by
fold, each by a model that has not seen it. Both readers are asked the same, and the
decision rests on what the answers lose, never on an average alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from baton.core import teaching, triage
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.teaching import NONE_OF_THESE

FOLDS = 5
HELD_OUT = 0
TOLERANCE = 0.01
"""How much of all answers a candidate may lose at most: 1 of 100."""

_SMALL_TALK = "small_talk"  # answered by the pack's copy, so it needs neither article nor person


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text with what it should be read as.

    `ref` leads to it without repeating a customer's words: "pack:<the pack's own
    example>" or "taught:<id>". `stops` are the hard stops it holds, None where nobody knows.
    """

    ref: str
    text: str
    intent: str | None = None
    stops: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a reader made of a text: its intent at or above the floor, "" below."""

    intent: str
    is_sure: bool
    stops: frozenset[str] = frozenset()


Ask: TypeAlias = Callable[[Sequence[str]], Sequence[Guess]]
"""Reads texts with one reader, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sample with both readers' guesses."""

    sample: Sample
    live: Guess
    candidate: Guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many of a number of texts each reader got right."""

    total: int = 0
    live: int = 0
    candidate: int = 0

    @property
    def change(self) -> int:
        """Return how many more the candidate got right; negative when it lost."""
        return self.candidate - self.live


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentLine:
    """One intent: its score on the split and on corrections, and which texts changed."""

    name: str
    request_type: str
    split: Score
    corrections: Score
    fell: tuple[str, ...] = ()
    rose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLine:
    """One request type; people must handle it when `is_for_people`."""

    name: str
    is_for_people: bool
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One hard stop: how often each reader found it, and how often where none is."""

    kind: str
    found: Score
    false_live: int = 0
    false_candidate: int = 0
    fell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The whole report. `sure_but_wrong` counts answers that would have closed by themselves."""

    split: Score
    corrections: Score
    sure_but_wrong: Score
    intents: tuple[IntentLine, ...]
    types: tuple[TypeLine, ...]
    stops: tuple[StopLine, ...]


def fold_of(text: str) -> int:
    """Return a text's fold, always the same for the same words."""
    return int(teaching.key_of(text)[:8], 16) % FOLDS


def judged(samples: Sequence[Sample], live: Ask, candidate: Ask) -> tuple[Judged, ...]:
    """Ask both readers about samples."""
    words = [sample.text for sample in samples]
    if not words:
        return ()
    return tuple(
        Judged(sample=sample, live=one, candidate=other)
        for sample, one, other in zip(samples, live(words), candidate(words), strict=True)
    )


def people_types(pack: Pack, policy: Policy) -> frozenset[str]:
    """Return the request types that people must handle: human by triage, or without an article."""
    answered = {
        intent.request_type for intent in pack.intents if pack.article_for(intent.name) is not None
    }
    found = set()
    for kind in pack.request_types:
        axes = triage.score(kind, sentiment=0.0, has_hard_stop=False, policy=policy)
        is_human = triage.decide(axes, policy) is triage.Outcome.HUMAN
        if _SMALL_TALK not in kind.tags and (is_human or kind.name not in answered):
            found.add(kind.name)
    return frozenset(found)


def evaluate(
    split: Sequence[Judged],
    corrections: Sequence[Judged],
    stops: Sequence[Judged],
    *,
    pack: Pack,
    policy: Policy,
) -> Evaluation:
    """Add the judgements up; `pack` is the one that the candidate was taught by."""
    both = (*split, *corrections)
    return Evaluation(
        split=_score(split),
        corrections=_score(corrections),
        sure_but_wrong=Score(
            total=len(both),
            live=sum(_is_sure_but_wrong(one.sample, one.live) for one in both),
            candidate=sum(_is_sure_but_wrong(one.sample, one.candidate) for one in both),
        ),
        intents=tuple(_intent_lines(split, corrections, pack)),
        types=tuple(_type_lines(both, pack, people_types(pack, policy))),
        stops=tuple(_stop_lines(stops)),
    )


def refusals(report: Evaluation, known: frozenset[str]) -> tuple[str, ...]:
    """Return why a candidate may not go live, in words; none when it may.

    `known` are the intents that the live reader knows: an intent that is new must
    not hide what is lost elsewhere.
    """
    told = [
        f"The hard stop {_plain(line.kind)} is found {line.found.candidate} times of "
        f"{line.found.total}; the live reader finds it {line.found.live} times."
        for line in report.stops
        if line.found.change < 0
    ]
    told += [
        f"{_plain(line.name).capitalize()} is for people: {line.score.candidate} of "
        f"{line.score.total} are read right, {line.score.live} by the live reader."
        for line in report.types
        if line.is_for_people and line.score.change < 0
    ]
    lines = [line for line in report.intents if line.name in known or line.name == NONE_OF_THESE]
    total = sum(line.split.total + line.corrections.total for line in lines)
    lost = -sum(line.split.change + line.corrections.change for line in lines)
    if not total:
        told.append("There is nothing to judge by: no example fell into the fixed split.")
    elif lost / total > TOLERANCE:
        told.append(f"In all, {lost} of {total} answers are lost; at most {TOLERANCE:.0%} may be.")
    return tuple(told)


def _is_right(sample: Sample, guess: Guess) -> bool:
    return guess.intent == sample.intent


def _is_sure_but_wrong(sample: Sample, guess: Guess) -> bool:
    return guess.is_sure and not _is_right(sample, guess)


def _score(lines: Iterable[Judged]) -> Score:
    lines = tuple(lines)
    return Score(
        total=len(lines),
        live=sum(_is_right(one.sample, one.live) for one in lines),
        candidate=sum(_is_right(one.sample, one.candidate) for one in lines),
    )


def _intent_lines(
    split: Sequence[Judged], corrections: Sequence[Judged], pack: Pack
) -> Iterator[IntentLine]:
    both = (*split, *corrections)
    for name in sorted({one.sample.intent or "" for one in both}):
        intent = pack.intent(name)
        mine = [one for one in both if one.sample.intent == name]
        right = [(_is_right(o.sample, o.live), _is_right(o.sample, o.candidate)) for o in mine]
        refs = [one.sample.ref for one in mine]
        yield IntentLine(
            name=name,
            request_type=intent.request_type if intent else "",
            split=_score(one for one in split if one.sample.intent == name),
            corrections=_score(one for one in corrections if one.sample.intent == name),
            fell=tuple(ref for ref, (was, now) in zip(refs, right, strict=True) if was > now),
            rose=tuple(ref for ref, (was, now) in zip(refs, right, strict=True) if now > was),
        )


def _type_lines(
    both: Sequence[Judged], pack: Pack, for_people: frozenset[str]
) -> Iterator[TypeLine]:
    kinds = {intent.name: intent.request_type for intent in pack.intents}
    for kind in pack.request_types:
        mine = [one for one in both if kinds.get(one.sample.intent or "") == kind.name]
        if mine:
            yield TypeLine(
                name=kind.name,
                is_for_people=kind.name in for_people,
                score=Score(
                    total=len(mine),
                    live=sum(kinds.get(one.live.intent) == kind.name for one in mine),
                    candidate=sum(kinds.get(one.candidate.intent) == kind.name for one in mine),
                ),
            )


def _stop_lines(judgements: Sequence[Judged]) -> Iterator[StopLine]:
    known = [(one, one.sample.stops) for one in judgements if one.sample.stops is not None]
    kinds = sorted({kind for one, stops in known for kind in (*stops, *one.candidate.stops)})
    for kind in kinds:
        holding = [one for one, stops in known if kind in stops]
        free = [one for one, stops in known if kind not in stops]
        yield StopLine(
            kind=kind,
            found=Score(
                total=len(holding),
                live=sum(kind in one.live.stops for one in holding),
                candidate=sum(kind in one.candidate.stops for one in holding),
            ),
            false_live=sum(kind in one.live.stops for one in free),
            false_candidate=sum(kind in one.candidate.stops for one in free),
            fell=tuple(
                one.sample.ref
                for one in holding
                if kind in one.live.stops and kind not in one.candidate.stops
            ),
        )


def _plain(name: str) -> str:
    return name.replace("_", " ")
