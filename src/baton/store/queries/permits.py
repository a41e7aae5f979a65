"""What decides whether a contact may be written to unasked: their words, and what they got.

Asked for every such message, so it is plain SQL.
"""

from datetime import datetime

from baton.core.consent import Purpose, Word
from baton.store import sql
from baton.store.rows import MessageRow

_WAITING = ("queued", "held")


def words_of(contact_id: str, channel: str) -> tuple[Word, ...]:
    """Return everything that a contact said about being written to on a channel."""
    return tuple(
        Word(purpose=purpose, is_granted=bool(is_granted), at=at)
        for purpose, is_granted, at in sql.select(_WORDS, [contact_id, channel])
    )


def is_suppressed(contact_id: str, channel: str) -> bool:
    """Return whether nothing may go to a contact's address on a channel."""
    return bool(sql.select(_SUPPRESSED, [contact_id, channel]))


def is_paused(workspace_id: str) -> bool:
    """Return whether a person has stopped what the bot begins by itself."""
    return bool(sql.select(_PAUSED, [workspace_id]))


def list_written(contact_id: str, purpose: Purpose, since: datetime) -> tuple[datetime | None, ...]:
    """Return when each unprompted message of a purpose went since; None if it still waits.

    One that was held went when its time came, any other when it was written: near enough
    for the limit of a day.
    """
    return tuple(
        None if delivery in _WAITING else held_until or created_at
        for delivery, held_until, created_at in sql.select(
            _WRITTEN, [contact_id, purpose.value, since, since]
        )
    )


def is_waiting(row: MessageRow) -> bool:
    """Return whether a message is one that `list_written` would tell of once it is stored."""
    return row.is_unprompted and row.delivery in _WAITING


def last_word_at(contact_id: str) -> datetime | None:
    """Return when a contact last wrote, on any channel; None if they never did."""
    return next((row[0] for row in sql.select(_LAST_WORD, [contact_id])), None)


_WORDS = "SELECT purpose, is_granted, at FROM store_consent WHERE contact_id = %s AND channel = %s"
_SUPPRESSED = """
SELECT id FROM store_suppression
WHERE contact_id = %s AND channel = %s AND lifted_at IS NULL LIMIT 1
"""
_PAUSED = "SELECT id FROM store_workspace WHERE id = %s AND paused_at IS NOT NULL"
_WRITTEN = """
SELECT delivery, held_until, created_at FROM store_message
WHERE contact_id = %s AND is_unprompted AND purpose = %s
  AND delivery NOT IN ('refused', 'failed') AND (created_at > %s OR held_until > %s)
"""
_LAST_WORD = """
SELECT created_at FROM store_message
WHERE contact_id = %s AND author = 'contact' ORDER BY id DESC LIMIT 1
"""
