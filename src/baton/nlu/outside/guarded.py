"""An outside reader tells intents; the local one stays on guard.

What hard stops are seen by, sentiment and entities are always read here. Outside intents
take the place of local ones only where they came in time, in the right form and under a
name that the workspace has mapped; and never where the local reader heard something
that calls for a person. Of a message only its masked text leaves the house.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from baton.core import privacy
from baton.core.reading import IntentScore, ReaderPort, Reading
from baton.nlu.outside.asking import Asker, Budget
from baton.nlu.outside.ports import OutsidePort, Scores

_TOLD = 5
_NAMES_SOMEBODY = frozenset({"email", "phone", "order", "booking", "member"})


class GuardedReader:
    """A `core.reading.ReaderPort` that joins a local and an outside reader.

    Attributes of the making:
        mapping: the workspace's intents by the outside reader's names for them.
        guards: intents that call for a person: where the local reader's best is one of
            them, nothing is asked outside and the local reading stands.
    """

    def __init__(
        self,
        local: ReaderPort,
        outside: OutsidePort,
        budget: Budget,
        *,
        mapping: Mapping[str, str],
        guards: Collection[str] = (),
    ) -> None:
        self._local = local
        self._asker = Asker(outside, budget)
        self._kind = outside.kind
        self._mapping = mapping
        self._guards = frozenset(guards)
        self.recalling: ReaderPort = _Recalling(self)
        """Reads with what was told a while ago, and asks nobody: for where locks are held."""

    @property
    def trouble(self) -> str:
        """Return why the outside reader is left alone, a word of `OutsideFailed`, or ""."""
        return self._asker.trouble

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order; never raises for any text."""
        return self._read(texts, self._asker.ask)

    def recall_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return what `read_many` does of texts that were asked after a while ago."""
        return self._read(texts, self._asker.recall)

    def _read(
        self, texts: tuple[str, ...], ask: Callable[[tuple[str, ...]], dict[str, Scores]]
    ) -> tuple[Reading, ...]:
        readings = self._local.read_many(texts)
        masked = {reading.text: _masked(reading) for reading in readings if self._may_ask(reading)}
        told = ask(tuple(dict.fromkeys(masked.values())))
        return tuple(
            self._joined(reading, told.get(masked.get(reading.text, ""), ()))
            for reading in readings
        )

    def close(self) -> None:
        """Close the connections; texts are read locally from now on."""
        self._asker.close()

    def _may_ask(self, reading: Reading) -> bool:
        return bool(reading.text) and not (reading.best and reading.best.name in self._guards)

    def _joined(self, reading: Reading, scores: Scores) -> Reading:
        intents = self._own(scores)
        return replace(reading, intents=intents, source=self._kind) if intents else reading

    def _own(self, scores: Scores) -> tuple[IntentScore, ...]:
        """Return what was told in the workspace's names, best first.

        Empty where the best is none of ours: the runner-up is not what was meant.
        """
        ranked = sorted(scores, key=lambda score: -score.confidence)
        if not ranked or ranked[0].name not in self._mapping:
            return ()
        best: dict[str, float] = {}
        for score in ranked:
            if score.name in self._mapping:
                best.setdefault(self._mapping[score.name], min(max(score.confidence, 0.0), 1.0))
        return tuple(IntentScore(name=n, confidence=c) for n, c in list(best.items())[:_TOLD])


class _Recalling:
    """A guarded reader that asks nobody."""

    def __init__(self, guarded: GuardedReader) -> None:
        self._guarded = guarded

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order."""
        return self._guarded.recall_many(texts)


def _masked(reading: Reading) -> str:
    """Return a text as it may leave the house.

    A token would be the same for the same number and could be followed across messages;
    the bare kind tells the outside reader as much about what was meant.
    """
    text = reading.text
    for entity in reversed(reading.entities):
        if entity.kind in _NAMES_SOMEBODY:
            text = f"{text[: entity.start]}[{entity.kind}]{text[entity.end :]}"
    return privacy.mask(text, lambda kind, _value: f"[{kind}]")
