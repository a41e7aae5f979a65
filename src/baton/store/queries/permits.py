"""What decides whether a contact may be written to unasked: their words, and what they got.

Asked for every such message, so it is plain SQL.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from baton.core.consent import Word
from baton.store import sql
from baton.store.rows import MessageRow

_WAITING = ("queued", "held")


def list_words(contact_ids: Sequence[str]) -> dict[str, dict[str, tuple[Word, ...]]]:
    """Return what contacts said about being written to, by contact and channel."""
    found: dict[str, dict[str, tuple[Word, ...]]] = defaultdict(dict)
    among, listed = sql.among(contact_ids)
    rows = sql.select(_WORDS.format(among=among), listed)
    for contact_id, channel, purpose, is_granted, at in rows:
        word = Word(purpose=purpose, is_granted=bool(is_granted), at=at)
        found[contact_id][channel] = (*found[contact_id].get(channel, ()), word)
    return found


def list_barred(contact_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return by contact the channels of their addresses to which nothing may go."""
    found: dict[str, set[str]] = defaultdict(set)
    among, listed = sql.among(contact_ids)
    rows = sql.select(_SUPPRESSED.format(among=among), listed)
    for contact_id, channel in rows:
        found[contact_id].add(channel)
    return found


def is_paused(workspace_id: str) -> bool:
    """Return whether a person has stopped what the bot begins by itself."""
    return bool(sql.select(_PAUSED, [workspace_id]))


def has_kept_stops(workspace_id: str) -> bool:
    """Return whether a STOP is kept of somebody who was erased."""
    return bool(sql.select(_KEPT_STOPS, [workspace_id]))


def list_written(
    contact_ids: Sequence[str], since: datetime
) -> dict[str, dict[str, tuple[datetime | None, ...]]]:
    """Return when unprompted messages went since, by contact and purpose; None while one waits.

    One that was held went when its time came, any other when it was written: near enough
    for the limit of a day.
    """
    found: dict[str, dict[str, tuple[datetime | None, ...]]] = defaultdict(dict)
    among, listed = sql.among(contact_ids)
    statement = _WRITTEN.format(among=among)
    for contact_id, purpose, delivery, held_until, created_at in sql.select(
        statement, [*listed, since, since]
    ):
        went_at = None if delivery in _WAITING else held_until or created_at
        found[contact_id][purpose] = (*found[contact_id].get(purpose, ()), went_at)
    return found


def is_waiting(row: MessageRow) -> bool:
    """Return whether a message is one that `list_written` would tell of once it is stored."""
    return row.is_unprompted and row.delivery in _WAITING


def list_last_words(contact_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when contacts last wrote, on any channel; who never did is missing."""
    among, listed = sql.among(contact_ids)
    return {row[0]: row[1] for row in sql.select(_LAST_WORDS.format(among=among), listed)}


def list_last_words_to(message_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when each message's very address last wrote to the number that it leaves by."""
    among, listed = sql.among(message_ids)
    return {row[0]: row[1] for row in sql.select(_LAST_WORDS_TO.format(among=among), listed)}


def last_word_to(contact_id: str, address_lane: str, inbox_id: str) -> datetime | None:
    """Return when an address of a contact last wrote to one of our numbers; None if never."""
    found = sql.select(_LAST_WORD_TO, [contact_id, address_lane, inbox_id])
    return next((row[0] for row in found), None)


_WORDS = """
SELECT contact_id, channel, purpose, is_granted, at FROM store_consent
WHERE contact_id {among} AND NOT is_pending
"""
_SUPPRESSED = """
SELECT contact_id, channel FROM store_suppression
WHERE contact_id {among} AND lifted_at IS NULL
"""
_KEPT_STOPS = "SELECT 1 FROM store_keptstop WHERE workspace_id = %s LIMIT 1"
_PAUSED = "SELECT id FROM store_workspace WHERE id = %s AND paused_at IS NOT NULL"
_WRITTEN = """
SELECT contact_id, purpose, delivery, held_until, created_at FROM store_message
WHERE contact_id {among} AND is_unprompted
  AND delivery NOT IN ('refused', 'failed') AND (created_at > %s OR held_until > %s)
"""
# One look at an index a contact, however much they have written.
_LAST_WORDS = """
SELECT p.id, m.created_at FROM store_contact p
JOIN store_message m ON m.id = (
    SELECT l.id FROM store_message l
    WHERE l.contact_id = p.id AND l.author = 'contact' ORDER BY l.id DESC LIMIT 1)
WHERE p.id {among}
"""
_LAST_WORDS_TO = """
SELECT m.id, w.created_at FROM store_message m
JOIN store_message w ON w.id = (
    SELECT l.id FROM store_message l
    WHERE l.contact_id = m.contact_id AND l.author = 'contact' AND l.inbox_id = m.inbox_id
      AND l.address_lane = m.address_lane
    ORDER BY l.id DESC LIMIT 1)
WHERE m.id {among}
"""
_LAST_WORD_TO = """
SELECT created_at FROM store_message
WHERE contact_id = %s AND author = 'contact' AND address_lane = %s AND inbox_id = %s
ORDER BY id DESC LIMIT 1
"""
