"""Laws of what stands in the database, each a query that finds what breaks it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law in words, the query that finds what breaks it, and the tables that it is about.

    A mark in the query stands for the moment.
    """

    words: str
    query: str
    tables: frozenset[str] = frozenset()


_HELD_BY_PEOPLE: Final = frozenset(
    {"store_conversation", "store_handoff", "store_assignment", "store_slaclock"}
)

STANDING: Final = (
    Law(
        words="a conversation is with an agent exactly while somebody has it",
        tables=frozenset({"store_conversation"}),
        query="""
            SELECT id
            FROM store_conversation
            WHERE (handled_by = 'agent') <> (assignee_id IS NOT NULL)""",
    ),
    Law(
        words="whoever has a conversation has one running assignment",
        tables=_HELD_BY_PEOPLE,
        query="""
            SELECT c.id
            FROM store_conversation c
            LEFT JOIN store_assignment a ON a.conversation_id = c.id
            AND a.ended_at IS NULL
            WHERE coalesce(a.user_id, '') <> coalesce(c.assignee_id, '')""",
    ),
    Law(
        words="people have a conversation exactly while one handoff is open",
        tables=_HELD_BY_PEOPLE,
        query="""
            SELECT c.id
            FROM store_conversation c
            LEFT JOIN store_handoff h ON h.conversation_id = c.id
            AND h.ended_at IS NULL
            GROUP BY c.id HAVING count(h.id) <> (c.handled_by <> 'bot')""",
    ),
    Law(
        words="no handoff is without a running clock",
        tables=_HELD_BY_PEOPLE,
        query="""
            SELECT c.id
            FROM store_conversation c
            WHERE c.handled_by <> 'bot'
            AND NOT EXISTS (SELECT 1
            FROM store_slaclock k
            WHERE k.conversation_id = c.id
            AND met_at IS NULL AND stopped_at IS NULL)""",
    ),
    Law(
        words="whoever waits for a person waits with a clock of an answer",
        tables=_HELD_BY_PEOPLE,
        query="""
            SELECT c.id
            FROM store_conversation c
            WHERE c.handled_by IN ('queue', 'async')
            AND NOT EXISTS (SELECT 1
            FROM store_slaclock k
            WHERE k.conversation_id = c.id
            AND k.kind <> 'resolution'
            AND met_at IS NULL AND stopped_at IS NULL)""",
    ),
    Law(
        words="each running clock has its timer",
        tables=frozenset({"store_slaclock", "runtime_timer", "runtime_event"}),
        query="""
            SELECT k.id
            FROM store_slaclock k
            WHERE met_at IS NULL AND stopped_at IS NULL
            AND paused_at IS NULL
            AND breached_at IS NULL
            AND NOT EXISTS (SELECT 1
            FROM runtime_timer t
            WHERE t.key = 'clock:' || k.id)
            AND NOT EXISTS (SELECT 1
            FROM runtime_event e
            WHERE e.state <> 'done'
            AND e.dedupe_key >= 'timer:clock:' || k.id
            AND e.dedupe_key < 'timer:clock:' || k.id || '~')""",
    ),
    Law(
        words="each open offer to an agent has its timer",
        tables=frozenset({"store_invitation", "runtime_timer", "runtime_event"}),
        query="""
            SELECT i.id
            FROM store_invitation i
            WHERE i.state = 'open'
            AND NOT EXISTS (SELECT 1
            FROM runtime_timer t
            WHERE t.key = 'invitation:' || i.id)
            AND NOT EXISTS (SELECT 1
            FROM runtime_event e
            WHERE e.state <> 'done'
            AND e.dedupe_key LIKE 'timer:invitation:' || i.id || '%')""",
    ),
    Law(
        words="a conversation is offered to one agent at a time",
        tables=frozenset({"store_invitation"}),
        query="""
            SELECT conversation_id
            FROM store_invitation
            WHERE state = 'open'
            GROUP BY conversation_id HAVING count(*) > 1""",
    ),
    Law(
        words="each run that waits for a while has its timer",
        tables=frozenset({"store_run", "runtime_timer", "runtime_event"}),
        query="""
            SELECT r.id
            FROM store_run r
            WHERE r.status = 'waiting' AND r.flow = 'later'
            AND NOT EXISTS (SELECT 1
            FROM runtime_timer t
            WHERE t.key = 'run:' || r.id)
            AND NOT EXISTS (SELECT 1
            FROM runtime_event e
            WHERE e.state <> 'done'
            AND e.dedupe_key LIKE 'timer:run:' || r.id || '%')""",
    ),
    Law(
        words="each message that waits to go has an effect that sends it",
        tables=frozenset({"store_message", "runtime_effect"}),
        query="""
            SELECT m.id
            FROM store_message m
            LEFT JOIN runtime_effect e ON e.effect_id = m.id
            WHERE m.delivery IN ('queued', 'held', 'sending')
            AND coalesce(e.state, '') NOT IN ('due', 'claimed', 'unknown', 'parked')""",
    ),
    Law(
        words="a time holds no more than it has room for",
        tables=frozenset({"store_booking", "store_slot"}),
        query="""
            SELECT s.id
            FROM store_slot s
            JOIN store_booking b ON b.slot_id = s.id
            WHERE b.state IN ('held', 'booked', 'confirmed', 'attended', 'no_show')
            GROUP BY s.id, s.capacity HAVING sum(b.places) > s.capacity""",
    ),
    Law(
        words="nobody has two places at one time",
        tables=frozenset({"store_booking"}),
        query="""
            SELECT slot_id || ' ' || contact_id
            FROM store_booking
            WHERE state IN ('waiting', 'held', 'booked', 'confirmed')
            GROUP BY slot_id, contact_id HAVING count(*) > 1""",
    ),
    Law(
        words="no money moves that nobody granted, and none twice",
        tables=frozenset({"store_approval", "store_auditentry"}),
        query="""
            SELECT a.id
            FROM store_approval a
            LEFT JOIN store_auditentry e ON e.subject = 'approval:' || a.id
            WHERE a.state IN ('being_done', 'done')
            GROUP BY a.id
            HAVING sum(e.action = 'approval_approved') IS NOT 1
            OR sum(e.action = 'approval_carried_out') IS NOT 1""",
    ),
    Law(
        words="of whoever is erased no address and no name is left",
        tables=frozenset({"store_erasure", "store_address", "store_contact"}),
        query="""
            SELECT e.contact_id
            FROM store_erasure e
            LEFT JOIN store_address a ON a.contact_id = e.contact_id
            LEFT JOIN store_contact c ON c.id = e.contact_id
            WHERE e.done_at IS NOT NULL
            AND (a.id IS NOT NULL OR c.lane NOT LIKE 'erased:%')""",
    ),
    Law(
        words="what could not be decided failed for a reason that was put there",
        tables=frozenset({"runtime_event"}),
        query="""
            SELECT kind || ' ' || reason
            FROM runtime_event
            WHERE failures > 0 AND reason NOT IN ('', 'OperationalError')""",
    ),
    Law(
        words="nothing is set aside for faults that pass",
        tables=frozenset({"runtime_event"}),
        query="""
            SELECT kind || ' ' || reason
            FROM runtime_event
            WHERE state = 'parked'""",
    ),
)
"""What holds at any moment."""

