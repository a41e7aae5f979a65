"""`baton pack`: check a pack, begin one of one's own, and bring a workspace to a newer one."""

import sys
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton.config.cli.check import print_faults
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.config.settings import Settings

if TYPE_CHECKING:
    from baton.services.workspace.pack_upgrades import Difference


@click.group()
def pack() -> None:
    """Packs: an industry as data (docs/packs.md)."""


@pack.command(name="list")
@json_option
def list_all(*, as_json: bool) -> None:
    """List the packs that there are, with what each holds."""
    from baton.services.workspace import packs  # noqa: PLC0415 - not needed to print the help

    packs.look_in(own_folder())
    for name in packs.list_packs():
        found = packs.load_pack(name)
        row = {
            "pack": name,
            "title": found.title,
            "request_types": len(found.request_types),
            "intents": len(found.intents),
            "examples": sum(len(intent.examples) for intent in found.intents),
            "answers": len(found.articles),
            "flows": len(found.flows) + len(found.library),
        }
        show(row, as_json=as_json)
        if not as_json:
            click.echo()


@pack.command()
@click.argument("names", nargs=-1)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@json_option
def check(names: tuple[str, ...], *, strict: bool, as_json: bool) -> None:
    """Check packs by name or folder, all when none is named: every fault with its place."""
    from baton.services.flows import pack_checks  # noqa: PLC0415 - not needed to print the help
    from baton.services.workspace import packs  # noqa: PLC0415

    packs.look_in(own_folder())
    folders = [_folder(name) for name in names or packs.list_packs()]
    found = [fault for folder in folders for fault in pack_checks.check_folder(folder)]
    print_faults(found, len(folders), as_json=as_json, unit="packs")
    sys.exit(1 if any(fault.is_error or strict for fault in found) else 0)


@pack.command()
@click.argument("name")
@click.option("--like", default="fitness", show_default=True, help="The pack that it begins as.")
@click.option("--title", default="", help="How people call the trade; its name, if left out.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to make it in, instead of `packs` in Baton's home.",
)
@json_option
def new(name: str, like: str, title: str, to: Path | None, *, as_json: bool) -> None:
    """Begin a pack of your own as a copy of one that is like it."""
    from baton.services.workspace import pack_beginnings, packs  # noqa: PLC0415 - as above

    packs.look_in(own_folder())
    into = (to or own_folder()) / name
    if name in packs.list_packs():
        raise click.ClickException(f"There is a pack {name!r} already; choose another name.")
    spoken = title or name.replace("_", " ").capitalize()
    made = pack_beginnings.begin(packs.folder_of(like), into, title=spoken)
    show({"pack": name, "folder": str(into), "files": list(made)}, as_json=as_json)
    if not as_json:
        click.echo(f"\nChange its files, then run: baton pack check {name if to is None else into}")


@pack.command()
@workspace_option
@json_option
def diff(workspace: str, *, as_json: bool) -> None:
    """What a workspace's pack says otherwise than the workspace, and what an upgrade would do."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.workspace import pack_upgrades  # noqa: PLC0415 - Django is set up now

        found = pack_upgrades.differences(house, workspace_id)
    _print(found, "is as the pack has it", as_json=as_json)


@pack.command()
@workspace_option
@json_option
def upgrade(workspace: str, *, as_json: bool) -> None:
    """Bring what nobody changed up to the pack; flows come as drafts, to be published."""
    with opened(workspace, alone=True) as (house, workspace_id):
        from baton.services.workspace import pack_upgrades  # noqa: PLC0415 - Django is set up now

        brought = pack_upgrades.upgrade(house, workspace_id)
    _print(brought, "had nothing to bring", as_json=as_json)


def _print(found: "Sequence[Difference]", otherwise: str, *, as_json: bool) -> None:
    for one in found:
        row = {"kind": one.kind, "name": one.name, "standing": one.standing, "why": one.why}
        if as_json:
            show(row, as_json=True)
        else:
            click.echo(f"{one.standing:<6} {one.kind:<7} {one.name}: {one.why}")
    if not found and not as_json:
        click.echo(f"The workspace {otherwise}.")


def own_folder() -> Path:
    """Return where an installation keeps packs of its own."""
    return Settings.from_environment().own_packs


def _folder(named: str) -> Traversable:
    from baton.services.workspace import packs  # noqa: PLC0415 - as above

    path = Path(named)
    return path if path.is_dir() and "/" in named else packs.folder_of(named)
