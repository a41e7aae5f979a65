"""The statements that both databases share, by the name of what they do.

`{among}` stands for "is one of this list", `{locked}` for "wait for it, then hold it" and
`{skip_locked}` for "leave out what another worker has", which each dialect spells its own way.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is inserted in sets: columns with their PostgreSQL types, and what is unique."""

    name: str
    key: str
    columns: dict[str, str]
    unique: tuple[str, ...]

    @property
    def names(self) -> str:
        """The columns, as SQL lists them."""
        return ", ".join(self.columns)


EVENTS: Final = Table(
    name="runtime_event",
    key="seq",
    columns={
        "workspace_id": "text",
        "lane": "text",
        "kind": "text",
        "dedupe_key": "text",
        "body": "bytea",
        "received_at": "timestamptz",
        "due_at": "timestamptz",
    },
    unique=("workspace_id", "dedupe_key"),
)

TIMERS: Final = Table(
    name="runtime_timer",
    key="id",
    columns={
        "workspace_id": "text",
        "key": "text",
        "firing_key": "text",
        "lane": "text",
        "kind": "text",
        "body": "bytea",
        "due_at": "timestamptz",
    },
    unique=("workspace_id", "key"),
)

EFFECTS: Final = Table(
    name="runtime_effect",
    key="seq",
    columns={
        "workspace_id": "text",
        "effect_id": "text",
        "lane": "text",
        "kind": "text",
        "intent_key": "text",
        "body": "bytea",
        "due_at": "timestamptz",
        "repeatable": "bool",
    },
    unique=("workspace_id", "intent_key"),
)

LANES: Final = Table(
    name="runtime_lane",
    key="id",
    columns={"workspace_id": "text", "lane": "text", "box": "text"},
    unique=("workspace_id", "lane", "box"),
)

# Whether `e` is the oldest fact of its lane. A scalar subquery with LIMIT is one index
# look-up for each row of the outer scan, which stops at its own LIMIT; NOT EXISTS could
# become a join over everything. As a bare truth value it is taken to hold half the time,
# so the planner expects the outer scan to stop early, as it does.
_IS_HEAD: Final = """
    coalesce((
        SELECT false FROM runtime_event p
        WHERE p.state = 'pending' AND p.workspace_id = e.workspace_id
          AND p.lane = e.lane AND p.seq < e.seq
        LIMIT 1), true)"""

DUE_HEADS: Final = f"""
    SELECT e.workspace_id, e.lane, e.due_at, e.seq
    FROM runtime_event e
    WHERE e.state = 'pending' AND e.due_at <= %s AND {_IS_HEAD}
    ORDER BY e.due_at, e.seq
    LIMIT %s"""

# How many facts of a lane a claim would take.
BURST_SIZE: Final = """
    (SELECT count(*) FROM (
        SELECT 1 FROM runtime_event c
        WHERE c.state = 'pending'
          AND c.workspace_id = heads.workspace_id AND c.lane = heads.lane
        LIMIT %s) burst)"""

# `lanes` is the dialect's table of (workspace_id, lane) pairs.
READ_LANES: Final = """
    WITH lanes AS ({lanes}), bursts AS (
        SELECT l.workspace_id, l.lane, (
            SELECT c.seq FROM runtime_event c
            WHERE c.state = 'pending' AND c.workspace_id = l.workspace_id AND c.lane = l.lane
            ORDER BY c.seq LIMIT 1 OFFSET %s) AS beyond
        FROM lanes l)
    SELECT e.seq, e.workspace_id, e.lane, e.kind, e.dedupe_key, e.body, e.received_at,
           e.failures + 1, e.due_at <= %s, e.received_at <= %s
    FROM bursts b
    JOIN runtime_event e
      ON e.workspace_id = b.workspace_id AND e.lane = b.lane AND e.state = 'pending'
    WHERE b.beyond IS NULL OR e.seq < b.beyond"""

# coalesce hides the state from the planner: a partial index on it would be read whole,
# where the primary key answers at once.
COMPLETE: Final = """
    UPDATE runtime_event SET state = 'done', body = %s, reason = ''
    WHERE seq {among} AND coalesce(state, '') = 'pending'"""

COUNT_FAILURE: Final = """
    UPDATE runtime_event SET failures = failures + 1, reason = %s
    WHERE seq = %s AND coalesce(state, '') = 'pending'"""

POSTPONE_LANE: Final = """
    UPDATE runtime_event SET due_at = %s
    WHERE state = 'pending' AND workspace_id = %s AND lane = %s AND due_at < %s"""

