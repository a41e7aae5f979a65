"""A workspace's contacts as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.store import personal, sql

PAGE_SIZE = 50


class Permits(StrEnum):
    """What a list of contacts is narrowed to."""

    ANYTHING = "anything"
    PROMOTIONS = "promotions"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A contact as a list shows them; `channels` is where they have addresses, in order."""

    id: str
    name_sealed: bytes
    is_identified: bool
    membership: str
    opted_out: frozenset[str]
    channels: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which contacts are wanted: on a channel ("" for any), by what they permit, of these ids.

    `ids` is None for everybody; `before` the last contact of the page before.
    """

    workspace_id: str
    channel: str = ""
    permits: Permits = Permits.ANYTHING
    ids: tuple[str, ...] | None = None
    before: str = ""
    locations: tuple[str, ...] = ()  # none is all


def list_page(wish: Wish) -> tuple[Listed, ...]:
    """Return a page of contacts, the newest first, and one more if there are further ones."""
    if wish.ids is not None and not wish.ids:
        return ()
    where, parameters = _conditions(wish)
    rows = sql.select(_PAGE.format(where=where), [*parameters, PAGE_SIZE + 1])
    channels = _channels_of([row[0] for row in rows])
    return tuple(
        Listed(
            id=row[0],
            name_sealed=bytes(row[1]),
            is_identified=bool(row[2]),
            membership=row[3],
            opted_out=frozenset(filter(None, row[4].split(","))),
            channels=channels.get(row[0], ()),
            created_at=row[5],
        )
        for row in rows
    )


def list_names(wish: Wish, limit: int) -> list[tuple[str, bytes]]:
    """Return the sealed names of the wanted contacts who have one, the newest first."""
    where, parameters = _conditions(wish)
    found = sql.select(_NAMES.format(where=where), [*parameters, limit])
    return [(row[0], bytes(row[1])) for row in found]


def find_by_mark(
    workspace_id: str, *, lanes: Sequence[str], external_id: str, ending: str
) -> tuple[str, ...]:
    """Return who has one of these addresses, this identity of the site, or an id that ends so."""
    found = sql.select(
        _BY_MARK.format(places=sql.places(len(lanes) or 1)),
        [workspace_id, *(lanes or [""]), workspace_id, external_id, workspace_id, f"%{ending}"],
    )
    return tuple(row[0] for row in found)


def _conditions(wish: Wish) -> tuple[str, list[object]]:
    # Who was erased is nobody any more: only their rows' places are left.
    conditions = ["p.workspace_id = %s", "p.merged_into_id IS NULL", _NOT_GONE]
    conditions.append(_PERMITS[wish.permits])
    parameters: list[object] = [wish.workspace_id]
    if wish.channel:
        conditions.append(_ON_CHANNEL)
        parameters.append(wish.channel)
    if wish.ids is not None:
        conditions.append(f"p.id IN ({sql.places(len(wish.ids))})")
        parameters += wish.ids
    if wish.locations:
        conditions.append(f"p.location_id IN ('', {sql.places(len(wish.locations))})")
        parameters += wish.locations
    if wish.before:
        conditions.append("p.id < %s")
        parameters.append(wish.before)
    return " AND ".join(conditions), parameters


def _channels_of(ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if ids:
        for contact_id, channel in sql.select(_CHANNELS.format(places=sql.places(len(ids))), ids):
            before = found.get(contact_id, ())
            found[contact_id] = before if channel in before else (*before, channel)
    return found


_PERMITS = {
    Permits.ANYTHING: "1 = 1",
    Permits.ENDED: "p.opted_out <> ''",
    # The newest word about promotions on some channel is a yes, and of one moment no no.
    Permits.PROMOTIONS: """EXISTS (
        SELECT 1 FROM store_consent y
        WHERE y.contact_id = p.id AND y.is_granted AND NOT y.is_pending
          AND y.purpose IN ('promotional', 'all')
          AND NOT EXISTS (
            SELECT 1 FROM store_consent n
            WHERE n.contact_id = p.id AND n.channel = y.channel AND NOT n.is_granted
              AND n.purpose IN ('promotional', 'all') AND n.at >= y.at))""",
}
_ON_CHANNEL = "EXISTS (SELECT 1 FROM store_address a WHERE a.contact_id = p.id AND a.channel = %s)"
_PAGE = """
SELECT p.id, p.name_sealed, p.is_identified, p.membership, p.opted_out, p.created_at
FROM store_contact p WHERE {where} ORDER BY p.id DESC LIMIT %s
"""
_CHANNELS = """
SELECT contact_id, channel FROM store_address WHERE contact_id IN ({places}) ORDER BY id
"""
_NAMES = """
SELECT p.id, p.name_sealed FROM store_contact p
WHERE {where} AND LENGTH(p.name_sealed) > 0 ORDER BY p.id DESC LIMIT %s
"""
_NOT_GONE = f"p.lane NOT LIKE '{personal.GONE}%%'"
_BY_MARK = """
SELECT contact_id FROM store_address WHERE workspace_id = %s AND lane IN ({places})
UNION SELECT id FROM store_contact WHERE workspace_id = %s AND external_id = %s
UNION SELECT id FROM store_contact WHERE workspace_id = %s AND id LIKE %s
"""
