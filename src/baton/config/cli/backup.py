"""`baton backup` and `baton restore`: a sealed copy of everything but the keys, and back."""

import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import only_process
from baton.config.settings import Settings
from baton.core.errors import BatonError, Conflict
from baton.store.keyset_file import KeysetFile

if TYPE_CHECKING:
    from baton.services.privacy.backing_up import Backup

_KEYS_APART = (
    "The keys are not in it: keep keyset.json and secret-key of BATON_HOME in another place. "
    "Without keyset.json nothing opens this backup."
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.pass_context
def backup(context: click.Context) -> None:
    """Make, list and check backups; without a further word, make one."""
    if context.invoked_subcommand is None:
        context.invoke(make)


@backup.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--daily", is_flag=True, help="Delete the oldest beyond BATON_BACKUP_KEEP as well.")
@json_option
def make(file: Path | None = None, *, daily: bool = False, as_json: bool = False) -> None:
    """Make a backup while Baton serves: into FILE, or into the folder of backups."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.privacy import backing_up  # noqa: PLC0415
    from baton.store.backups import databases  # noqa: PLC0415

    signal.signal(signal.SIGTERM, _end)
    house = wiring.install(settings)
    folder = _folder(settings)
    target = file or folder / backing_up.name_at(house.clock.now())
    store = databases.this_one(settings.postgres_tools)
    try:
        made = backing_up.take(house, store, wiring.place_of(settings), target, _tell)
    except (BatonError, OSError) as error:
        backing_up.note_problem(str(error))
        raise Conflict(str(error)) from error
    pruned = backing_up.prune(folder, settings.backup_keep, made.head.made_at) if daily else []
    _told_over()
    show({**_row(made), "deleted": len(pruned)}, as_json=as_json)
    if not as_json:
        click.echo(_KEYS_APART)


@backup.command(name="list")
@json_option
def list_all(*, as_json: bool) -> None:
    """List the backups in the folder of backups, oldest first."""
    settings = boot.boot()
    from baton.services.privacy import backing_up  # noqa: PLC0415 - Django must be set up first

    found = backing_up.list_in(_folder(settings))
    for path in found:
        head = backing_up.head_of(path)
        row = {"file": str(path), "made_at": head.made_at.isoformat(), "version": head.version,
               "database": head.database, "bytes": path.stat().st_size}  # fmt: skip
        show(row, as_json=as_json)
        if not as_json:
            click.echo()
    if not found and not as_json:
        click.echo("There is no backup in that folder.")


@backup.command()
@click.argument("file", type=_FILE)
@json_option
def check(file: Path, *, as_json: bool) -> None:
    """Open all of a backup and hold it against its list; ends with 1 where it was changed."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.config.clock import SystemClock  # noqa: PLC0415
    from baton.services.privacy import backing_up  # noqa: PLC0415

    keyset = _kept(wiring.keyset_file(settings)).load(SystemClock().now())
    found = backing_up.check(keyset, file, _tell)
    _told_over()
    show({**_row(found), "state": "whole"}, as_json=as_json)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--over", is_flag=True, help="Take the place of a database that lives; it is kept.")
@click.option("--erased", type=_FILE, help="The newest erased.jsonl, where it was kept elsewhere.")
@json_option
def restore(file: Path, erased: Path | None, *, over: bool, as_json: bool) -> None:
    """Put a backup back: into an empty place, with keyset.json in BATON_HOME."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.config.clock import SystemClock  # noqa: PLC0415
    from baton.services.privacy import backing_up  # noqa: PLC0415
    from baton.services.privacy.manifest import Manifest  # noqa: PLC0415
    from baton.store.backups import databases  # noqa: PLC0415

    now = SystemClock().now()
    keyset = _kept(wiring.keyset_file(settings)).load(now)
    with (
        only_process(settings),
        tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as opened,
    ):
        store = databases.this_one(settings.postgres_tools)
        if not store.is_empty and not over:
            message = (
                "A database lives here already. Name an empty one in BATON_HOME or "
                "BATON_DATABASE_URL, or say --over to put this backup in its place; it is kept."
            )
            raise Conflict(message)
        folder = Path(opened)
        head, copy = backing_up.open_into(keyset, file, folder, store, _tell)
        with wiring.restoring(settings) as place:
            aside = store.put(copy, now)
            backing_up.lay_beside(folder, place)
            if erased:
                place.erased.join(Manifest(path=erased))
            boot.migrate()
            house = wiring.install(settings, is_restoring=True)
            done = backing_up.settle(house, place, head, aside)
    _told_over()
    row = {"restored": head.made_at.isoformat(), "database_before": done.aside or "none",
           "erased_again": done.erased_again, "kept_by_a_hold": done.still_held,
           "in_doubt": done.in_doubt, "workspaces_paused": done.paused}  # fmt: skip
    show(row, as_json=as_json)
    if not as_json:
        click.echo(
            "Nothing begins by itself until a person resumes it in Settings, Sending. Look through "
            "what is in doubt first: baton parked list."
        )


def _folder(settings: Settings) -> Path:
    return settings.backup_folder or settings.home / "backups"


def _kept(file: KeysetFile) -> KeysetFile:
    if not file.path.exists():
        message = f"{file.path} is missing. Put the keyset.json that was kept apart there first."
        raise Conflict(message)
    return file


def _row(one: "Backup") -> dict[str, object]:
    return {
        "file": str(one.path),
        "made_at": one.head.made_at.isoformat(),
        "database": one.head.database,
        "bytes": one.bytes,
        "files": len(one.members),
        "sha256_of_database": one.members["database"].sha256,
    }


def _tell(doing: str, done: int, whole: int) -> None:
    if sys.stderr.isatty():
        share = min(100, 100 * done // max(whole, 1))
        click.echo(f"\r\x1b[K{doing} {share} %", err=True, nl=False)


def _told_over() -> None:
    if sys.stderr.isatty():
        click.echo("", err=True)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)  # so that what was begun is tidied up
