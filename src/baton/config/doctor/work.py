"""Findings about what is under way: what waits, what was set aside, who is connected, backups."""

import zoneinfo
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from baton.config import wiring
from baton.config.doctor.findings import Finding, fails, fine, look
from baton.config.settings import Settings
from baton.core.errors import Conflict
from baton.services.desk import channel_desk
from baton.services.house import House
from baton.services.workspace import outside_readers
from baton.store.models import ConnectedSystem, Installation, Location, Workspace
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent

_LATE, _TOO_LATE = timedelta(minutes=1), timedelta(minutes=10)
_OLD_BACKUP = timedelta(hours=26)  # one a day, and time to make it


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield how the installation does; its keyset must be that of its database."""
    try:
        house = wiring.install(settings)
    except Conflict as refused:
        yield fails("installation", "nothing can start on it", refused.message)
        return
    yield _queue(house)
    yield _set_aside()
    yield _backups(settings, house)
    yield _known_zones()
    for workspace in Workspace.objects.order_by("id"):
        yield from _entrances(house, workspace)
        yield from _systems(workspace)
    yield from _outside()


def _queue(house: House) -> Finding:
    now = house.clock.now()
    depth = house.engine.depth(now=now)
    late = now - depth.oldest_due_at if depth.oldest_due_at else timedelta(0)
    found = f"{depth.due} due, {depth.waiting} for later, the oldest {late.seconds} s late"
    if late < _LATE:
        return fine("queue", found)
    remedy = (
        "Nobody works, or too few: start baton serve or baton worker, see /healthz of each, and "
        "add workers on PostgreSQL."
    )
    return (fails if late > _TOO_LATE else look)("queue", found, remedy)


def _set_aside() -> Finding:
    facts = RuntimeEvent.objects.filter(state="parked").count()
    effects = RuntimeEffect.objects.filter(state__in=["parked", "unknown"]).count()
    if facts + effects:
        return look("set aside", f"{facts} facts, {effects} messages or actions",
                    "baton parked list, or the console's page Parked.")  # fmt: skip
    return fine("set aside", "nothing")


def _backups(settings: Settings, house: House) -> Finding:
    kept = Installation.objects.get()
    if kept.backup_problem:
        return fails("backups", f"the last one failed: {kept.backup_problem}",
                     "Mend that, then run baton backup.")  # fmt: skip
    if kept.backed_up_at is None:
        return look("backups", "none was made yet", "The first is made a day after the first "
                    "start; baton backup makes one now.")  # fmt: skip
    age = house.clock.now() - kept.backed_up_at
    hours = age // timedelta(hours=1)
    found = f"{hours} hours old, {kept.backup_bytes >> 20} MB"
    if age > _OLD_BACKUP:
        return look("backups", found, "BATON_BACKUP_FOLDER may be off, or no server runs: "
                    "run baton backup.")  # fmt: skip
    folder = settings.backup_folder
    if folder and folder.exists() and _is_same_disk(settings, folder):
        found += f", on the same disk as {settings.home}: copy it elsewhere too"
    return fine("backups", found)


def _is_same_disk(settings: Settings, folder: Path) -> bool:
    return folder.stat().st_dev == settings.home.stat().st_dev


def _known_zones() -> Finding:
    used = set(Location.objects.values_list("timezone", flat=True))
    if unknown := sorted(used - zoneinfo.available_timezones()):
        return fails("zones of locations", f"unknown: {', '.join(unknown)}",
                     "Choose another in Settings, Locations, or update tzdata.")  # fmt: skip
    return fine("zones of locations", f"{len(used)} known")


def _entrances(house: House, workspace: Workspace) -> Iterator[Finding]:
    for line in channel_desk.list_lines(house, workspace.id):
        if not line.is_connected:
            continue
        name = f"{workspace.name}: {line.name}"
        today = line.traffic
        found = f"{line.channel}, {today.failed} failed and {today.unclear} unclear today"
        if line.problem:
            yield fails(name, line.problem, "Settings, Channels says how it is connected.")
        elif today.failed or today.unclear:
            yield look(name, found, "See why in Settings, Channels.")
        else:
            yield fine(name, found)


def _systems(workspace: Workspace) -> Iterator[Finding]:
    rows = ConnectedSystem.objects.filter(workspace_id=workspace.id).order_by("id")
    for row in rows:
        name = f"{workspace.name}: {row.name}"
        if row.problem:
            yield look(name, row.problem, "Settings, Systems says more, and tries again.")
        else:
            yield fine(name, "connected")


def _outside() -> Iterator[Finding]:
    names = dict(Workspace.objects.values_list("id", "name"))
    for row in outside_readers.list_all():
        name = f"{names.get(row.workspace_id, row.workspace_id)}: reader outside"
        if row.trouble:
            told = f"{row.kind} at {row.host} fails ({row.trouble}); messages are read here alone"
            yield look(name, told, "Look at its address and secret: baton nlu outside test")
        else:
            yield fine(name, f"{row.kind} at {row.host}; try it with baton nlu outside test")
