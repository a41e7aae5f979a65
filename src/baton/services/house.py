"""What the services stand on in this process: engine, keys, time, ids and readers.

`config.wiring` builds one and installs it; views and workers ask `current()`.
It is the only process-wide state of Baton.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from baton.core.ids import IdSource
from baton.core.pack import Pack
from baton.core.reading import ReaderPort
from baton.runtime.bell import Bell
from baton.runtime.ports import Engine
from baton.store.crypto import Keyset


class ClockPort(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class House:
    """The parts that every service needs; `pack_of` and `reader_of` keep what they load.

    `base_url` is the address under which the world reaches this installation. `train` makes
    a reader of a pack, always the same of the same, and keeps nothing.
    """

    engine: Engine
    keyset: Keyset
    clock: ClockPort
    ids: IdSource
    bell: Bell
    base_url: str
    pack_of: Callable[[str], Pack]
    reader_of: Callable[[str], ReaderPort]
    train: Callable[[Pack], ReaderPort]
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def next_id(self, now: datetime) -> str:
        """Return a new id; safe to call from any thread."""
        with self._one_at_a_time:
            return self.ids.next_id(now)


_installed: list[House] = []


def install(house: House) -> None:
    """Make this the process's house, in place of any before it."""
    _installed[:] = [house]


def current() -> House:
    """Return the installed house; raises RuntimeError when there is none yet."""
    if not _installed:
        message = "no house is installed: call config.wiring.install() first"
        raise RuntimeError(message)
    return _installed[0]
