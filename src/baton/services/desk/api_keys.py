"""Keys of the API: made with scopes, shown once, known by a hash alone, and taken back."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.scopes import Scope
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
    """A key that somebody wants: what for, what it may do, and for how many days at most."""

    name: str
    scopes: Collection[str]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A key as its page shows it."""

    id: str
    name: str
    scopes: tuple[str, ...]
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
    scopes = sorted(set(wanted.scopes))
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = ApiKey.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            name=wanted.name.strip(),
            proof=_proof_of(house, key),
            scopes=scopes,
            made_by_id=user.id,
            made_at=ledger.now,
            ends_at=ledger.now + timedelta(days=wanted.days),
        )
        _note(ledger, user, "api_key_made", row, scopes=", ".join(scopes), days=wanted.days)
    return key


def revoke(house: House, user: User, key_id: str) -> None:
    """Take a key back, at once; raises Forbidden, NotFound."""
    authority.require_manage_access(user)
    with house.engine.transaction():
        mine = ApiKey.objects.filter(workspace_id=user.workspace_id, id=key_id)
        row = mine.filter(revoked_at=None).first()
        if row is None:
            raise NotFound("key", key_id)
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
    if not 1 <= wanted.days <= MAX_DAYS:
        problems["days"] = f"Choose 1 to {MAX_DAYS} days: a key without an end is forgotten."
    if ApiKey.objects.filter(workspace_id=user.workspace_id, revoked_at=None).count() >= MAX_KEYS:
        problems["name"] = f"There are {MAX_KEYS} keys. Revoke one first."
    if problems:
        raise InvalidInput(problems)


def _note(ledger: Ledger, user: User, action: str, row: ApiKey, **details: Json) -> None:
    ledger.audit(
        user.workspace_id, f"user:{user.id}", action, f"api_key:{row.id}", name=row.name, **details
    )
    ledger.flush()
