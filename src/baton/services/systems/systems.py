"""Systems connected with a workspace: connected, mapped, given another secret, taken away."""

import base64
import binascii
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from baton.connectors.webhook.settings import Proof, WebhookSettings
from baton.core import making, mapping
from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.mapping import FieldMap
from baton.runtime.ports import Timer
from baton.services import arrivals
from baton.services.facts import ListenDue, LookDue
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import kinds
from baton.services.systems.kinds import SystemSettings
from baton.store.models import ConnectedSystem

FORMER_LASTS = timedelta(hours=24)
"""How long webhooks signed with the secret before are still believed."""

MAX_EXAMPLE = 64 * 1024
_MAX_NAME = 120
_SECRET_LENGTH = (16, 200)
_MOST_QUIET = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A system as somebody wants it; without a `secret` of its own it is given one.

    Who leads is told when nothing came for `quiet_hours`, at most 720; 0 asks for nothing.
    """

    kind: str
    name: str
    settings: SystemSettings
    secret: str = ""
    quiet_hours: int = 0


def connect(
    house: House, workspace_id: str, wanted: Wanted, *, actor: str
) -> tuple[ConnectedSystem, str]:
    """Connect a system, and return it with its secret; raises InvalidInput."""
    _require_usable(wanted)
    secret = wanted.secret or fresh_secret()
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        system_id = ledger.next_id()
        system = ConnectedSystem.objects.create(
            id=system_id,
            workspace_id=workspace_id,
            kind=wanted.kind,
            name=wanted.name.strip(),
            token=secrets.token_urlsafe(18),
            secret_sealed=house.keyset.seal(secret, _secret_place(system_id)),
            settings_sealed=house.keyset.seal(
                kinds.pack(wanted.settings), _settings_place(system_id)
            ),
            quiet_hours=wanted.quiet_hours,
            created_at=ledger.now,
        )
        _plan(ledger, system)
        _note(ledger, system, actor, "system_connected", kind=system.kind)
    return system, secret


def change(
    house: House, workspace_id: str, system_id: str, wanted: Wanted, *, actor: str
) -> ConnectedSystem:
    """Change how a system is called and believed; raises InvalidInput or NotFound."""
    _require_usable(wanted)
    with _changed(house, workspace_id, system_id, actor, "system_changed") as system:
        system.name = wanted.name.strip()
        system.settings_sealed = house.keyset.seal(
            kinds.pack(wanted.settings), _settings_place(system.id)
        )
        system.seen, system.etag, system.problem = {}, "", ""
        system.quiet_hours, system.silence_told_at = wanted.quiet_hours, None
        if wanted.secret and wanted.secret != secret_of(house, system):
            _replace_secret(house, system, wanted.secret)
    return system


def rotate_secret(house: House, workspace_id: str, system_id: str, *, actor: str) -> str:
    """Give a system another secret, and return it; raises NotFound.

    The one before is believed for FORMER_LASTS, so that nothing is lost meanwhile.
    """
    with _changed(house, workspace_id, system_id, actor, "system_secret_rotated") as system:
        secret = fresh_secret()
        _replace_secret(house, system, secret)
    return secret


def set_connected(
    house: House, workspace_id: str, system_id: str, *, is_connected: bool, actor: str
) -> None:
    """Take from a system again, or take nothing more; what it told stays. Raises NotFound."""
    deed = "system_reconnected" if is_connected else "system_disconnected"
    with _changed(house, workspace_id, system_id, actor, deed) as system:
        system.is_connected = is_connected


def keep_example(house: House, workspace_id: str, system_id: str, example: str) -> None:
    """Keep a payload to map by; raises InvalidInput for what is no JSON, and NotFound."""
    payload = payload_of(example)
    with house.engine.transaction():
        system = get_system(workspace_id, system_id)
        plain = msgspec.json.encode(payload).decode()
        system.example_sealed = house.keyset.seal(plain, _example_place(system.id))
        system.save(update_fields=["example_sealed"])


def save_map(  # noqa: PLR0913 - whose, which, and by whom
    house: House,
    workspace_id: str,
    system_id: str,
    wanted: FieldMap,
    *,
    replacing: str,
    actor: str,
) -> None:
    """Keep a map in place of the one of that name, or behind all others.

    Raises InvalidInput that names each field, and NotFound.
    """
    problems = making.problems_with(wanted)
    with _changed(house, workspace_id, system_id, actor, "system_mapped") as system:
        maps = list(maps_of(system))
        names = [one.name for one in maps]
        if replacing and replacing not in names:
            raise NotFound("mapping", replacing)
        if wanted.name != replacing and wanted.name in names:
            problems["name"] = "There is a mapping of this name already."
        if not replacing and len(maps) >= mapping.MAX_MAPS:
            problems["name"] = f"A system has at most {mapping.MAX_MAPS} mappings."
        if problems:
            raise InvalidInput(problems)
        if replacing:
            maps[names.index(replacing)] = wanted
        else:
            maps.append(wanted)
        system.maps = msgspec.to_builtins(maps)


def remove_map(house: House, workspace_id: str, system_id: str, name: str, *, actor: str) -> None:
    """Forget a map; what it was for is ignored from then on. Raises NotFound."""
    with _changed(house, workspace_id, system_id, actor, "system_unmapped") as system:
        maps = maps_of(system)
        if name not in [one.name for one in maps]:
            raise NotFound("mapping", name)
        system.maps = msgspec.to_builtins([one for one in maps if one.name != name])


def get_system(workspace_id: str, system_id: str) -> ConnectedSystem:
    """Return a workspace's system; raises NotFound."""
    system = ConnectedSystem.objects.filter(id=system_id, workspace_id=workspace_id).first()
    if system is None:
        raise NotFound("system", system_id)
    return system


