"""The leases in the database."""

from datetime import datetime, timedelta

from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database


class DjangoLeases:
    """Named duties that one process does at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
        """Take or renew a duty; False while another owner's lease still runs."""
        return bool(self._database.execute(sql.ACQUIRE_LEASE, name, owner, now + lease, now))

    def release(self, name: str, owner: str) -> None:
        """Give a duty up, if held."""
        self._database.execute(sql.RELEASE_LEASE, name, owner)

    def release_all(self, owner: str) -> None:
        """Give up every duty of an owner that ends: the next one need not wait."""
        self._database.execute(sql.RELEASE_LEASES, owner)
