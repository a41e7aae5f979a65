"""Settings > Systems: what is connected, what it told, and how its fields are understood."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import msgspec
from django.db.models import Q

from baton.core import making, mapping
from baton.core.errors import NotFound
from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.mapping import EVENT, FieldMap, Mapped, Unmapped
from baton.core.roles import Action
from baton.services import inbox as desk
from baton.services.house import House
from baton.services.systems import (
    asking,
    bodies,
    importing,
    kinds,
    looking,
    meanings,
    systems,
    tidings,
)
from baton.services.systems.kinds import SystemSettings
from baton.services.systems.meanings import Meaning
from baton.services.systems.systems import Wanted
from baton.services.workspace.standards import standards_cache
from baton.store.models import ConnectedSystem, ReportedEvent, SystemDelivery, User
from baton.store.queries import systems as counted
from baton.store.queries.systems import DataCount

LOOKS_BACK = timedelta(days=7)
SHOWN = 20
"""So many of the last deliveries are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine:
    """One system and how it is doing; `counts` are by fate, of the last days.

    One that `is_written` tells of its people, and has entries written beside them.
    """

    id: str
    name: str
    kind: str
    kind_title: str
    proves_by: str
    has_hooks: bool
    is_mapped: bool
    tells: bool
    is_asked: bool
    is_told: bool
    is_written: bool
    is_looked_at: bool
    problem: str
    quiet_hours: int
    created_at: datetime
    is_connected: bool
    heard_at: datetime | None
    hook_url: str
    counts: dict[str, int]
    maps: tuple[FieldMap, ...]
    meanings: tuple[Meaning, ...]
    former_until: datetime | None

    @property
    def parked(self) -> int:
        """How many of what it told lately wait for somebody."""
        return self.counts.get(Fate.PARKED, 0)

    @property
    def total(self) -> int:
        """How much it told lately."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLine:
    """How good the data of one system is; silent, it was heard longer ago than is allowed."""

    system: SystemLine
    count: DataCount
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One thing that a system told; `body` is what it said, for whoever maps it."""

    id: str
    reference: str
    received_at: datetime
    fate: str
    told: str
    reason: str
    takes: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What becomes of an example by a map: fields with what they get, and what is wrong."""

    is_for: bool
    becomes: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


def list_systems(house: House, user: User) -> tuple[SystemLine, ...]:
    """Return a workspace's systems, the oldest first; raises Forbidden."""
    desk.require(user, Action.CONFIGURE)
    rows = ConnectedSystem.objects.filter(workspace_id=user.workspace_id).order_by("id")
    since = house.clock.now() - LOOKS_BACK
    counts = counted.count_fates(user.workspace_id, since)
    return tuple(_line_of(house, row, counts.get(row.id, {})) for row in rows)


def list_data(house: House, user: User, lines: Sequence[SystemLine]) -> tuple[DataLine, ...]:
    """Return how good the data of those systems is that tell any, of the last days (DI13)."""
    desk.require(user, Action.CONFIGURE)
    now = house.clock.now()
    counts = {one.system_id: one for one in counted.count_data(user.workspace_id, now - LOOKS_BACK)}
    return tuple(
        DataLine(system=line, count=counts[line.id], is_silent=_is_silent(line, now))
        for line in lines
        if line.tells
    )


def get_line(house: House, user: User, system_id: str) -> SystemLine:
    """Return one system; raises Forbidden or NotFound."""
    row = _held(user, system_id)
    since = house.clock.now() - LOOKS_BACK
    return _line_of(house, row, counted.count_fates(user.workspace_id, since).get(row.id, {}))


def find_settings(house: House, user: User, system_id: str) -> SystemSettings:
    """Return how a system is believed; raises Forbidden or NotFound."""
    return systems.settings_of(house, _held(user, system_id))


def list_deliveries(house: House, user: User, system_id: str) -> tuple[DeliveryLine, ...]:
    """Return what a system told last, the newest first; raises Forbidden or NotFound."""
    row = _held(user, system_id)
    last = SystemDelivery.objects.filter(system_id=row.id).order_by("-received_at", "-id")
    return tuple(_delivery_of(house, one) for one in last[:SHOWN])


