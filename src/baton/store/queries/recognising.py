"""Who is known by what a system says of people, asked about many at once."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from baton.store import sql

_CHUNK = 5_000
Unseal = Callable[[bytes, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """An address that somebody has, by its lane."""

    contact_id: str
    inbox_id: str
    lane: str


def list_by_token(system_id: str, tokens: Collection[str]) -> dict[str, str]:
    """Return by fingerprint whom a system knows by an id of its own."""
    return {
        token: contact_id
        for part in _parts(tokens)
        for token, contact_id in sql.select(_MEANT.format(_in(part)), [system_id, *part])
    }


def list_by_lane(workspace_id: str, lanes: Collection[str]) -> Iterator[KnownAddress]:
    """Yield the addresses of lanes that somebody has."""
    for part in _parts(lanes):
        for lane, contact_id, inbox_id in sql.select(
            _BY_LANE.format(_in(part)), [workspace_id, *part]
        ):
            yield KnownAddress(contact_id=contact_id, inbox_id=inbox_id, lane=lane)


def list_channels(contact_ids: Collection[str]) -> dict[str, set[str]]:
    """Return by contact the channels on which they have an address."""
    found: dict[str, set[str]] = {}
    for part in _parts(contact_ids):
        for contact_id, channel in sql.select(_CHANNELS.format(_in(part)), part):
            found.setdefault(contact_id, set()).add(channel)
    return found


def list_lanes(contact_ids: Collection[str]) -> dict[str, str]:
    """Return the lane of each contact."""
    return {
        contact_id: lane
        for part in _parts(contact_ids)
        for contact_id, lane in sql.select(_LANES.format(_in(part)), part)
    }


def newest_address(contact_id: str, unseal: Unseal) -> tuple[str, str, str] | None:
    """Return channel, inbox and raw handle of a contact's newest address, or None."""
    for workspace_id, channel, inbox_id, token, sealed in sql.select(_NEWEST, [contact_id]):
        return channel, inbox_id, unseal(bytes(sealed), f"vault:{workspace_id}:{token}")
    return None


def handles_of(contact_id: str, unseal: Unseal) -> dict[str, str]:
    """Return the newest email and the newest number of a contact, as "email" and "phone"."""
    found: dict[str, str] = {}
    for workspace_id, channel, _inbox, token, sealed in sql.select(_ALL, [contact_id]):
        kind = "phone" if channel in _BY_NUMBER else channel
        if kind in ("email", "phone") and kind not in found:
            found[kind] = unseal(bytes(sealed), f"vault:{workspace_id}:{token}")
    return found


def _parts(asked: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(asked)
    for begin in range(0, len(ordered), _CHUNK):
        yield ordered[begin : begin + _CHUNK]


def _in(part: list[str]) -> str:
    return sql.places(len(part))


_MEANT = "SELECT token, contact_id FROM store_systemcontact WHERE system_id = %s AND token IN ({})"
_BY_LANE = """
SELECT lane, contact_id, inbox_id FROM store_address WHERE workspace_id = %s AND lane IN ({})
"""
_CHANNELS = "SELECT contact_id, channel FROM store_address WHERE contact_id IN ({})"
_LANES = "SELECT id, lane FROM store_contact WHERE id IN ({})"
_BY_NUMBER = frozenset({"sms", "whatsapp", "voice"})
_ALL = """
SELECT a.workspace_id, a.channel, a.inbox_id, a.token, v.value_sealed FROM store_address a
JOIN store_vaultentry v ON v.workspace_id = a.workspace_id AND v.token = a.token
WHERE a.contact_id = %s ORDER BY a.id DESC
"""
_NEWEST = f"{_ALL} LIMIT 1"
