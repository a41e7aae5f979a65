"""How connected systems are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.store import sql


def find_connected(workspace_id: str, kinds: Sequence[str]) -> str | None:
    """Return the first connected system of some kinds, None for none."""
    one_of, names = sql.among(kinds)
    found = sql.select(_CONNECTED.format(one_of=one_of), [workspace_id, True, *names])
    return str(found[0][0]) if found else None


def count_fates(workspace_id: str, since: datetime) -> dict[str, dict[str, int]]:
    """Return by system how many of what it told came to which fate since a moment."""
    counts: dict[str, dict[str, int]] = {}
    for system_id, fate, count in sql.select(_FATES, [workspace_id, since]):
        counts.setdefault(system_id, {})[fate] = count
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCount:
    """How good what one system tells is.

    Of what it told lately: `refused` was not taken, lines of files included, for `unmatched` of
    it nobody is known, and `unusable` names a phone or an email that is none. Of the `people`
    whom it knows, `without_phone` have no number.
    """

    system_id: str
    refused: int
    unmatched: int
    unusable: int
    people: int
    without_phone: int


def count_data(workspace_id: str, since: datetime) -> tuple[DataCount, ...]:
    """Return how good the data of each system is, of what it told since a moment."""
    rows = sql.select(_DATA, [since, since, since, since, f"%{UNUSABLE}%", *_NUMBERS, workspace_id])
    return tuple(
        DataCount(
            system_id=row[0],
            refused=row[1] + row[2],
            unmatched=row[3],
            unusable=row[4],
            people=row[5],
            without_phone=row[6],
        )
        for row in rows
    )


_CONNECTED = """
SELECT id FROM store_connectedsystem
WHERE workspace_id = %s AND is_connected = %s AND kind {one_of} ORDER BY id LIMIT 1
"""
UNUSABLE = "cannot be used as written"
"""What the reason of a delivery says of a phone or an email that is none."""

_NUMBERS = ("sms", "whatsapp", "voice")
_FATES = """
SELECT d.system_id, d.fate, count(*) FROM store_systemdelivery d
JOIN store_connectedsystem s ON s.id = d.system_id
WHERE s.workspace_id = %s AND d.received_at >= %s GROUP BY d.system_id, d.fate
"""
# Each part is asked for by itself, over an index: joined, they would multiply.
_DATA = """
SELECT s.id,
  (SELECT count(*) FROM store_systemdelivery d
   WHERE d.system_id = s.id AND d.received_at >= %s AND d.fate = 'parked'),
  (SELECT coalesce(sum(i.refused), 0) FROM store_import i
   WHERE i.system_id = s.id AND i.made_at >= %s AND i.state = 'done'),
  (SELECT count(*) FROM store_systemdelivery d
   WHERE d.system_id = s.id AND d.received_at >= %s AND d.fate = 'parked' AND d.awaits <> ''),
  (SELECT count(*) FROM store_systemdelivery d
   WHERE d.system_id = s.id AND d.received_at >= %s AND d.reason LIKE %s),
  (SELECT count(DISTINCT c.contact_id) FROM store_systemcontact c WHERE c.system_id = s.id),
  (SELECT count(DISTINCT c.contact_id) FROM store_systemcontact c
   WHERE c.system_id = s.id AND NOT EXISTS (
     SELECT 1 FROM store_address a WHERE a.contact_id = c.contact_id
     AND a.channel IN (%s, %s, %s)))
FROM store_connectedsystem s WHERE s.workspace_id = %s ORDER BY s.id
"""