PARK: Final = """
    UPDATE runtime_event SET state = 'parked', reason = %s
    WHERE seq = %s AND coalesce(state, '') = 'pending'"""

REDRIVE_EVENTS: Final = """
    UPDATE runtime_event SET state = 'pending', due_at = %s, failures = 0, reason = ''
    WHERE seq {among} AND state = 'parked'"""

DO_NOTHING: Final = "DO NOTHING"

MOVE_TIMER: Final = """
    DO UPDATE SET firing_key = excluded.firing_key, lane = excluded.lane,
        kind = excluded.kind, body = excluded.body, due_at = excluded.due_at"""

CANCEL_TIMERS: Final = "DELETE FROM runtime_timer WHERE workspace_id = %s AND key {among}"

HOLD_TIMER: Final = """
    SELECT due_at FROM runtime_timer WHERE workspace_id = %s AND key = %s {locked}"""

DUE_TIMERS: Final = """
    SELECT id, workspace_id, lane, kind, firing_key, body, due_at
    FROM runtime_timer WHERE due_at <= %s
    ORDER BY due_at, id LIMIT %s {skip_locked}"""

FIRE_TIMERS: Final = """
    INSERT INTO runtime_event
        (workspace_id, lane, kind, dedupe_key, body, received_at, due_at)
    SELECT workspace_id, lane, kind, firing_key, body, due_at, due_at
    FROM runtime_timer WHERE id {among} ORDER BY due_at, id
    ON CONFLICT (workspace_id, dedupe_key) DO NOTHING"""

# A look-up a lane, whatever the planner believes of a table that is mostly finished rows.
BUSY_LANES: Final = """
    SELECT l.workspace_id, l.lane FROM ({lanes}) l
    WHERE coalesce((
        SELECT true FROM runtime_event e
        WHERE e.state = 'pending' AND e.workspace_id = l.workspace_id AND e.lane = l.lane
        LIMIT 1), false)"""

FORGET_TIMERS: Final = "DELETE FROM runtime_timer WHERE id {among}"

NEXT_TIMER: Final = "SELECT min(due_at) FROM runtime_timer"

# Whether the lane of `e` is free at a moment: nothing of it is being done, waits to be
# tried again, or is due and came before.
_LANE_IS_FREE: Final = """
    coalesce((
        SELECT false FROM runtime_effect o
        WHERE o.state IN ('due', 'claimed') AND o.workspace_id = e.workspace_id
          AND o.lane = e.lane AND o.seq <> e.seq
          AND (o.state = 'claimed'
               OR (o.seq < e.seq AND (o.attempt > 0 OR o.due_at <= {moment})))
        LIMIT 1), true)"""
_LANE_IS_FREE_NOW: Final = _LANE_IS_FREE.format(moment="%s")

# `narrowed` says what stands for `{of_kinds}`.
DUE_EFFECTS: Final = f"""
    SELECT e.workspace_id, e.lane, e.due_at, e.seq
    FROM runtime_effect e
    WHERE e.state = 'due' AND e.due_at <= %s {{of_kinds}} AND {_LANE_IS_FREE_NOW}
    ORDER BY e.due_at, e.seq
    LIMIT %s"""

CLAIM_EFFECTS: Final = f"""
    UPDATE runtime_effect AS e SET
        state = 'claimed', owner = %s, claimed_until = %s,
        attempt = attempt + 1, claim = claim + 1
    WHERE e.seq {{among}} AND coalesce(e.state, '') = 'due' AND {_LANE_IS_FREE_NOW}
    RETURNING seq, effect_id, workspace_id, lane, kind, intent_key, body, due_at,
              repeatable, attempt, claim"""

EXPIRE_EFFECTS: Final = """
    UPDATE runtime_effect SET
        state = CASE WHEN repeatable THEN 'due' ELSE 'unknown' END,
        claimed_until = NULL, reason = %s
    WHERE seq IN (
        SELECT seq FROM runtime_effect
        WHERE state = 'claimed' AND claimed_until <= %s
        ORDER BY seq {skip_locked})
    RETURNING workspace_id, effect_id, attempt"""

HELD_EFFECTS: Final = """
    SELECT effect_id, claim FROM runtime_effect
    WHERE effect_id {among} AND state = 'claimed' ORDER BY seq {locked}"""

