"""Back-pressure: beyond a limit of waiting, senders are asked to come again.

What is taken is kept for good, so a queue that grows for hours answers people after hours. Past
the limit a sender hears so at once: providers deliver again, and a page tries again by itself.
"""

import asyncio
from datetime import datetime, timedelta

from baton.ingress.refusal import Refusal
from baton.ingress.threads import ReadingThreads
from baton.runtime.ports import INBOX
from baton.services.house import House

_LOOK_EVERY = timedelta(seconds=2)
_COME_AGAIN = 30  # seconds


class Crowding:
    """How long the oldest work of the inbox has been due; `limit` None refuses nobody."""

    def __init__(self, house: House, threads: ReadingThreads, limit: timedelta | None) -> None:
        self._house = house
        self._threads = threads
        self._limit = limit
        self._looking = asyncio.Lock()
        self._looked_at: datetime | None = None
        self._is_crowded = False

    async def require_room(self) -> None:
        """Refuse with 503 while the oldest work is later than the limit."""
        if self._limit is None:
            return
        now = self._house.clock.now()
        # Whoever comes while another looks goes by what was seen before.
        if self._is_old(now) and not self._looking.locked():
            async with self._looking:
                oldest = await self._threads.run(self._house.engine.next_due_at, (INBOX,))
                self._is_crowded = oldest is not None and now - oldest > self._limit
                self._looked_at = now
        if self._is_crowded:
            raise Refusal(
                503,
                "busy",
                f"More has come in than can be answered. Try again in {_COME_AGAIN} seconds.",
                retry_after=_COME_AGAIN,
            )

    def _is_old(self, now: datetime) -> bool:
        return self._looked_at is None or now - self._looked_at >= _LOOK_EVERY
