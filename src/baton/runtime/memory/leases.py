"""The leases in memory."""

from datetime import datetime, timedelta

from baton.runtime.memory.journal import Table
from baton.runtime.memory.space import Space


class MemoryLeases:
    """Named duties: who has each, and until when."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._leases: Table[str, tuple[str, datetime, str]] = Table(space.journal)

    def acquire(self, name: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
        """Take or renew a duty; False while another owner's lease still runs."""
        with self._space.transaction():
            held = self._leases.find(name)
            if held is not None and held[0] != owner and held[1] > now:
                return False
            self._leases.put(name, (owner, now + lease, name))
            return True

    def release(self, name: str, owner: str) -> None:
        """Give a duty up, if held."""
        with self._space.transaction():
            held = self._leases.find(name)
            if held is not None and held[0] == owner:
                self._leases.drop(name)

    def release_all(self, owner: str) -> None:
        """Give up every duty of an owner that ends: the next one need not wait."""
        with self._space.transaction():
            for holder, _until, name in self._leases:
                if holder == owner:
                    self._leases.drop(name)