def connect(house: House, user: User, wanted: Wanted) -> tuple[str, str]:
    """Connect a system; return its id and its secret. Raises Forbidden or InvalidInput."""
    desk.require(user, Action.CONFIGURE)
    system, secret = systems.connect(house, user.workspace_id, wanted, actor=_actor(user))
    return system.id, secret


def change(house: House, user: User, system_id: str, wanted: Wanted) -> None:
    """Change how a system is called and believed; raises Forbidden, InvalidInput, NotFound."""
    desk.require(user, Action.CONFIGURE)
    systems.change(house, user.workspace_id, system_id, wanted, actor=_actor(user))


def try_out(house: House, user: User, system_id: str) -> str:
    """Ask a system whether its settings hold; return what is wrong, "" for nothing."""
    row = _held(user, system_id)
    crm = tidings.find(house, row)
    return tidings.try_out(crm) if crm else asking.problem_with(systems.settings_of(house, row))


def list_told(house: House, user: User, system_id: str) -> tuple[str, ...]:
    """Return an example of each message that a system is told; raises Forbidden or NotFound."""
    crm = tidings.find(house, _held(user, system_id))
    return tuple(map(written, tidings.examples_of(crm))) if crm else ()


def look_now(house: House, user: User, system_id: str) -> None:
    """Have a system's feed looked at at once; raises Forbidden, NotFound or Conflict."""
    looking.look_now(house, user.workspace_id, _held(user, system_id).id)


def rotate(house: House, user: User, system_id: str) -> str:
    """Give a system another secret, and return it; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    return systems.rotate_secret(house, user.workspace_id, system_id, actor=_actor(user))


def set_connected(house: House, user: User, system_id: str, *, is_connected: bool) -> None:
    """Take from a system again, or nothing more; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    systems.set_connected(
        house, user.workspace_id, system_id, is_connected=is_connected, actor=_actor(user)
    )


def retake(house: House, user: User, system_id: str, delivery_id: str) -> None:
    """Have what a system told taken again; raises Forbidden or NotFound."""
    row = _held(user, system_id)
    delivery = SystemDelivery.objects.filter(id=delivery_id, system_id=row.id).first()
    if delivery is None:
        raise NotFound("delivery", delivery_id)
    with house.engine.transaction():
        bodies.retake(house, delivery)


def retake_parked(house: House, user: User, system_id: str) -> int:
    """Have all that is parked of a system taken again; return how many there are.

    What its system could not be asked about so far is asked about at once.
    """
    row = _held(user, system_id)
    told = SystemDelivery.objects.filter(system_id=row.id)
    stuck = Q(fate=Fate.PARKED) | (Q(fate=Fate.ASKING) & ~Q(reason=""))
    parked = list(told.filter(stuck).order_by("received_at"))
    with house.engine.transaction():
        for delivery in parked:
            bodies.retake(house, delivery)
    return len(parked)


# -- its fields ------------------------------------------------------------------------------


def find_map(user: User, system_id: str, name: str) -> FieldMap:
    """Return a system's map; raises Forbidden or NotFound."""
    for one in systems.maps_of(_held(user, system_id)):
        if one.name == name:
            return one
    raise NotFound("mapping", name)


def example_of(house: House, user: User, system_id: str) -> Json:
    """Return what is mapped by: the example that was pasted, else what was heard last."""
    row = _held(user, system_id)
    if row.example_sealed:
        return systems.example_of(house, row)
    last = SystemDelivery.objects.filter(system_id=row.id).order_by("-received_at").first()
    return bodies.open_body(house, last) if last else None


def keep_example(house: House, user: User, system_id: str, example: str) -> None:
    """Keep a payload to map by; raises Forbidden, InvalidInput or NotFound."""
    desk.require(user, Action.CONFIGURE)
    systems.keep_example(house, user.workspace_id, system_id, example)


def save_map(house: House, user: User, system_id: str, wanted: FieldMap, replacing: str) -> None:
    """Keep a map; raises Forbidden, InvalidInput or NotFound."""
    desk.require(user, Action.CONFIGURE)
    systems.save_map(
        house, user.workspace_id, system_id, wanted, replacing=replacing, actor=_actor(user)
    )


