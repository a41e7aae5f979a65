"""`baton audit`: is the trail whole, and where does it stand."""

import sys
from pathlib import Path

import click
import msgspec

from baton.config import boot
from baton.config.cli.output import json_option, show


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy that was kept elsewhere; without it that of BATON_HOME.",
)
@json_option
def verify(anchors: Path | None, *, as_json: bool) -> None:
    """Check that no entry of any workspace's chain was changed, added or removed."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.desk import auditing  # noqa: PLC0415
    from baton.services.privacy import anchoring  # noqa: PLC0415
    from baton.store.models import Workspace  # noqa: PLC0415

    house = wiring.install(settings)
    noted = anchoring.read(anchors or wiring.anchors(settings), house.keyset)
    broken = False
    for workspace in Workspace.objects.order_by("id"):
        held = noted.get(workspace.id, {})
        place = auditing.verify(workspace.id, held)
        broken = broken or place is not None
        show(
            {
                "workspace": workspace.name,
                "entries": workspace.audit_seq,
                "anchors": len(held),
                "chain": "intact" if place is None else f"broken at entry {place}",
            },
            as_json=as_json,
        )
    sys.exit(1 if broken else 0)


@audit.command()
def anchor() -> None:
    """Print where each chain stands, signed; keep it where nobody who runs Baton can change it."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.privacy import anchoring  # noqa: PLC0415

    for one in anchoring.taken(wiring.install(settings)):
        click.echo(msgspec.json.encode(one).decode())
