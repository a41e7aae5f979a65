"""The asynchronous room's calls of the database, in a few threads that keep their connections."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from baton.runtime.trial import Failed, tried

P = ParamSpec("P")
T = TypeVar("T")


class ReadingThreads:
    """Runs reads; `close` gives each thread's connection back."""

    def __init__(self, close: Callable[[], None], *, count: int = 4) -> None:
        self._close = close
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="baton-read")

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in a thread; raises what `read` raises."""
        call = partial(self._attempt, partial(read, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def start(self, act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Have something done in a thread, and do not wait for it."""
        self._pool.submit(partial(self._attempt, partial(act, *args, **kwargs)))

    def stop(self) -> None:
        """End the threads, each after it closed its own connection."""
        # Each closing waits for the others, so that no thread takes two of them.
        meeting = threading.Barrier(self._count)
        for _ in range(self._count):
            self._pool.submit(self._close_own, meeting)
        self._pool.shutdown()

    def _attempt(self, read: Callable[[], T]) -> T:
        outcome = tried(read)
        if isinstance(outcome, Failed):
            # The connection may be what failed: the next read opens a fresh one.
            self._close()
            raise outcome.error
        return outcome

    def _close_own(self, meeting: threading.Barrier) -> None:
        meeting.wait()
        self._close()
