"""How often another system is asked by us: so many calls a minute of each account, and no more.

What systems allow is theirs to say, and some block whoever goes beyond it. Whoever comes when
the minute is used up is given a moment of their own behind it, so that not all come back at
once. One a process, for all its threads: the limit is set with room for a second one.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from baton.core.deeds import Asking

SPENT = "it was asked as often as it may be in this minute"
_WINDOW = 60.0
_MOST_KNOWN = 1_000


@dataclass(slots=True)
class _Spent:
    """When one account was asked in the last minute, and how many were turned away since."""

    moments: deque[float] = field(default_factory=deque)
    refused: int = 0


@dataclass(slots=True)
class Budget:
    """What was spent of each account's minute; moments are seconds of any steady clock."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _spent: dict[str, _Spent] = field(default_factory=dict)

    def take(self, asking: Asking, now: float) -> timedelta | None:
        """Spend one call; return after how long to come back where none is left."""
        key = _account_of(asking)
        with self._lock:
            spent = self._spent.setdefault(key, _Spent())
            moments = spent.moments
            while moments and moments[0] <= now - _WINDOW:
                moments.popleft()
            if len(moments) < asking.per_minute:
                moments.append(now)
                spent.refused = 0
                self._forget(now)
                return None
            seconds = moments[0] + _WINDOW - now + spent.refused * _WINDOW / asking.per_minute
            spent.refused += 1
        return timedelta(seconds=seconds)

    def _forget(self, now: float) -> None:
        """Leave out the accounts that nobody asked for a minute, once they are many."""
        if len(self._spent) > _MOST_KNOWN:
            recent = self._spent.items()
            kept = {k: one for k, one in recent if one.moments and one.moments[-1] > now - _WINDOW}
            self._spent = kept


def _account_of(asking: Asking) -> str:
    """Return what a limit holds for: an account of a system, by its place and its token."""
    return f"{urlsplit(asking.url).netloc} {hash(asking.headers.get('Authorization', ''))}"
