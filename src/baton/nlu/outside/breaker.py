"""Leaves an outside reader alone for a while once it has failed several times in a row."""

import threading
from collections.abc import Callable


class Breaker:
    """Counts failures; safe to use from any thread. `clock` gives seconds that only grow."""

    def __init__(self, *, failures: int, cool_down: float, clock: Callable[[], float]) -> None:
        self._most = failures
        self._cool_down = cool_down
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_until = 0.0
        self._is_trying = False

    def may_ask(self) -> bool:
        """Return whether to ask now; after a pause, one caller tries for all."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._is_trying or self._clock() < self._closed_until:
                return False
            self._is_trying = True
            return True

    def note(self, *, answered: bool) -> bool:
        """Note how it went; return whether asking pauses from now on."""
        with self._lock:
            self._is_trying = False
            if answered:
                self._failed = 0
                return False
            self._failed += 1
            if self._failed < self._most:
                return False
            self._closed_until = self._clock() + self._cool_down
            return True
