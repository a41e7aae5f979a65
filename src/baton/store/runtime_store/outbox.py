"""The outbox in the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from baton.runtime.ports import Done, Effect, EffectState, Ended, Refused
from baton.runtime.settlement import EXPIRED_REASON, Attempt, Settlement, attempt_of, settled
from baton.store.runtime_store import sql
from baton.store.runtime_store.database import Database, aware
from baton.store.runtime_store.dialect import Row

# What is over needs no body any more.
_OVER = {EffectState.DONE, EffectState.REFUSED}


class DjangoOutbox:
    """Things to do outside, in order within a lane."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, effects: Sequence[Effect]) -> tuple[bool, ...]:
        """Store effects; False at the place of each whose intent key is known already."""
        if not effects:
            return ()
        with self._database.transaction():
            self._database.note_lanes(((e.workspace_id, e.lane) for e in effects), "outbox")
            is_new = self._database.insert_new(sql.EFFECTS, [_row_of(e) for e in effects])
            if any(is_new):
                self._database.ring("outbox")
        return is_new

    def claim(
        self,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        owner: str,
        kinds: Collection[str] | None = None,
    ) -> tuple[Effect, ...]:
        """Take the next due effect of each free lane, for as long as `lease`."""
        dialect = self._database.dialect
        with self._database.transaction():
            self._expire(now)
            with self._database.cursor() as cursor, dialect.claiming(cursor):
                seqs = dialect.take_due_effects(cursor, now=now, limit=limit, kinds=kinds)
            if not seqs:
                return ()
            # A statement after the locks sees what their last holders wrote.
            rows = self._database.fetch(
                sql.CLAIM_EFFECTS, owner, now + lease, dialect.listed(seqs), now
            )
        return tuple(_effect_of(row) for row in sorted(rows, key=lambda row: cast("int", row[0])))

    def held(self, effects: Sequence[Effect]) -> tuple[Effect, ...]:
        """Return those that their claim still holds, and keep it so until the transaction ends."""
        self._database.require_transaction()
        listed = self._database.dialect.listed([effect.id for effect in effects])
        ours = set(self._database.fetch(sql.HELD_EFFECTS, listed))
        return tuple(effect for effect in effects if (effect.id, effect.claim) in ours)

    def _expire(self, now: datetime) -> None:
        expired = self._database.fetch(sql.EXPIRE_EFFECTS, EXPIRED_REASON, now)
        self._record(
            (workspace_id, effect_id, number, "expired", EXPIRED_REASON, "", now)
            for workspace_id, effect_id, number in expired
        )

    def settle(self, ended: Sequence[Ended], *, now: datetime) -> None:
        """Record attempts and where their effects stand now."""
        if not ended:
            return
        by_states: dict[frozenset[EffectState], list[Row]] = defaultdict(list)
        for one in ended:
            settlement = settled(one.outcome, retry_at=one.retry_at)
            by_states[settlement.applies_to].append(_settling(one.effect, settlement))
        with self._database.transaction():
            self._record(
                _attempt_row(one.effect.workspace_id, attempt_of(one.effect, one.outcome, now=now))
                for one in ended
            )
            for applies_to, rows in by_states.items():
                standing = self._database.dialect.listed(sorted(applies_to))
                self._database.execute_for(
                    sql.SETTLE_EFFECTS, sql.SETTLED, rows, before=[b""], after=[standing]
                )

    def _record(self, attempts: Iterable[Row]) -> None:
        self._database.execute_for(sql.RECORD_ATTEMPTS, sql.ATTEMPTED, list(attempts))

    def redrive(self, ids: Sequence[str], *, now: datetime) -> int:
        """Put parked or unknown effects back, due now; return how many there were."""
        if not ids:
            return 0
        with self._database.transaction():
            listed = self._database.dialect.listed(ids)
            count = self._database.execute(sql.REDRIVE_EFFECTS, now, listed)
            self._database.ring("outbox")
        return count

    def resolve_unknown(self, effect_id: str, outcome: Done | Refused, *, now: datetime) -> None:
        """Settle an unknown effect by what a receipt or a look-up said."""
        settlement = settled(outcome, retry_at=None)
        with self._database.transaction():
            rows = self._database.fetch(
                sql.RESOLVE_EFFECT,
                settlement.state,
                settlement.reason,
                settlement.receipt,
                b"",
                effect_id,
            )
            word = type(outcome).__name__.lower()
            self._record(
                (workspace_id, effect_id, number, word, settlement.reason, settlement.receipt, now)
                for workspace_id, _, number in rows
            )


def _attempt_row(workspace_id: str, attempt: Attempt) -> Row:
    return (
        workspace_id,
        attempt.effect_id,
        attempt.number,
        attempt.outcome,
        attempt.reason,
        attempt.receipt,
        attempt.at,
    )


def _settling(effect: Effect, settlement: Settlement) -> Row:
    """Return a row of SETTLED."""
    return (
        effect.id,
        effect.claim,
        settlement.state,
        settlement.reason,
        settlement.receipt,
        settlement.due_at,
        settlement.is_fresh,
        settlement.state in _OVER,
    )


def _row_of(effect: Effect) -> Row:
    return (
        effect.workspace_id,
        effect.id,
        effect.lane,
        effect.kind,
        effect.intent_key,
        effect.body,
        effect.due_at,
        effect.repeatable,
    )


def _effect_of(row: Row) -> Effect:
    _, effect_id, workspace_id, lane, kind, intent_key, body, due_at, *rest = row
    repeatable, attempt, claim = rest
    return Effect(
        id=cast("str", effect_id),
        workspace_id=cast("str", workspace_id),
        lane=cast("str", lane),
        kind=cast("str", kind),
        intent_key=cast("str", intent_key),
        body=bytes(cast("bytes", body)),
        due_at=cast("datetime", aware(due_at)),
        repeatable=bool(repeatable),
        attempt=cast("int", attempt),
        claim=cast("int", claim),
    )
