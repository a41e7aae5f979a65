"""An import as a measurement makes it: a workspace with a system, and a file taken here and now."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from baton.channels.sandbox.settings import SandboxSettings
from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.connectors.files import settings as files
from baton.core.json import Json
from baton.core.mapping import FieldMap
from baton.services import installation
from baton.services.house import House
from baton.services.systems import importing, systems
from baton.services.workspace import inboxes, workspaces
from baton.services.workspace.workspaces import Place
from baton.store.keyset_file import KeysetFile
from baton.store.models import Booking, ConnectedSystem, Contact, ImportFault

_PLACE = Place(name="Bench", address="1 Bench", phone="", map_url="", timezone="UTC", week={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import took and left: `row` is to be shown, `bad` are the lines it told of."""

    row: dict[str, Json]
    bad: set[int]
    bookings: int


def imported(path: Path, fields: dict[str, str], *, now: datetime) -> Imported:
    """Import a file at a moment, with the system of before if there is one."""
    keyset = installation.open_keyset(KeysetFile(path=path.parent / "keyset.json"), now=now)
    house = wiring.build_house(keyset, VirtualClock(now))
    system = ConnectedSystem.objects.first() or _connected(house, fields)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    started = importing.begin(
        house, system.workspace_id, system.id, path, name=path.name, is_dry=False, actor="bench"
    )
    read = time.perf_counter() - begun
    ended = importing.run_whole(house, started)
    seconds = time.perf_counter() - begun
    faults = ImportFault.objects.filter(import_id=ended.id)
    return Imported(
        row={
            "seconds": round(seconds, 1),
            "cpu_s": round(time.process_time() - begun_cpu, 1),
            "reading_s": round(read, 1),
            "rows_per_s": round(ended.lines / seconds),
            "told": ended.told,
            "kept": ended.kept,
            "unchanged": ended.unchanged,
            "refused": ended.refused,
            "contacts": Contact.objects.filter(workspace_id=system.workspace_id).count(),
        },
        bad=set(faults.values_list("line", flat=True)),
        bookings=Booking.objects.filter(system_id=system.id).count(),
    )


def _connected(house: House, fields: dict[str, str]) -> ConnectedSystem:
    """Return a system that exports files, in a workspace that reaches people by SMS and email."""
    workspace = workspaces.create(
        house, name="Bench", pack_name="fitness", place=_PLACE, is_supervised=False
    )
    for channel in ("sms", "email"):
        sandbox = SandboxSettings(channel=channel, sender="")
        wanted = inboxes.Wanted(name=channel, settings=sandbox)
        inboxes.connect(house, workspace.id, wanted, actor="bench")
    own = systems.Wanted(kind=files.KIND, name="Export", settings=files.FileSettings())
    system, _secret = systems.connect(house, workspace.id, own, actor="bench")
    bookings = FieldMap(name="bookings", makes="booking", fields=fields)
    systems.save_map(house, workspace.id, system.id, bookings, replacing="", actor="bench")
    return ConnectedSystem.objects.get(id=system.id)
