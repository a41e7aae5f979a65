"""Whether there is anything to book, or booked: what a trigger asks before a flow begins."""

from datetime import datetime

from baton.store import sql


def is_anything_open(workspace_id: str, now: datetime) -> bool:
    """Return whether a time of anything that can be booked is to come."""
    return bool(sql.select(_OPEN, [workspace_id, now]))


def has_standing(contact_id: str, now: datetime) -> bool:
    """Return whether a contact has a booking to come."""
    return bool(sql.select(_STANDING, [contact_id, now]))


_OPEN = """
SELECT 1 FROM store_slot WHERE workspace_id = %s AND starts_at > %s AND cancelled_at IS NULL LIMIT 1
"""
_STANDING = """
SELECT 1 FROM store_booking
WHERE contact_id = %s AND starts_at > %s AND state IN ('booked', 'confirmed') LIMIT 1
"""
