"""The engine on a database of Django's settings."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from baton.runtime.ports import BOXES, INBOX, OUTBOX, Depth
from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database, KeptBell, aware
from baton.store.runtime_store.inbox import DjangoInbox
from baton.store.runtime_store.leases import DjangoLeases
from baton.store.runtime_store.outbox import DjangoOutbox
from baton.store.runtime_store.timers import DjangoTimers

_NEXT = {
    INBOX: (sql.NEXT_TIMER, sql.NEXT_EVENT),
    OUTBOX: (sql.NEXT_LEASE_END,),
}


class DjangoEngine:
    """All ports on one database, in the same transactions as the ORM.

    May be shared by threads: each has Django's connection of its own. `database` stands
    for that of the alias where somebody looks on (`config.faults`).
    """

    def __init__(self, alias: str = DEFAULT_DB_ALIAS, *, database: Database | None = None) -> None:
        self._database = database or Database(alias)
        self.bell = KeptBell(self._database)
        self.inbox = DjangoInbox(self._database)
        self.timers = DjangoTimers(self._database)
        self.outbox = DjangoOutbox(self._database)
        self.leases = DjangoLeases(self._database)

    @property
    def has_one_writer(self) -> bool:
        """Whether a transaction keeps every other writer out, whatever it touches."""
        return self._database.dialect.has_one_writer

    def transaction(self) -> AbstractContextManager[None]:
        """Keep everything written inside, or nothing; a nested one joins the outer."""
        return self._database.transaction()

    def lock_lane(self, workspace_id: str, lane: str) -> None:
        """Hold a lane until the transaction ends, waiting for whoever decides in it."""
        self._database.require_transaction()
        with self._database.cursor() as cursor:
            self._database.dialect.lock_lane(cursor, (workspace_id, lane))

    def listening(self) -> AbstractContextManager[None]:
        """Hear the rings of other processes for as long as it is open; one a process."""
        return self._database.dialect.listening(self._database.local_bell)

    def depth(self, *, now: datetime) -> Depth:
        """Return how much work waits in the inbox and the outbox."""
        ((due, waiting, parked, *oldest),) = self._database.fetch(sql.DEPTH, *[now] * 6)
        return Depth(
            due=int(str(due)),
            waiting=int(str(waiting)),
            parked=int(str(parked)),
            oldest_due_at=min((at for at in map(aware, oldest) if at), default=None),
        )

    def next_due_at(
        self, boxes: Collection[str] = BOXES, kinds: Collection[str] | None = None
    ) -> datetime | None:
        """Return the earliest moment at which something in these boxes is due, or None."""
        if not boxes:
            return None
        asked = [statement for box in boxes for statement in _NEXT[box]]
        of_kinds: tuple[object, ...] = ()
        if OUTBOX in boxes:
            asked.append(sql.narrowed(sql.NEXT_EFFECT, kinds))
            of_kinds = () if kinds is None else (self._database.dialect.listed(kinds),)
        rows = self._database.fetch(sql.all_of(asked), *of_kinds)
        return min((at for at in (aware(value) for (value,) in rows) if at), default=None)

    def close(self) -> None:
        """Give this thread's connection back; called by a thread that ends."""
        self._database.connection.close()