AT_REST: Final = (
    Law(
        words="each fact is decided",
        query="""
            SELECT kind || ' ' || dedupe_key
            FROM runtime_event
            WHERE state <> 'done'""",
    ),
    Law(
        words="no message is left half-way",
        query="""
            SELECT m.delivery || ' ' || m.delivery_reason || coalesce(m.held_until, '')
            || ', effect ' || coalesce(e.state || ' ' || e.reason || ' ' || e.due_at, 'gone')
            FROM store_message m
            LEFT JOIN runtime_effect e ON e.effect_id = m.id
            WHERE m.delivery IN ('queued', 'held', 'sending')""",
    ),
    Law(
        words="no effect is left half-way",
        query="""
            SELECT kind || ' ' || state || ' ' || reason
            FROM runtime_effect
            WHERE state IN ('due', 'claimed')""",
    ),
    Law(
        words="each clock that ran out is told to have broken",
        query="""
            SELECT id
            FROM store_slaclock
            WHERE met_at IS NULL AND stopped_at IS NULL
            AND paused_at IS NULL
            AND breached_at IS NULL AND due_at < ?""",
    ),
    Law(
        words="no run sleeps longer than it was to",
        query="""
            SELECT id
            FROM store_run
            WHERE status = 'waiting' AND flow = 'later'""",
    ),
    Law(
        words="nobody sleeps longer than they were to",
        query="""
            SELECT id
            FROM store_conversation
            WHERE status = 'snoozed' AND snoozed_until < ?""",
    ),
    Law(
        words="nobody is offered what they let pass",
        query="""
            SELECT id
            FROM store_invitation
            WHERE state = 'open' AND until < ?""",
    ),
)
"""What holds once all has come to rest."""
