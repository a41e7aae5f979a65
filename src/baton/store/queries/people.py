"""Where a contact can be written to, and for what."""

from collections.abc import Sequence
from datetime import datetime

from baton.core.errors import NotFound
from baton.store import sql
from baton.store.models import Address
from baton.store.rows import ContactRow


def entrance_of(contact_id: str) -> tuple[str, str, str]:
    """Return the channel, the inbox and the lane of a contact's newest address.

    Raises NotFound.
    """
    found = (
        Address.objects.filter(contact_id=contact_id)
        .order_by("-id")
        .values_list("channel", "inbox_id", "lane")
        .first()
    )
    if found is None:
        raise NotFound("address", contact_id)
    return found


def address_lane_of(conversation_id: str) -> str | None:
    """Return the lane of the address at which a conversation is held, or None."""
    return _first(_ADDRESS_LANE, [conversation_id])


def answering_channel(contact_id: str, since: datetime) -> str:
    """Return the channel on which a contact wrote most often since, "" where none stands out."""
    counted = sql.select(_ANSWERING, [contact_id, since])
    most = counted[0][1] if counted else 0
    is_alone = [count for _channel, count in counted].count(most) == 1
    return str(counted[0][0]) if is_alone and most >= _A_HABIT else ""


def note_verified(workspace_id: str, address_lane: str, now: datetime) -> None:
    """Record that the contact of an address has proved to have it, unless they did before."""
    sql.execute(_NOTE_VERIFIED, [now, workspace_id, address_lane])


# -- whose lane a fact belongs to, once contacts were merged ---------------------------------


def list_behind(lanes: Sequence[str]) -> dict[str, str]:
    """Return the lane of the contact behind each lane that is but an address's."""
    if not lanes:
        return {}
    among, listed = sql.among(lanes)
    return dict(sql.select(_BEHIND.format(among=among), listed))


def lane_of_address(workspace_id: str, address_lane: str) -> str | None:
    """Return the lane of the contact who has an address now, or None."""
    return _first(_LANE_OF_ADDRESS, [workspace_id, address_lane])


def contact_at(workspace_id: str, address_lane: str) -> str:
    """Return who has an address now, "" for nobody."""
    return _first(_CONTACT_AT, [workspace_id, address_lane]) or ""


def lane_of_run(run_id: str) -> str | None:
    """Return the lane of the contact whom a run is for, or None."""
    return _first(_LANE_OF_RUN, [run_id])


def lane_of_conversation(conversation_id: str) -> str | None:
    """Return the lane of a conversation's contact, or None."""
    return _first(_LANE_OF_CONVERSATION, [conversation_id])


def lane_of_message(workspace_id: str, message_id: str, receipt: str) -> str | None:
    """Return the lane of a message's contact, by its id or its provider's name; or None."""
    if message_id:
        return _first(_LANE_OF_MESSAGE, [message_id])
    return _first(_LANE_OF_RECEIPT, [workspace_id, receipt])


def lane_of_lane(workspace_id: str, lane: str) -> str | None:
    """Return the lane of whoever the contact of a lane is part of now; None if unknown."""
    followed: str | None = lane
    while followed is not None:
        found = sql.select(_MERGED_INTO, [workspace_id, followed])
        if not found:
            return None
        followed, lane = found[0][0], followed
    return lane


def whole_of(contact_id: str) -> str:
    """Return the contact whom somebody is part of now, in whatever number of steps."""
    into = _first(_WHOLE, [contact_id])
    return whole_of(into) if into else contact_id


def _first(statement: str, parameters: Sequence[object]) -> str | None:
    return next((row[0] for row in sql.select(statement, parameters)), None)


def list_contacts(workspace_id: str, *, after: str, limit: int) -> Sequence[tuple[ContactRow, str]]:
    """Return a page of contacts by id, each with the channel of their newest address."""
    columns = sql.columns_of(ContactRow)
    rows = sql.select(_PAGE, [workspace_id, after, limit])
    return [
        (ContactRow(**dict(zip(columns, row[:-1], strict=True))), row[-1] or "") for row in rows
    ]


_PAGE = f"""
SELECT {", ".join(f'p."{name}"' for name in sql.columns_of(ContactRow))}, (
    SELECT channel FROM store_address a WHERE a.contact_id = p.id ORDER BY a.id DESC LIMIT 1)
FROM store_contact p WHERE p.workspace_id = %s AND p.merged_into_id IS NULL AND p.id > %s
ORDER BY p.id LIMIT %s
"""
_A_HABIT = 2  # once is chance
_ANSWERING = """
SELECT channel, count(*) FROM store_message
WHERE contact_id = %s AND author = 'contact' AND created_at >= %s AND channel <> ''
GROUP BY channel ORDER BY count(*) DESC, channel LIMIT 2
"""
_ADDRESS_LANE = "SELECT address_lane FROM store_conversation WHERE id = %s"
_NOTE_VERIFIED = """
UPDATE store_address SET verified_at = %s
WHERE workspace_id = %s AND lane = %s AND verified_at IS NULL
"""
_BEHIND = """
SELECT a.lane, p.lane FROM store_address a JOIN store_contact p ON p.id = a.contact_id
WHERE a.workspace_id IN (SELECT w.id FROM store_workspace w) AND a.lane {among}
"""
_LANE_OF_ADDRESS = """
SELECT p.lane FROM store_address a JOIN store_contact p ON p.id = a.contact_id
WHERE a.workspace_id = %s AND a.lane = %s
"""
_LANE_OF_RUN = """
SELECT p.lane FROM store_run r JOIN store_contact p ON p.id = r.contact_id WHERE r.id = %s
"""
_LANE_OF_CONVERSATION = "SELECT lane FROM store_conversation WHERE id = %s"
_LANE_OF_MESSAGE = """
SELECT c.lane FROM store_message m JOIN store_conversation c ON c.id = m.conversation_id
WHERE m.id = %s
"""
_LANE_OF_RECEIPT = """
SELECT c.lane FROM store_delivery d
JOIN store_message m ON m.id = d.id
JOIN store_conversation c ON c.id = m.conversation_id
WHERE d.workspace_id = %s AND d.receipt = %s
"""
_MERGED_INTO = """
SELECT w.lane FROM store_contact p LEFT JOIN store_contact w ON w.id = p.merged_into_id
WHERE p.workspace_id = %s AND p.lane = %s
"""
_WHOLE = "SELECT merged_into_id FROM store_contact WHERE id = %s"
_CONTACT_AT = "SELECT contact_id FROM store_address WHERE workspace_id = %s AND lane = %s"
