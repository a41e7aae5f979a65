"""Everything that one transaction will write, gathered first and written in sets.

A service adds rows, deeds, timers and effects as it decides; `flush` writes
them with a few statements, whatever the size of the batch. Nothing is sent
here: a message leaves through the outbox, after the commit.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, cast

from baton.core import audit
from baton.core.audit import Deed
from baton.core.json import Json
from baton.flows.alike import Alike
from baton.runtime.ports import Effect, Timer
from baton.services.acquaintance import Acquaintance
from baton.services.house import House
from baton.store import sql
from baton.store.rows import AuditRow, BreachRow, ExposureRow, Kept, ReportedEventRow, Row, VaultRow
from baton.store.sql import RowType


class Ledger:
    """The writes of one transaction."""

    def __init__(self, house: House, now: datetime) -> None:
        self.house = house
        self.now = now
        self.acquaintance = Acquaintance(now)
        self.alike = Alike()
        self._added: dict[type[Row], list[Row]] = defaultdict(list)
        self._added_for: dict[tuple[type[Row], str], list[Row]] = defaultdict(list)
        self._kept: dict[type[Row], dict[str, Kept]] = defaultdict(dict)
        self._deeds: dict[str, list[Deed]] = defaultdict(list)
        self._timers: dict[tuple[str, str], Timer] = {}
        self._cancelled: dict[str, dict[str, None]] = defaultdict(dict)
        self._effects: list[Effect] = []
        self._topics: set[str] = set()

    def next_id(self) -> str:
        """Return a new id for this moment."""
        return self.house.next_id(self.now)

    def add(self, *rows: Row) -> None:
        """Insert rows that nobody changes later in this transaction."""
        for row in rows:
            self._added[type(row)].append(row)
            if contact_id := getattr(row, "contact_id", None):
                self._added_for[type(row), contact_id].append(row)

    def added(self, kind: type[RowType]) -> tuple[RowType, ...]:
        """Return the rows of a kind that this transaction is about to insert."""
        rows = self._added.get(cast("type[Row]", kind), [])
        return tuple(cast("list[RowType]", rows))

    def added_for(self, kind: type[RowType], contact_id: str) -> tuple[RowType, ...]:
        """Return the rows of a kind about a contact that this transaction is about to insert."""
        rows: Any = self._added_for.get((kind, contact_id))  # type: ignore[arg-type]
        return tuple(rows) if rows else ()

    def keep(self, row: Kept) -> None:
        """Insert or replace a row by its id; the last one kept is written."""
        self._kept[type(row)][row.id] = row

    def kept(self, kind: type[RowType], row_id: str) -> RowType | None:
        """Return a row as this transaction is about to write it, None for one that it leaves."""
        return cast("RowType | None", self._kept[cast("type[Row]", kind)].get(row_id))

    def audit(
        self, workspace_id: str, actor: str, action: str, subject: str, **details: Json
    ) -> None:
        """Note what was done, by whom and to what, for the audit chain.

        Identifiers in the details' texts are masked here, whoever wrote them (invariant 10).
        """
        masked = audit.masked(details, partial(self.house.keyset.token, workspace_id))
        deed = Deed(at=self.now, actor=actor, action=action, subject=subject, details=masked)
        self._deeds[workspace_id].append(deed)

    def set_timer(self, timer: Timer) -> None:
        """Wake somebody later; a cancelled timer of the same key comes back to life."""
        self._cancelled[timer.workspace_id].pop(timer.key, None)
        self._timers[timer.workspace_id, timer.key] = timer

    def cancel_timer(self, workspace_id: str, key: str) -> None:
        """Forget a timer, set earlier or in this very transaction."""
        self._timers.pop((workspace_id, key), None)
        self._cancelled[workspace_id][key] = None

    def send(self, effect: Effect) -> None:
        """Put a thing to do into the outbox."""
        self._effects.append(effect)

    def ring(self, *topics: str) -> None:
        """Tell whoever listens, after the commit."""
        self._topics.update(topics)

    def flush(self) -> None:
        """Write everything noted so far; must run inside a transaction.

        Midway, it lets whoever reads the database next find what this transaction decided.
        """
        for kept in self._kept.values():
            sql.upsert(list(kept.values()))
        for kind, rows in self._added.items():
            write = sql.insert_missing if kind in _KNOWN_ONCE else sql.insert
            write(rows)
        for workspace_id, keys in self._cancelled.items():
            if keys:
                self.house.engine.timers.cancel(workspace_id, list(keys))
        self.house.engine.timers.put(list(self._timers.values()))
        if self._effects:
            self.house.engine.outbox.put(self._effects)
            self._topics.add("outbox")
        self._append_audit()
        for topic in sorted(self._topics):
            self.house.bell.ring(topic)
        self._forget()

    def _forget(self) -> None:
        self._added_for.clear()
        for noted in (self._kept, self._added, self._timers, self._cancelled, self._deeds):
            noted.clear()
        self._topics.clear()
        self.acquaintance.forget()
        self._effects = []

    def _append_audit(self) -> None:
        # Workspaces in one order, so that two writers never wait for each other in a circle.
        for workspace_id in sorted(self._deeds):
            sql.insert(_links(workspace_id, self._deeds[workspace_id]))


# Rows that a unique key may know already; the first one stands.
_KNOWN_ONCE = (VaultRow, ExposureRow, ReportedEventRow, BreachRow)


def _links(workspace_id: str, deeds: Iterable[Deed]) -> list[AuditRow]:
    """Bind deeds to the workspace's chain; the counter's row lock orders concurrent writers."""
    deeds = list(deeds)
    [(last, head)] = sql.select(_TAKE_PLACES, [len(deeds), workspace_id])
    links = audit.chain(deeds, seq=last - len(deeds), head=head)
    sql.execute(_MOVE_HEAD, [links[-1].hash, workspace_id])
    return [
        AuditRow(
            workspace_id=workspace_id,
            seq=link.seq,
            at=link.at,
            actor=link.actor,
            action=link.action,
            subject=link.subject,
            details=link.details,
            previous_hash=link.previous_hash,
            hash=link.hash,
        )
        for link in links
    ]


_TAKE_PLACES = """
UPDATE store_workspace SET audit_seq = audit_seq + %s WHERE id = %s
RETURNING audit_seq, audit_head
"""
_MOVE_HEAD = "UPDATE store_workspace SET audit_head = %s WHERE id = %s"
