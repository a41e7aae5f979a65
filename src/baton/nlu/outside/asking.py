"""Asks an outside reader within a budget of time; what it does not get, it does without."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from baton.nlu.outside.breaker import Breaker
from baton.nlu.outside.ports import OutsideFailed, OutsidePort, Scores

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What asking outside may cost.

    Attributes:
        seconds: how long a batch of texts waits, all told.
        most_texts: so many texts of a batch are asked after; the rest are read locally.
        most_characters: longer texts stay in the house.
        at_once: requests under way at a time.
        failures, cool_down: after so many failed batches in a row, no asking for so many
            seconds; then one batch tries for all.
        remembered, fresh: so many answers are kept, for so many seconds each.
    """

    seconds: float = 0.8
    most_texts: int = 64
    most_characters: int = 2_000
    at_once: int = 8
    failures: int = 5
    cool_down: float = 30.0
    remembered: int = 2_048
    fresh: float = 600.0


class Asker:
    """Asks one outside reader; safe to use from any thread, and never raises."""

    def __init__(
        self, outside: OutsidePort, budget: Budget, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outside = outside
        self._budget = budget
        self._clock = clock
        self._breaker = Breaker(failures=budget.failures, cool_down=budget.cool_down, clock=clock)
        self._pool = ThreadPoolExecutor(budget.at_once, thread_name_prefix="outside-reader")
        self._remembered: dict[str, tuple[float, Scores]] = {}
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Return a word of `OutsideFailed` while it is left alone for its failures, else ""."""
        return self._trouble

    def recall(self, texts: tuple[str, ...]) -> dict[str, Scores]:
        """Return what was told of texts a while ago, by text; nobody is asked."""
        now = self._clock()
        return {text: kept[1] for text in texts if (kept := self._kept(text, now))}

    def ask(self, texts: tuple[str, ...]) -> dict[str, Scores]:
        """Return what was told in time, by text; texts without an answer are left out."""
        told = self.recall(texts)
        wanted = [text for text in texts if text not in told and self._fits(text)]
        wanted = wanted[: self._budget.most_texts]
        if not wanted or not self._breaker.may_ask():
            return told
        fresh, failure = self._gathered(self._sent(wanted))
        self._keep(fresh)
        # A batch that was answered in part found the reader at work, if not fast enough.
        is_answered = bool(fresh) or not failure
        if is_answered:
            self._trouble = ""
        if self._breaker.note(answered=is_answered):
            self._trouble = failure.partition(":")[0]
            _log.warning(
                "the outside reader (%s) failed again: %s; messages are read locally for %.0f s",
                self._outside.kind,
                failure,
                self._budget.cool_down,
            )
        return told | fresh

    def close(self) -> None:
        """Give up what is under way and close the connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._outside.close()

    def _fits(self, text: str) -> bool:
        most = min(self._budget.most_characters, self._outside.most_characters + 1)
        return 0 < len(text) < most

    def _sent(self, texts: list[str]) -> dict[Future[tuple[Scores, ...]], tuple[str, ...]]:
        try:
            return {
                self._pool.submit(self._outside.ask, part, within=self._budget.seconds): part
                for part in _parts(texts, self._outside.per_request)
            }
        except RuntimeError:  # closed by who has a newer one; this batch is read locally
            return {}

    def _gathered(
        self, sent: dict[Future[tuple[Scores, ...]], tuple[str, ...]]
    ) -> tuple[dict[str, Scores], str]:
        """Return what came in time, and why something did not."""
        done, late = wait(sent, timeout=self._budget.seconds)
        for future in late:
            future.cancel()
        told: dict[str, Scores] = {}
        failure = "late" if late or not sent else ""
        for future in done:
            try:
                told.update(zip(sent[future], future.result(), strict=True))
            except OutsideFailed as error:
                failure = str(error)
            except Exception:  # noqa: BLE001 - a fault of ours in there must not stop the messages
                _log.exception("asking the outside reader failed")
                failure = "wrong"
        return told, failure

    def _kept(self, text: str, now: float) -> tuple[float, Scores] | None:
        kept = self._remembered.get(text)
        return kept if kept and now - kept[0] < self._budget.fresh else None

    def _keep(self, told: dict[str, Scores]) -> None:
        if len(self._remembered) + len(told) > self._budget.remembered:
            self._remembered.clear()
        now = self._clock()
        self._remembered.update({text: (now, scores) for text, scores in told.items()})


def _parts(texts: list[str], size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(texts), size):
        yield tuple(texts[start : start + size])
