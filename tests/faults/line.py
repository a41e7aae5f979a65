"""A line between processes and their database: it may be slow, stand still, or break."""

import asyncio
import threading

_CHUNK = 1 << 16


class Line:
    """Passes bytes from a port of this machine on to another, until it is told otherwise."""

    def __init__(self, target: int, *, host: str = "127.0.0.1") -> None:
        self._target = host, target
        self._loop = asyncio.new_event_loop()
        self._passes = asyncio.Event()
        self._passes.set()
        self._delay = 0.0
        self._is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._joined, "127.0.0.1", 0)
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()

    def slow(self, seconds: float) -> None:
        """Let each piece of bytes take that much longer."""
        self._delay = seconds

    def stand_still(self) -> None:
        """Take bytes and pass none on; nobody is told."""
        self._loop.call_soon_threadsafe(self._passes.clear)

    def cut(self) -> None:
        """End every connection and refuse others."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._end_all)

    def heal(self) -> None:
        """Pass everything on again, at once."""
        self._delay, self._is_cut = 0.0, False
        self._loop.call_soon_threadsafe(self._passes.set)

    def close(self) -> None:
        """End all, and the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _end_all(self) -> None:
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _close(self) -> None:
        self._server.close()
        self._end_all()
        going = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, back}
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(_CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._passes.wait()
                target.write(piece)
                await target.drain()
        except OSError:
            pass  # the other end is gone, and so is this one
        self._ends.discard(target)
        target.close()
