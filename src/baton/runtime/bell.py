"""Wake-ups between threads and processes: "something changed, look again".

A bell carries no facts. Whoever hears a topic reads the database; whoever misses
a ring finds the same work at the next look. Topics are short strings: "inbox",
"outbox", "workspace:<id>", "lane:<lane>".
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self


class Bell(Protocol):
    """Rings topics to everybody who subscribed to them."""

    def ring(self, topic: str) -> None:
        """Ring a topic; inside a transaction it is heard once that has been kept."""
        ...

    def subscribe(self, topics: Iterable[str], call: Callable[[str], None]) -> Callable[[], None]:
        """Call back on each ring of a topic; return a function that ends it.

        The call comes in whichever thread rang, so it must be quick and must not
        raise. `Ear` and `AsyncEar` are such calls, for threads and for asyncio.
        """
        ...


class LocalBell:
    """A bell within one process; rings at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, tuple[Callable[[str], None], ...]] = {}

    def ring(self, topic: str) -> None:
        """Call everybody who subscribed to the topic."""
        # Tuples are replaced, never changed: ringing needs no lock.
        for call in self._calls.get(topic, ()):
            call(topic)

    def ring_everything(self) -> None:
        """Ring every topic that somebody hears: after rings may have been missed."""
        for topic in tuple(self._calls):
            self.ring(topic)

    def subscribe(self, topics: Iterable[str], call: Callable[[str], None]) -> Callable[[], None]:
        """Call back on each ring of a topic; return a function that ends it."""
        heard = tuple(topics)
        with self._lock:
            for topic in heard:
                self._calls[topic] = (*self._calls.get(topic, ()), call)

        def unsubscribe() -> None:
            with self._lock:
                for topic in heard:
                    self._forget(topic, call)

        return unsubscribe

    def _forget(self, topic: str, call: Callable[[str], None]) -> None:
        calls = self._calls.get(topic, ())
        remaining = tuple(other for other in calls if other is not call)
        if remaining:
            self._calls[topic] = remaining
        else:
            self._calls.pop(topic, None)


class Ear:
    """A thread's ear: remembers a ring until `wait` has returned it."""

    def __init__(self, bell: Bell, topics: Sequence[str]) -> None:
        self._rang = threading.Event()
        self._unsubscribe = bell.subscribe(topics, self._hear)

    def _hear(self, _topic: str) -> None:
        self._rang.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a ring since the last call; False when none came in time."""
        rang = self._rang.wait(seconds)
        self._rang.clear()
        return rang

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._unsubscribe()


class AsyncEar:
    """An ear for one asyncio task; may be rung from any thread."""

    def __init__(self, bell: Bell, topics: Sequence[str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._rang = asyncio.Event()
        self._heard: set[str] = set()
        self._unsubscribe = bell.subscribe(topics, self._hear)

    def _hear(self, topic: str) -> None:
        # A stream may outlive its loop by a moment while the server shuts down.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, topic)

    def _note(self, topic: str) -> None:
        self._heard.add(topic)
        self._rang.set()

    async def hear(self, seconds: float) -> frozenset[str]:
        """Wait for rings since the last call; return their topics, none if none came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._rang.wait()
        except TimeoutError:
            return frozenset()
        self._rang.clear()
        heard, self._heard = frozenset(self._heard), set()
        return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._unsubscribe()