def remove_map(house: House, user: User, system_id: str, name: str) -> None:
    """Forget a map; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    systems.remove_map(house, user.workspace_id, system_id, name, actor=_actor(user))


def preview(house: House, user: User, system_id: str, wanted: FieldMap) -> Preview:
    """Return what a map makes of the example; nothing is kept and nobody is told."""
    payload = example_of(house, user, system_id)
    if not mapping.is_for(wanted, payload):
        return Preview(is_for=False)
    match mapping.apply(wanted, payload):
        case Unmapped() as unmapped:
            return Preview(is_for=True, problems=tuple(unmapped.problems.items()))
        case Mapped() as mapped:
            said = {**mapped.person, **mapped.facts}
            if wanted.makes != EVENT:
                said |= _made_of(house, user, system_id, mapped)
            missing = [name for name in wanted.fields if name not in said]
            return Preview(
                is_for=True,
                becomes=tuple((name, _shown(value)) for name, value in said.items()),
                problems=tuple((name, "nothing stands there in this example") for name in missing),
            )


def written(payload: Json) -> str:
    """Return a payload as people read it."""
    return msgspec.json.format(msgspec.json.encode(payload), indent=2).decode()


def _made_of(house: House, user: User, system_id: str, mapped: Mapped) -> dict[str, Json]:
    """Return how the fields of a record are read, or why they cannot be."""
    system = _held(user, system_id)
    reading = importing.reading_of(house, system, house.clock.now())
    made = making.record_of(mapped, making.person_of(mapped), reading)
    if isinstance(made, Unmapped):
        return {name: f"cannot be read: it {why}" for name, why in made.problems.items()}
    read = {field.name: getattr(made, field.name) for field in fields(made)}
    return {name: str(value) for name, value in read.items() if name in mapped.facts}


def known_events(house: House, user: User) -> dict[str, tuple[str, ...]]:
    """Return the events that flows start from, or that came in before, with their facts."""
    setting = standards_cache(house).setting_of(user.workspace_id)
    found: dict[str, tuple[str, ...]] = dict.fromkeys(
        ReportedEvent.objects.filter(workspace_id=user.workspace_id).values_list("name", flat=True),
        (),
    )
    for name, version in sorted(setting.library.live.items()):
        flow = setting.library.at(name, version)
        if flow is not None and flow.trigger.event:
            found[flow.trigger.event] = tuple(flow.facts)
    return found


def _held(user: User, system_id: str) -> ConnectedSystem:
    desk.require(user, Action.CONFIGURE)
    return systems.get_system(user.workspace_id, system_id)


def _actor(user: User) -> str:
    return f"user:{user.id}"


def _line_of(house: House, row: ConnectedSystem, counts: dict[str, int]) -> SystemLine:
    until = row.former_until
    return SystemLine(
        id=row.id,
        name=row.name,
        kind=row.kind,
        kind_title=kinds.KINDS[row.kind].title,
        proves_by=kinds.KINDS[row.kind].proves_by,
        has_hooks=kinds.KINDS[row.kind].has_hooks,
        is_mapped=kinds.KINDS[row.kind].is_mapped,
        tells=kinds.KINDS[row.kind].tells,
        is_asked=kinds.check_of(systems.settings_of(house, row)) is not None,
        is_told=kinds.KINDS[row.kind].is_told,
        is_written=kinds.KINDS[row.kind].notes is not None,
        is_looked_at=kinds.watched_of(systems.settings_of(house, row)) is not None,
        problem=row.problem,
        quiet_hours=row.quiet_hours,
        created_at=row.created_at,
        is_connected=row.is_connected,
        heard_at=row.heard_at,
        hook_url=systems.hook_url_of(house, row),
        counts=counts,
        maps=systems.maps_of(row),
        meanings=meanings.fixed_for(row.kind),
        former_until=until if until and until > house.clock.now() else None,
    )


def _is_silent(line: SystemLine, now: datetime) -> bool:
    if not (line.is_connected and line.quiet_hours):
        return False
    return now >= (line.heard_at or line.created_at) + timedelta(hours=line.quiet_hours)


def _delivery_of(house: House, row: SystemDelivery) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        reference=row.reference,
        received_at=row.received_at,
        fate=row.fate,
        told=row.told,
        reason=row.reason,
        takes=row.takes,
        body=written(bodies.open_body(house, row)),
    )


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(mapping.text_of, value))
    return mapping.text_of(value)
