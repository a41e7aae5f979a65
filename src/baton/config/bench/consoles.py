"""Many consoles, in a process of their own: each hears the live stream and draws its list again.

They do as the console's own script does: several changes within a moment are one refresh.
Reads the sessions' keys from the first line of its input and the words "go" and "end" from
those that follow; answers each "go" with one JSON line, once every console has drawn.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from baton.core.json import Json

_GATHER_SECONDS = 0.05  # web/static/baton/live.js
_PATIENCE_SECONDS = 60.0
_LIST = "/inbox/list?folder=queue"


@dataclass(slots=True)
class Console:
    """One open console: when it was last told of a change, and when it had drawn it."""

    http: httpx.AsyncClient
    session: str
    told_at: float = 0.0
    drawn_at: float = 0.0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    has_drawn: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Hear the stream until cancelled."""
        cookies = {"Cookie": f"sessionid={self.session}"}
        async with self.http.stream("GET", "/live/inbox", headers=cookies) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                self.is_open.set()
                if line == "event: inbox" and not self.told_at:
                    self.told_at = time.monotonic()
                    await asyncio.sleep(_GATHER_SECONDS)
                    answer = await self.http.get(_LIST, headers=cookies)
                    answer.raise_for_status()
                    self.drawn_at = time.monotonic()
                    self.has_drawn.set()

    def forget(self) -> None:
        """Be ready for the next change."""
        self.told_at = self.drawn_at = 0.0
        self.has_drawn.clear()


async def main(address: str) -> None:
    """Open all consoles and measure a change at each word of the input."""
    sessions = json.loads(await _line())
    timeout = httpx.Timeout(_PATIENCE_SECONDS)
    async with httpx.AsyncClient(
        base_url=address, timeout=timeout, limits=httpx.Limits(max_connections=None)
    ) as http:
        consoles = [Console(http=http, session=one) for one in sessions]
        tasks = [asyncio.create_task(one.listen()) for one in consoles]
        await _all(tasks, [one.is_open for one in consoles])
        _say({"open": len(consoles)})
        while (await _line()).strip() == "go":
            await _all(tasks, [one.has_drawn for one in consoles])
            _say(
                {
                    "told": [one.told_at for one in consoles],
                    "drawn": [one.drawn_at for one in consoles],
                }
            )
            for one in consoles:
                one.forget()
        for task in tasks:
            task.cancel()


async def _every(events: Sequence[asyncio.Event]) -> None:
    for one in events:
        await one.wait()


async def _all(tasks: Sequence[asyncio.Task[None]], events: Sequence[asyncio.Event]) -> None:
    """Wait until all events came; a console that cannot go on ends the measurement."""
    waited = asyncio.create_task(_every(events))
    await asyncio.wait(
        [waited, *tasks], timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    if waited.done():
        return
    waited.cancel()
    for task in tasks:
        if task.done():
            task.result()
    missing = sum(not one.is_set() for one in events)
    message = f"{missing} of {len(events)} consoles heard nothing for {_PATIENCE_SECONDS:.0f} s"
    raise TimeoutError(message)


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


def _say(row: dict[str, Json]) -> None:
    print(json.dumps(row), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