def find_by_name(workspace_id: str, name: str) -> ConnectedSystem:
    """Return the system of a name; raises NotFound, also where several have it."""
    found = list(ConnectedSystem.objects.filter(workspace_id=workspace_id, name=name)[:2])
    if len(found) != 1:
        raise NotFound("system", name)
    return found[0]


def settings_of(house: House, system: ConnectedSystem) -> SystemSettings:
    """Return how a system is believed."""
    packed = house.keyset.unseal(bytes(system.settings_sealed), _settings_place(system.id))
    return kinds.unpack(system.kind, packed)


def secret_of(house: House, system: ConnectedSystem) -> str:
    """Return what signs a system's webhooks."""
    return house.keyset.unseal(bytes(system.secret_sealed), _secret_place(system.id))


def proofs_of(house: House, system: ConnectedSystem) -> tuple[str, ...]:
    """Return the secrets that may have signed a system's webhooks, the present one first."""
    present = secret_of(house, system)
    until = system.former_until
    if until is None or house.clock.now() >= until:
        return (present,)
    return (present, house.keyset.unseal(bytes(system.former_sealed), _former_place(system.id)))


def hook_url_of(house: House, system: ConnectedSystem) -> str:
    """Return where a system posts to."""
    return f"{house.base_url}/systems/{system.token}"


def plan_look(ledger: Ledger, system: ConnectedSystem, *, at: datetime) -> None:
    """Plan when a system's feed is looked at next; one without a feed, or left, never is."""
    key = f"look:{system.id}"
    is_watched = kinds.watched_of(settings_of(ledger.house, system)) is not None
    if not (system.is_connected and is_watched):
        ledger.cancel_timer(system.workspace_id, key)
        return
    ledger.set_timer(_timer(ledger, system, key, LookDue(system_id=system.id, at=at), at))


def plan_listening(ledger: Ledger, system: ConnectedSystem, *, at: datetime) -> None:
    """Plan when somebody sees whether a system was heard lately, if anybody wants to know."""
    key = f"listen:{system.id}"
    if not (system.is_connected and system.quiet_hours):
        ledger.cancel_timer(system.workspace_id, key)
        return
    ledger.set_timer(_timer(ledger, system, key, ListenDue(system_id=system.id), at))


def lane_of(system_id: str) -> str:
    """Return the lane in which all that a system tells is decided."""
    return f"system:{system_id}"


