"""The audit chain: every entry carries the hash of the one before it (invariant 11)."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted

import msgspec

from baton.core import privacy
from baton.core.json import Json


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did or saw, before it is bound into the chain.

    `actor` is "bot", "system", "user:<id>" or "contact:<id>"; `details` holds
    tokens and words of the glossary, never raw identifiers.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Json]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A deed as stored: its place, the exact text that was hashed, and both hashes."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: str
    previous_hash: str
    hash: str


def masked(details: Mapping[str, Json], tokenise: privacy.Tokenise) -> dict[str, Json]:
    """Return details in which no text holds an identifier that can be recognised.

    Ids, hashes and moments stand as they are, and so do days under a name that ends with
    `_on`: they are the program's own, and digits in them mean nobody.
    """
    return {
        name: value
        if value.__class__ is str and _HARMLESS.fullmatch(value)
        else _masked(value, tokenise, name)
        for name, value in details.items()
    }


def chain(deeds: Iterable[Deed], *, seq: int, head: str) -> tuple[Link, ...]:
    """Bind deeds after the entry `seq` whose hash is `head` ("" before the first)."""
    links = []
    for deed in deeds:
        seq += 1
        details = _canonical(deed.details)
        link = Link(
            seq=seq,
            at=deed.at,
            actor=deed.actor,
            action=deed.action,
            subject=deed.subject,
            details=details,
            previous_hash=head,
            hash=_hash(head, seq, deed.at, deed.actor, deed.action, deed.subject, details),
        )
        links.append(link)
        head = link.hash
    return tuple(links)


def first_break(links: Iterable[Link], *, seq: int = 0, head: str = "") -> int | None:
    """Return the place of the first entry that does not follow from the one before, or None."""
    for link in links:
        seq += 1
        told = _hash(head, link.seq, link.at, link.actor, link.action, link.subject, link.details)
        if link.seq != seq or link.previous_hash != head or link.hash != told:
            return seq
        head = link.hash
    return None


# No identifier is without a digit or an @ (`core.privacy`); the rest are the program's own.
_HARMLESS = re.compile(
    r"[^\d@]*|(?:[a-z_]+:)?[0-9a-f]{32}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[+-]\d\d:\d\d|Z)?"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _masked(value: Json, tokenise: privacy.Tokenise, name: str) -> Json:
    match value:
        case str():
            if _HARMLESS.fullmatch(value) or (name.endswith("_on") and _DAY.fullmatch(value)):
                return value
            return privacy.mask(value, tokenise)
        case list():
            return [_masked(one, tokenise, name) for one in value]
        case dict():
            return {
                str(_masked(key, tokenise, name)): _masked(one, tokenise, key)
                for key, one in value.items()
            }
        case _:
            return value


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _canonical(details: Mapping[str, Json]) -> str:
    """Return details as JSON with sorted keys and no blanks: the same ones are the same text."""
    told = []
    for name in sorted(details):
        value = details[name]
        if not isinstance(value, str):
            return _CANONICAL(details)
        # As that encoder spells it, without the machinery that it sets up for each call.
        told.append(f"{_quoted(name)}:{_quoted(value)}")
    return f"{{{','.join(told)}}}"


def _hash(head: str, seq: int, at: datetime, *words: str) -> str:
    # As `json.dumps` spells a list of texts.
    told = ", ".join([_quoted(word) for word in (head, str(seq), _moment(at), *words)])
    return hashlib.sha256(f"[{told}]".encode()).hexdigest()


@lru_cache(maxsize=256)
def _moment(at: datetime) -> str:
    """Return a moment in UTC, since a database gives them back in the zone of its own choice.

    Remembered, because all deeds of a transaction are of one moment.
    """
    return at.astimezone(UTC).isoformat()
