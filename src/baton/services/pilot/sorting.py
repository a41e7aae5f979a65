"""Sorts past conversations by what they ask: by the reader, and into groups of its own.

A sample is read closely and grouped by meaning. A group most of whose messages the reader
takes for one request type is that type; any other gets a name of its own words. All other
conversations are sorted by the words of the sample's.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from baton.core.errors import BatonError
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.reading import ReaderPort, Reading
from baton.nlu import grouping, naming
from baton.nlu.encoder import Encoder, Floats, Meanings, find_encoder
from baton.nlu.grouping import Labels
from baton.nlu.reader import LocalReader
from baton.nlu.text import folded
from baton.nlu.wording import WordingModel

Progress: TypeAlias = Callable[[str, float], None]
"""Is told what is being done, and how much of all is done (0 to 1)."""

UNCLEAR = ""
"""The type of what is in no group that is large enough to be judged."""

SAMPLE_CHARACTERS = 400_000
"""So much is read closely and encoded; it takes the most time."""
READ_AT_MOST = 300
"""Characters of one conversation that are read closely: what is asked stands at the beginning."""

_LEAST_SHARE, _LEAST = 0.003, 5  # of a sample, that make a group worth a line
_MAJORITY = 0.6
_TOGETHER = 500
_KNOWN = 0.2  # of a conversation's words, by weight, below which nobody can say what it asks
_TELLING = 4


class NoEncoderError(BatonError):
    """The encoder's packages are not installed: nothing can be grouped by meaning."""

    code = "no_encoder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Conversations by type.

    Attributes:
        types: each one's type, in order; UNCLEAR where nobody can say.
        sample: the places of those read closely, `readings` of them in the same order.
        titles: of the types that are groups of their own, by their own words.
        words: what a type's messages say and others do not.
        centres: what each type means, of unit length.
        central: places of conversations in the middle of each type, the most typical first.
    """

    types: tuple[str, ...]
    sample: tuple[int, ...]
    readings: tuple[Reading, ...]
    titles: dict[str, str]
    words: dict[str, tuple[str, ...]]
    centres: dict[str, Floats]
    central: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorter:
    """What sorting needs: a pack's reader and the encoder; `knows_types` uses the pack's types."""

    pack: Pack
    policy: Policy
    reader: ReaderPort
    encoder: Encoder
    knows_types: bool
    progress: Progress

    def sort(self, texts: Sequence[str]) -> Sorted:
        """Sort texts by what they ask; the same texts are sorted the same."""
        sample = sample_of(texts)
        chosen = [texts[place][:READ_AT_MOST] for place in sample]
        words = [folded(text) for text in chosen]
        readings = self._read(chosen)
        meanings = self._meant(chosen)
        self.progress("Grouping by meaning", 0.65)
        groups = _grouped(words, meanings)
        names = self._names(readings, groups)
        telling = naming.telling(words, groups, most=_TELLING)
        self.progress("Sorting all by the groups' words", 0.8)
        types = _spread(texts, sample, words, names)
        centres, central = _middles(names, meanings, sample)
        own = {name: _words_of(name, telling) for name in centres if _is_own(name)}
        return Sorted(
            types=types,
            sample=tuple(sample),
            readings=readings,
            titles={name: ", ".join(told[:3]) for name, told in own.items()},
            words=own,
            centres=centres,
            central=central,
        )

    def _read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        told: list[Reading] = []
        for first in range(0, len(texts), _TOGETHER):
            self.progress("Reading closely", 0.1 + 0.2 * first / len(texts))
            told += self.reader.read_many(tuple(texts[first : first + _TOGETHER]))
        return tuple(told)

    def _meant(self, texts: Sequence[str]) -> Meanings:
        done = 0

        def on_text() -> None:
            nonlocal done
            done += 1
            if done % _TOGETHER == 0:
                self.progress("Understanding", 0.3 + 0.35 * done / len(texts))

        return self.encoder.meanings(texts, on_text=on_text)

    def _names(self, readings: Sequence[Reading], groups: Labels) -> list[str]:
        """Return the type of each of the sample: the pack's, its group's own, or UNCLEAR."""
        named = self._group_names(readings, groups)
        told = [
            self._type_of(reading, self.policy.answer_confidence) or named[group]
            for reading, group in zip(readings, groups.tolist(), strict=True)
        ]
        least = max(_LEAST, int(len(told) * _LEAST_SHARE))
        counted = Counter(told)
        # A request type of the pack counts however seldom it comes: the gravest are rare.
        return [UNCLEAR if _is_own(name) and counted[name] < least else name for name in told]

    def _group_names(self, readings: Sequence[Reading], groups: Labels) -> dict[int, str]:
        """Return what each group is called: the pack's type that most of it may be, or its own."""
        guesses: dict[int, Counter[str]] = {}
        for reading, group in zip(readings, groups.tolist(), strict=True):
            guess = self._type_of(reading, self.policy.floor_confidence)
            guesses.setdefault(group, Counter())[guess] += 1
        named = {}
        for group, counted in guesses.items():
            name, count = counted.most_common(1)[0]
            is_majority = count >= _MAJORITY * counted.total()
            named[group] = name if name and is_majority else f"group_{group + 1}"
        return named

    def _type_of(self, reading: Reading, least: float) -> str:
        best = reading.best
        if not self.knows_types or best is None or best.confidence < least:
            return ""
        intent = self.pack.intent(best.name)
        return intent.request_type if intent and not reading.is_out_of_scope else ""