def maps_of(system: ConnectedSystem) -> tuple[FieldMap, ...]:
    """Return a system's maps, in the order in which they are tried."""
    return msgspec.convert(system.maps, tuple[FieldMap, ...])


def example_of(house: House, system: ConnectedSystem) -> Json:
    """Return the payload that people map a system by, None without one."""
    if not system.example_sealed:
        return None
    plain = house.keyset.unseal(bytes(system.example_sealed), _example_place(system.id))
    return payload_of(plain)


def payload_of(text: str) -> Json:
    """Read a payload; raises InvalidInput for what is no JSON object."""
    if len(text) > MAX_EXAMPLE:
        raise InvalidInput({"example": f"It has more than {MAX_EXAMPLE // 1024} kB."})
    try:
        payload: Json = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput({"example": f"This is not JSON: {error}."}) from error
    if not isinstance(payload, dict | list) or not payload:
        raise InvalidInput({"example": "Paste the whole body that the system posts."})
    return payload


def fresh_secret() -> str:
    """Return a signing secret as https://www.standardwebhooks.com writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


@contextmanager
def _changed(
    house: House, workspace_id: str, system_id: str, actor: str, deed: str
) -> Iterator[ConnectedSystem]:
    """Hold a system, keep what was changed of it, and note the deed."""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        held = ConnectedSystem.objects.select_for_update().filter(id=system_id)
        system = held.filter(workspace_id=workspace_id).first()
        if system is None:
            raise NotFound("system", system_id)
        yield system
        system.save()
        _plan(ledger, system)
        _note(ledger, system, actor, deed)


def _plan(ledger: Ledger, system: ConnectedSystem) -> None:
    plan_look(ledger, system, at=ledger.now)
    plan_listening(ledger, system, at=ledger.now + timedelta(hours=system.quiet_hours))


def _timer(
    ledger: Ledger, system: ConnectedSystem, key: str, fact: LookDue | ListenDue, at: datetime
) -> Timer:
    return arrivals.timer_of(
        fact,
        ledger.house.keyset,
        workspace_id=system.workspace_id,
        lane=lane_of(system.id),
        key=key,
        due_at=at,
    )


def _note(ledger: Ledger, system: ConnectedSystem, actor: str, deed: str, **details: Json) -> None:
    ledger.audit(system.workspace_id, actor, deed, f"system:{system.id}", **details)
    ledger.flush()


def _replace_secret(house: House, system: ConnectedSystem, secret: str) -> None:
    before = secret_of(house, system)
    system.former_sealed = house.keyset.seal(before, _former_place(system.id))
    system.former_until = house.clock.now() + FORMER_LASTS
    system.secret_sealed = house.keyset.seal(secret, _secret_place(system.id))


def _require_usable(wanted: Wanted) -> None:
    problems = kinds.problems_with(wanted.settings)
    if not wanted.name.strip() or len(wanted.name) > _MAX_NAME:
        problems["name"] = f"Give the system a name of at most {_MAX_NAME} characters."
    if not 0 <= wanted.quiet_hours <= _MOST_QUIET:
        problems["quiet_hours"] = f"Choose at most {_MOST_QUIET} hours."
    least, most = _SECRET_LENGTH
    if wanted.secret and not least <= len(wanted.secret) <= most:
        problems["secret"] = f"A secret has {least} to {most} characters."
    elif wanted.secret and _is_standard(wanted.settings) and not _is_key(wanted.secret):
        problems |= {"secret": "This convention writes whsec_ and base 64. Copy it whole."}
    if problems:
        raise InvalidInput(problems)


def _is_standard(settings: SystemSettings) -> bool:
    if kinds.kind_of(settings).is_told:
        return True
    return isinstance(settings, WebhookSettings) and settings.proof == Proof.STANDARD


def _is_key(secret: str) -> bool:
    try:
        return bool(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except binascii.Error:
        return False


def _secret_place(system_id: str) -> str:
    return f"system.proof:{system_id}"


def _former_place(system_id: str) -> str:
    return f"system.former:{system_id}"


def _settings_place(system_id: str) -> str:
    return f"system.settings:{system_id}"


def _example_place(system_id: str) -> str:
    return f"system.example:{system_id}"
