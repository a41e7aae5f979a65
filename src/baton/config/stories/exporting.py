"""What a system without webhooks exports in a story, imported as `baton import` does it."""

import csv
import io

from baton.config.stories.export_parts import ExportLine, Exports
from baton.config.stories.world import World
from baton.connectors.files import settings as files
from baton.connectors.files.settings import FileSettings
from baton.core.mapping import FieldMap
from baton.core.targets import BOOKING
from baton.services.systems import importing, recognising, systems
from baton.store.models import ConnectedSystem, SystemContact

_NAME = "Exports"
_COLUMNS = {
    "person_id": "Member", "reference": "Number", "activity": "Class", "starts_at": "Starts",
    "state": "State",
}  # fmt: skip


def act(world: World, exports: Exports) -> None:
    """Import an export of bookings."""
    house, workspace_id = world.house, world.workspace_id
    system = _system(world)
    for line in exports.lines:
        _make_known(world, system, line)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_COLUMNS.values())
    rows.writerows(
        (one.who, one.booking, one.class_name, one.starts_at.isoformat(), one.state)
        for one in exports.lines
    )
    with importing.kept_upload(iter([text.getvalue().encode()])) as file:
        path = importing.path_of(file)
        importing.begin(
            house, workspace_id, system.id, path, name="bookings.csv", is_dry=False, actor="system"
        )
    world.run_idle()


def _system(world: World) -> ConnectedSystem:
    """Return the system that exports, connected and mapped at its first file."""
    known = ConnectedSystem.objects.filter(workspace_id=world.workspace_id, name=_NAME).first()
    if known is not None:
        return known
    own = systems.Wanted(kind=files.KIND, name=_NAME, settings=FileSettings())
    system, _secret = systems.connect(world.house, world.workspace_id, own, actor="system")
    wanted = FieldMap(name="Bookings", makes=BOOKING, fields=_COLUMNS)
    systems.save_map(
        world.house, world.workspace_id, system.id, wanted, replacing="", actor="system"
    )
    return system


def _make_known(world: World, system: ConnectedSystem, line: ExportLine) -> None:
    """Let the system's number of a person be known, as of an import before."""
    SystemContact.objects.get_or_create(
        system_id=system.id,
        token=recognising.known_as_of(world.house, system.id, line.who),
        defaults={
            "id": world.house.next_id(world.now),
            "workspace_id": world.workspace_id,
            "contact_id": world.known(line.who),
        },
    )
