"""What the churn score counts: a page of contacts at a time, each table asked once a page.

A page is a stretch of contact ids, so that neither the number of contacts nor that of their
visits is ever held in memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from baton.core.bookings import OVER, STANDING, State
from baton.store import sql
from baton.store.rows import ChurnRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The moments between which visits are counted (`core.churn`)."""

    now: datetime
    year: datetime
    quiet: datetime
    before: datetime
    recent: datetime


class Came(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A contact's visits of a year, counted: check-ins, or bookings that were attended."""

    visits: int
    first: datetime
    last: datetime
    recent: int
    before: int

    def __add__(self, other: "Came") -> "Came":
        """Return the visits of both."""
        return Came(
            visits=self.visits + other.visits,
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            recent=self.recent + other.recent,
            before=self.before + other.before,
        )


class Booked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A contact's bookings of a year, counted; `worth_minor` is what they cost together."""

    missed: int
    is_expected: bool
    worth_minor: int


def list_contacts(workspace_id: str, *, after: str, limit: int) -> list[str]:
    """Return the next contacts by id."""
    return [contact_id for (contact_id,) in sql.select(_NEXT, [workspace_id, after, limit])]


def came_between(workspace_id: str, days: Days, after: str, until: str) -> dict[str, Came]:
    """Return the visits of the contacts of a stretch of ids, of those who came in the year.

    A booking that was attended is a visit, unless a check-in tells of the same one.
    """
    parameters = [days.recent, days.before, days.recent, workspace_id, after, until, days.year]
    parameters.append(days.now)
    found = {one[0]: _came(*one[1:]) for one in sql.select(_CHECKED_IN, parameters)}
    for contact_id, *counted in sql.select(_ATTENDED, parameters):
        attended = _came(*counted)
        checked_in = found.get(contact_id)
        found[contact_id] = checked_in + attended if checked_in else attended
    return found


def booked_between(workspace_id: str, days: Days, after: str, until: str) -> dict[str, Booked]:
    """Return the bookings of the contacts of a stretch of ids."""
    parameters = [days.recent, days.now, days.now, workspace_id, after, until, days.year]
    return {
        contact_id: Booked(missed=missed, is_expected=bool(ahead), worth_minor=int(worth))
        for contact_id, missed, ahead, worth in sql.select(_BOOKED, parameters)
    }


def members_between(workspace_id: str, after: str, until: str) -> dict[str, int]:
    """Return what the memberships of a stretch of contacts cost in a month, in minor units."""
    found = sql.select(_MEMBERS, [workspace_id, after, until])
    return {contact_id: int(minor) for contact_id, minor in found}


def signs_between(workspace_id: str, after: str, until: str) -> dict[tuple[str, str], datetime]:
    """Return when other systems last told of each sign, by contact and sign."""
    found = sql.select(_SIGNS, [workspace_id, after, until])
    return {(contact_id, sign): _moment(at) for contact_id, sign, at in found}


def unread_between(workspace_id: str, days: Days, after: str, until: str) -> dict[str, int]:
    """Return how many messages who used to read them read and answered none of lately."""
    lately = [days.quiet] * 3
    parameters = [*lately, workspace_id, after, until, days.year, days.quiet]
    return {contact_id: int(unread) for contact_id, unread in sql.select(_UNREAD, parameters)}


def returned_between(
    workspace_id: str, since: datetime, by: datetime, after: str, until: str
) -> frozenset[str]:
    """Return who of a stretch of contacts came between two moments."""
    parameters = [workspace_id, after, until, since, by]
    return frozenset(found for (found,) in sql.select(_RETURNED, parameters * 2))


def first_visit(workspace_id: str) -> datetime | None:
    """Return when somebody came first, None for never."""
    [(came,)] = sql.select(_FIRST_CHECK_IN, [workspace_id])
    [(attended,)] = sql.select(_FIRST_ATTENDED, [workspace_id])
    return min((_moment(one) for one in (came, attended) if one is not None), default=None)


def scores_between(workspace_id: str, after: str, until: str) -> dict[str, ChurnRow]:
    """Return the scores that a stretch of contacts have."""
    columns = sql.columns_of(ChurnRow)
    found = sql.select(_SCORES.format(", ".join(columns)), [workspace_id, after, until])
    rows = (dict(zip(columns, one, strict=True)) for one in found)
    return {row["id"]: ChurnRow(**(row | _of_python(row))) for row in rows}


def worths(workspace_id: str, days: Days) -> Iterable[int]:
    """Return what every contact of value is worth in a year, in minor units."""
    parameters = [workspace_id, days.year, workspace_id]
    return (int(worth) for (worth,) in sql.select(_WORTHS, parameters))


def lanes_of(contact_ids: Sequence[str]) -> dict[str, str]:
    """Return the lanes of contacts."""
    if not contact_ids:
        return {}
    where = sql.places(len(contact_ids))
    return dict(sql.select(_LANES.format(where), list(contact_ids)))


def _of_python(row: dict[str, Any]) -> dict[str, Any]:
    flags = {name: bool(row[name]) for name in ("is_at_risk", "is_high_value")}
    return flags | {name: _moment(row[name]) for name in ("since", "scored_at")}


def _came(
    visits: int, first: datetime | str, last: datetime | str, recent: int, before: int
) -> Came:
    return Came(
        visits=visits, first=_moment(first), last=_moment(last), recent=recent, before=before
    )


def _moment(found: datetime | str) -> datetime:
    """Return a moment that SQLite gives as text wherever it was worked out."""
    if isinstance(found, datetime):
        return found
    return datetime.fromisoformat(f"{found}+00:00")


def _listed(states: Iterable[State]) -> str:
    return ", ".join(f"'{one.value}'" for one in sorted(states))


_NEXT = "SELECT id FROM store_contact WHERE workspace_id = %s AND id > %s ORDER BY id LIMIT %s"

_CHECKED_IN = """
SELECT contact_id, count(*), min(at), max(at),
       sum(CASE WHEN at >= %s THEN 1 ELSE 0 END),
       sum(CASE WHEN at >= %s AND at < %s THEN 1 ELSE 0 END)
FROM store_checkin WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s
AND at >= %s AND at <= %s GROUP BY contact_id
"""

# The states are words of an enumeration of ours.
_BOOKED = f"""
SELECT contact_id,
       sum(CASE WHEN state = '{State.NO_SHOW.value}' AND starts_at >= %s AND starts_at <= %s
           THEN 1 ELSE 0 END),
       max(CASE WHEN state IN ({_listed(STANDING)}) AND starts_at > %s THEN 1 ELSE 0 END),
       sum(CASE WHEN state IN ({_listed(OVER)}) THEN 0 ELSE price_minor END)
FROM store_booking WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s
AND starts_at >= %s GROUP BY contact_id
"""

_ATTENDED = f"""
SELECT contact_id, count(*), min(starts_at), max(starts_at),
       sum(CASE WHEN starts_at >= %s THEN 1 ELSE 0 END),
       sum(CASE WHEN starts_at >= %s AND starts_at < %s THEN 1 ELSE 0 END)
FROM store_booking b WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s
AND starts_at >= %s AND starts_at <= %s AND state = '{State.ATTENDED.value}'
AND NOT EXISTS (SELECT 1 FROM store_checkin c WHERE c.booking_id = b.id)
GROUP BY contact_id
"""

_MEMBERS = """
SELECT contact_id, sum(price_minor) FROM store_membership
WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s AND state = 'active'
GROUP BY contact_id
"""

_SIGNS = """
SELECT contact_id, sign, max(at) FROM store_contactsign
WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s GROUP BY contact_id, sign
"""

# Receipts tell who read; who answered has no receipt for it on every channel.
_UNREAD = """
SELECT contact_id, unread FROM (
  SELECT contact_id,
         sum(CASE WHEN created_at >= %s THEN 1 ELSE 0 END) AS unread,
         sum(CASE WHEN created_at >= %s AND delivery = 'read' THEN 1 ELSE 0 END) AS seen,
         sum(CASE WHEN created_at < %s AND delivery = 'read' THEN 1 ELSE 0 END) AS seen_before
  FROM store_message WHERE is_unprompted AND delivery IN ('sent', 'delivered', 'read')
  AND workspace_id = %s AND contact_id > %s AND contact_id <= %s AND created_at >= %s
  GROUP BY contact_id
) written WHERE unread > 0 AND seen = 0 AND seen_before > 0
AND NOT EXISTS (
  SELECT 1 FROM store_message said WHERE said.contact_id = written.contact_id
  AND said.author = 'contact' AND said.created_at >= %s
)
"""

_RETURNED = f"""
SELECT contact_id FROM store_checkin
WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s AND at > %s AND at <= %s
UNION
SELECT contact_id FROM store_booking
WHERE workspace_id = %s AND contact_id > %s AND contact_id <= %s
AND starts_at > %s AND starts_at <= %s AND state = '{State.ATTENDED.value}'
"""

_FIRST_CHECK_IN = "SELECT min(at) FROM store_checkin WHERE workspace_id = %s"
_FIRST_ATTENDED = f"""
SELECT min(starts_at) FROM store_booking
WHERE workspace_id = %s AND state = '{State.ATTENDED.value}'
"""

_SCORES = "SELECT {} FROM store_churnscore WHERE workspace_id = %s AND id > %s AND id <= %s"

_WORTHS = f"""
SELECT sum(minor) FROM (
  SELECT contact_id, price_minor AS minor FROM store_booking
  WHERE workspace_id = %s AND starts_at >= %s AND state NOT IN ({_listed(OVER)})
  UNION ALL
  SELECT contact_id, 12 * price_minor FROM store_membership
  WHERE workspace_id = %s AND state = 'active'
) worth GROUP BY contact_id HAVING sum(minor) > 0
"""

_LANES = "SELECT id, lane FROM store_contact WHERE id IN ({})"


def worth_of(contact_id: str) -> int | None:
    """Return what a contact is worth in a year, in minor units; None where nobody scored them."""
    found = sql.select("SELECT value_minor FROM store_churnscore WHERE id = %s", [contact_id])
    return int(found[0][0]) if found else None