def sorter_of(pack: Pack, policy: Policy, *, knows_types: bool, progress: Progress) -> Sorter:
    """Return a sorter by a pack; raises NoEncoderError.

    Its reader goes by words alone: what they leave open the groups tell by meaning.
    """
    encoder = find_encoder()
    if encoder is None:
        message = "the encoder's packages are missing: install Baton with all it depends on"
        raise NoEncoderError(message)
    reader = LocalReader(pack, plain=True)
    return Sorter(
        pack=pack,
        policy=policy,
        reader=reader,
        encoder=encoder,
        knows_types=knows_types,
        progress=progress,
    )


def sample_of(texts: Sequence[str]) -> list[int]:
    """Return places evenly through the texts: as many as can be read closely."""
    if not texts:
        return []
    length = sum(min(len(text), READ_AT_MOST) for text in texts) / len(texts)
    most = min(grouping.MOST, int(SAMPLE_CHARACTERS / max(length, 1.0)), len(texts))
    return [place * len(texts) // most for place in range(most)]


def _grouped(words: Sequence[tuple[str, ...]], meanings: Meanings) -> Labels:
    """Return each text's group; the same words count once, or a form letter would be a group."""
    first: dict[tuple[str, ...], int] = {}
    for place, said in enumerate(words):
        first.setdefault(said, place)
    groups = grouping.group(meanings[list(first.values())])
    of_words = dict(zip(first, groups.tolist(), strict=True))
    return np.array([of_words[said] for said in words], np.intp)


def _is_own(name: str) -> bool:
    return name.startswith("group_")


def _words_of(name: str, telling: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return telling[int(name.removeprefix("group_")) - 1]


def _spread(
    texts: Sequence[str],
    sample: Sequence[int],
    words: Sequence[tuple[str, ...]],
    names: Sequence[str],
) -> tuple[str, ...]:
    """Return all texts' types: the sample's, and the others' by the words of the sample's."""
    types = dict(zip(sample, names, strict=True))
    rest = [place for place in range(len(texts)) if place not in types]
    kinds = sorted(set(names))
    if rest:
        owners = np.array([kinds.index(name) for name in names])
        model = WordingModel.sorting(words, owners, len(kinds))
        for first in range(0, len(rest), _TOGETHER):
            places = rest[first : first + _TOGETHER]
            told = model.read([folded(texts[place][:READ_AT_MOST]) for place in places])
            best = told.scores.argmax(axis=1).tolist()
            for place, kind, known in zip(places, best, told.known.tolist(), strict=True):
                types[place] = kinds[kind] if known >= _KNOWN else UNCLEAR
    return tuple(types[place] for place in range(len(texts)))


def _middles(
    names: Sequence[str], meanings: Meanings, sample: Sequence[int]
) -> tuple[dict[str, Floats], dict[str, tuple[int, ...]]]:
    """Return each type's middle, and the places of the conversations nearest to it."""
    kinds = sorted(set(names) - {UNCLEAR})
    centres, central = {}, {}
    for kind in kinds:
        rows = np.array([row for row, name in enumerate(names) if name == kind])
        own = meanings[rows]
        middle = grouping.centres(own, np.zeros(len(rows), np.intp))[0]
        nearest = np.argsort(-grouping.likeness(own, middle), kind="stable")
        centres[kind] = middle
        central[kind] = tuple(sample[rows[place]] for place in nearest.tolist())
    return centres, central
