"""Keys of the API: made with scopes, shown once, known by a hash alone, and taken back."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.scopes import Scope
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import authority
from baton.store.models import ApiKey, User

MAX_NAME = 60
MAX_DAYS = 366
MAX_KEYS = 50
PREFIX = "baton_"
"""By which a key is recognised where it should not be, as in a public repository."""
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A key that somebody wants: what for, what it may do, for how many days, and where.

    Without `locations` it is of all of them, as a person is.
    """

    name: str
    scopes: Collection[str]
    days: int
    locations: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A key as its page shows it."""

    id: str
    name: str
    scopes: tuple[str, ...]
    locations: tuple[str, ...]
    made_by: str
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None
    standing: str  # "in use", "ended" or "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks by a key."""

    key_id: str
    workspace_id: str
    name: str
    scopes: frozenset[Scope]
    locations: tuple[str, ...] = ()


def list_keys(house: House, user: User) -> tuple[Line, ...]:
    """Return the keys of a workspace, newest first; raises Forbidden."""
    authority.require_manage_access(user)
    now = house.clock.now()
    names = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    found = ApiKey.objects.filter(workspace_id=user.workspace_id).order_by("-id")
    return tuple(
        Line(
            id=one.id,
            name=one.name,
            scopes=tuple(one.scopes),
            locations=tuple(one.locations),
            made_by=names.get(one.made_by_id, ""),
            made_at=one.made_at,
            ends_at=one.ends_at,
            used_at=one.used_at,
            standing=_standing(one, now),
        )
        for one in found
    )


def make(house: House, user: User, wanted: Wanted) -> str:
    """Make a key and return it: it is shown this once. Raises Forbidden, InvalidInput."""
    authority.require_manage_access(user)
    _refuse_impossible(user, wanted)
    key = PREFIX + secrets.token_urlsafe(32)
    scopes, locations = sorted(set(wanted.scopes)), sorted(set(wanted.locations))
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = ApiKey.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            name=wanted.name.strip(),
            proof=_proof_of(house, key),
            scopes=scopes,
            locations=locations,
            made_by_id=user.id,
            made_at=ledger.now,
            ends_at=ledger.now + timedelta(days=wanted.days),
        )
        told: dict[str, Json] = {"locations": ", ".join(locations)} if locations else {}
        _note(ledger, user, "api_key_made", row, scopes=", ".join(scopes), days=wanted.days, **told)
    return key


def revoke(house: House, user: User, key_id: str) -> None:
    """Take a key back, at once; raises Forbidden, NotFound."""
    authority.require_manage_access(user)
    with house.engine.transaction():
        mine = ApiKey.objects.filter(workspace_id=user.workspace_id, id=key_id)
        row = mine.filter(revoked_at=None).first()
        if row is None:
            raise NotFound("key", key_id)
        if not sight.may_give(user, row.locations):
            raise Forbidden("revoke a key of more places than yours", user.role)
        ledger = Ledger(house, house.clock.now())
        mine.update(revoked_at=ledger.now)
        _note(ledger, user, "api_key_revoked", row)


def find_caller(house: House, key: str) -> Caller | None:
    """Return who asks by a key, None for one that was never made, or has ended."""
    if not key.startswith(PREFIX):
        return None
    row = ApiKey.objects.filter(proof=_proof_of(house, key)).first()
    now = house.clock.now()
    if row is None or _standing(row, now) != "in use":
        return None
    if row.used_at is None or now - row.used_at >= _NOTED_EVERY:
        with house.engine.transaction():
            ApiKey.objects.filter(id=row.id).update(used_at=now)
    return Caller(
        key_id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        scopes=frozenset(Scope(one) for one in row.scopes if one in set(Scope)),
        locations=tuple(row.locations),
    )


def _proof_of(house: House, key: str) -> str:
    # 256 random bits: a slow hash, as passwords need, would make nothing harder.
    return house.keyset.fingerprint("api_key", key)


def _standing(row: ApiKey, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "in use" if row.ends_at is None or row.ends_at > now else "ended"


def _refuse_impossible(user: User, wanted: Wanted) -> None:
    problems = {}
    if not wanted.name.strip() or len(wanted.name) > MAX_NAME:
        problems["name"] = "Say which system uses it."
    if not wanted.scopes or not set(wanted.scopes) <= set(Scope):
        problems["scopes"] = "Choose what it may do."
    problems |= _problems_with_places(user, wanted)
    if not 1 <= wanted.days <= MAX_DAYS:
        problems["days"] = f"Choose 1 to {MAX_DAYS} days: a key without an end is forgotten."
    if ApiKey.objects.filter(workspace_id=user.workspace_id, revoked_at=None).count() >= MAX_KEYS:
        problems["name"] = f"There are {MAX_KEYS} keys. Revoke one first."
    if problems:
        raise InvalidInput(problems)


def _problems_with_places(user: User, wanted: Wanted) -> dict[str, str]:
    known = {place for place, _ in inbox.list_locations(user)}
    if not set(wanted.locations) <= known:
        return {"locations": "Choose places of the business."}
    if not sight.may_give(user, wanted.locations):
        return {"locations": "Choose of the places that you work for yourself."}
    if wanted.locations and Scope.AUDIT in wanted.scopes:
        return {"scopes": "The audit trail is of all places: make a key of its own for it."}
    return {}


def _note(ledger: Ledger, user: User, action: str, row: ApiKey, **details: Json) -> None:
    ledger.audit(
        user.workspace_id, f"user:{user.id}", action, f"api_key:{row.id}", name=row.name, **details
    )
    ledger.flush()