SETTLED: Final = {
    "effect_id": "text",
    "claim": "int",
    "state": "text",
    "reason": "text",
    "receipt": "text",
    "due_at": "timestamptz",
    "is_fresh": "bool",
    "is_over": "bool",
}

# coalesce hides the state from the planner, as above: an effect is found by its id.
SETTLE_EFFECTS: Final = """
    UPDATE runtime_effect AS e SET
        state = g.state, reason = g.reason, receipt = g.receipt, claimed_until = NULL,
        due_at = coalesce(g.due_at, e.due_at),
        attempt = CASE WHEN g.is_fresh THEN 0 ELSE e.attempt END,
        body = CASE WHEN g.is_over THEN %s ELSE e.body END
    FROM {given}
    WHERE e.effect_id = g.effect_id AND e.claim = g.claim AND coalesce(e.state, '') {among}"""

RESOLVE_EFFECT: Final = """
    UPDATE runtime_effect SET state = %s, reason = %s, receipt = %s, body = %s
    WHERE effect_id = %s AND state = 'unknown'
    RETURNING workspace_id, effect_id, attempt"""

REDRIVE_EFFECTS: Final = """
    UPDATE runtime_effect SET state = 'due', due_at = %s, attempt = 0, reason = ''
    WHERE effect_id {among} AND state IN ('parked', 'unknown')"""

ATTEMPTED: Final = {
    "workspace_id": "text",
    "effect_id": "text",
    "number": "int",
    "outcome": "text",
    "reason": "text",
    "receipt": "text",
    "at": "timestamptz",
}

RECORD_ATTEMPTS: Final = """
    INSERT INTO runtime_attempt (workspace_id, effect_id, number, outcome, reason, receipt, at)
    SELECT g.workspace_id, g.effect_id, g.number, g.outcome, g.reason, g.receipt, g.at
    FROM {given}"""

ACQUIRE_LEASE: Final = """
    INSERT INTO runtime_lease (name, owner, leased_until) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, leased_until = excluded.leased_until
    WHERE runtime_lease.owner = excluded.owner OR runtime_lease.leased_until <= %s"""

RELEASE_LEASE: Final = "DELETE FROM runtime_lease WHERE name = %s AND owner = %s"
RELEASE_LEASES: Final = "DELETE FROM runtime_lease WHERE owner = %s"

# The states stand as literals so that the partial indexes answer each count.
DEPTH: Final = """
    SELECT
        (SELECT count(*) FROM runtime_event WHERE state = 'pending' AND due_at <= %s)
        + (SELECT count(*) FROM runtime_effect WHERE state = 'due' AND due_at <= %s),
        (SELECT count(*) FROM runtime_event WHERE state = 'pending' AND due_at > %s)
        + (SELECT count(*) FROM runtime_effect WHERE state = 'due' AND due_at > %s)
        + (SELECT count(*) FROM runtime_effect WHERE state = 'claimed'),
        (SELECT count(*) FROM runtime_event WHERE state = 'parked')
        + (SELECT count(*) FROM runtime_effect WHERE state IN ('parked', 'unknown')),
        (SELECT min(due_at) FROM runtime_event WHERE state = 'pending' AND due_at <= %s),
        (SELECT min(due_at) FROM runtime_effect WHERE state = 'due' AND due_at <= %s)"""

NEXT_EVENT: Final = f"""
    SELECT e.due_at FROM runtime_event e
    WHERE e.state = 'pending' AND {_IS_HEAD}
    ORDER BY e.due_at, e.seq LIMIT 1"""

# Held up at the very moment at which it becomes due, an effect need not be looked at.
NEXT_EFFECT: Final = f"""
    SELECT e.due_at FROM runtime_effect e
    WHERE e.state = 'due' {{of_kinds}} AND {_LANE_IS_FREE.format(moment="e.due_at")}
    ORDER BY e.due_at, e.seq LIMIT 1"""

NEXT_LEASE_END: Final = "SELECT min(claimed_until) FROM runtime_effect WHERE state = 'claimed'"


def all_of(statements: Sequence[str]) -> str:
    """Return one statement whose rows are those of all: asked once, not once each."""
    return " UNION ALL ".join(f"SELECT * FROM ({one}) AS part" for one in statements)


def narrowed(statement: str, kinds: Collection[str] | None) -> str:
    """Return a statement about effects of these kinds, whose list is its next parameter.

    Without kinds it is about all, and takes no such parameter.
    """
    return statement.replace("{of_kinds}", "" if kinds is None else "AND e.kind {among}")
