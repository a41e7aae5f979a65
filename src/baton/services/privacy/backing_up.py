"""Backups: made while Baton serves, opened by its keyset alone, and put back without doing twice.

A backup holds the database with its files, who was erased, how far the audit trails came, and own
packs. It holds no keys: whoever has both has everything, so the keys are kept apart.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import baton
from baton.core.errors import Conflict
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.privacy import erasing
from baton.services.privacy.manifest import Manifest
from baton.store.backups import archive, databases
from baton.store.backups.archive import Members
from baton.store.backups.databases import Store
from baton.store.backups.stream import Head, SealedReader, SealedWriter, mark_of, read_head
from baton.store.crypto import Keyset
from baton.store.models import Installation, Workspace
from baton.store.runtime_store import parked

ENDING: Final = ".baton"
_PREFIX = "baton-"
_DRAFT = ".backup-"
_LEFT_AFTER = timedelta(days=1)  # no backup takes as long
_RESTORED = "backup_restored"
_MAX_PROBLEM = 300
_BEFORE_RESTORED = "restored from a backup: it may have been done since that was made"
_SCHEMA = "schema.txt"

Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What of an installation lies outside its database: notes and own packs, and no keys."""

    erased: Manifest
    anchors: Path
    packs: Path

    def files(self) -> dict[str, Path]:
        """Return each file that goes into a backup, by its name there."""
        found = {"erased.jsonl": self.erased.path, "audit-anchors.jsonl": self.anchors}
        inside = sorted(self.packs.rglob("*")) if self.packs.is_dir() else []
        found |= {f"packs/{one.relative_to(self.packs).as_posix()}": one for one in inside}
        return {
            name: path for name, path in found.items() if path.is_file() and not path.is_symlink()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made or looked through; `members` are its files by name."""

    path: Path
    head: Head
    bytes: int
    members: Members


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of a restore: where the old database is, who was erased again, what waits.

    `still_held` were erased since the backup, and a legal hold that it brought back keeps them.
    """

    aside: str
    erased_again: int
    still_held: int
    in_doubt: int
    paused: int


def name_at(now: datetime) -> str:
    """Return a file's name that sorts as time does."""
    return f"{_PREFIX}{now:%Y%m%dT%H%M%SZ}{ENDING}"


def list_in(folder: Path) -> list[Path]:
    """Return the backups in a folder, oldest first."""
    return sorted(folder.glob(f"{_PREFIX}*{ENDING}")) if folder.is_dir() else []


def take(house: House, store: Store, place: Place, target: Path, told: Told) -> Backup:
    """Make a backup while others work; raises Conflict where it cannot be made."""
    if target.exists():
        message = f"{target} is there already. Name another file."
        raise Conflict(message)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _require_room(store, target.parent)
    now = house.clock.now()
    vendor = "sqlite" if isinstance(store, databases.SqliteStore) else "postgresql"
    head = Head(
        id=secrets.token_hex(16),
        made_at=now,
        version=baton.__version__,
        database=vendor,
        keyset=mark_of(house.keyset),
    )
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_DRAFT) as folder:
        copy, sealed, schema = (Path(folder) / one for one in ("copy", "sealed", _SCHEMA))
        store.take(copy, lambda done, whole: told("copied", done, whole))
        schema.write_text("\n".join(sorted(_own_migrations())))
        files = {archive.DATABASE: copy, _SCHEMA: schema, **place.files()}
        whole = sum(path.stat().st_size for path in files.values())
        with sealed.open("wb") as kept:
            writer = SealedWriter(kept, head, house.keyset)
            members = archive.pack(files, writer, _adding(told, "sealed", whole))
            kept.flush()
            os.fsync(kept.fileno())
        sealed.chmod(0o600)
        sealed.rename(target)
    size = target.stat().st_size
    Installation.objects.update(backed_up_at=now, backup_bytes=size, backup_problem="")
    return Backup(path=target, head=head, bytes=size, members=members)


def note_problem(problem: str) -> None:
    """Note why no backup could be made, where people see it."""
    Installation.objects.update(backup_problem=problem[:_MAX_PROBLEM])


def check(keyset: Keyset, path: Path, told: Told) -> Backup:
    """Open all of a backup and hold it against its list; raises Conflict where it was changed."""
    size = path.stat().st_size
    with path.open("rb") as source:
        reader = SealedReader(source, keyset)
        members = archive.unpack(reader, _adding(told, "checked", size))
    return Backup(path=path, head=reader.head, bytes=size, members=members)


def head_of(path: Path) -> Head:
    """Return what a backup tells without its key; raises Conflict for another file."""
    with path.open("rb") as source:
        return read_head(source)


def open_into(
    keyset: Keyset, path: Path, folder: Path, store: Store, told: Told
) -> tuple[Head, Path]:
    """Open a whole backup into a folder; return its head and its database's copy.

    Raises Conflict where it was changed, or is of another kind of database or a newer version.
    """
    size = path.stat().st_size
    with path.open("rb") as source:
        reader = SealedReader(source, keyset)
        wanted = "sqlite" if isinstance(store, databases.SqliteStore) else "postgresql"
        if reader.head.database != wanted:
            message = (
                f"This backup is of {reader.head.database}, and BATON_DATABASE_URL names "
                f"{wanted}. Restore it where it was made."
            )
            raise Conflict(message)
        archive.unpack(reader, _adding(told, "opened", size), into=folder)
    newer = set((folder / _SCHEMA).read_text().split()) - set(_own_migrations())
    if newer:
        message = (
            f"This backup was made by Baton {reader.head.version}, whose schema is newer than "
            f"this version's ({min(newer)}). Install that version or a later one."
        )
        raise Conflict(message)
    return reader.head, folder / archive.DATABASE


def lay_beside(folder: Path, place: Place) -> None:
    """Put back what lay beside the database; erasures noted since the backup stay noted."""
    place.erased.join(Manifest(path=folder / "erased.jsonl"))
    packs = folder / "packs"
    if packs.is_dir():
        shutil.copytree(packs, place.packs, dirs_exist_ok=True)
    anchors = folder / "audit-anchors.jsonl"
    if anchors.exists() and not place.anchors.exists():
        shutil.copyfile(anchors, place.anchors)


def settle(house: House, place: Place, head: Head, aside: str) -> Restored:
    """Make a database that was put back safe to start.

    Who was erased since is erased again. What was to be sent when the backup was made may have
    been sent since: it is in doubt, and nothing begins by itself until a person says so.
    """
    again = erasing.erase_again(house, place.erased)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        in_doubt = parked.doubt(ledger.now, _BEFORE_RESTORED)
        paused = 0
        for workspace_id in Workspace.objects.values_list("id", flat=True):
            paused += Workspace.objects.filter(id=workspace_id, paused_at=None).update(
                paused_at=ledger.now,
                paused_by_id=None,
                pause_reason=f"Restored from the backup of {head.made_at:%Y-%m-%d %H:%M} UTC: "
                "what was sent since is not known here.",
            )
            subject = f"workspace:{workspace_id}"
            ledger.audit(
                workspace_id, "system", _RESTORED, subject,
                backup=head.id, made_at=head.made_at.isoformat(),
            )  # fmt: skip
        ledger.flush()
    return Restored(
        aside=aside,
        erased_again=again.erased,
        still_held=again.held,
        in_doubt=in_doubt,
        paused=paused,
    )


def prune(folder: Path, keep: int, now: datetime) -> list[Path]:
    """Delete the oldest daily backups beyond so many; return them.

    What a backup that was killed left half-made goes as well.
    """
    for left in folder.glob(f"{_DRAFT}*"):
        if now.timestamp() - left.stat().st_mtime > _LEFT_AFTER.total_seconds():
            shutil.rmtree(left, ignore_errors=True)
    old = list_in(folder)[:-keep]
    for one in old:
        one.unlink(missing_ok=True)
    return old


def _require_room(store: Store, folder: Path) -> None:
    needed = 2 * store.size()  # a copy, and what it is sealed into
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = (
            f"{folder} has {free >> 20} MB left, and a backup needs up to {needed >> 20} MB while "
            "it is made. Free some, or name another folder."
        )
        raise Conflict(message)


def _own_migrations() -> list[str]:
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - for backups alone

    loader = MigrationLoader(None)
    return [f"{app}.{name}" for app, name in loader.disk_migrations]


def _adding(told: Told, doing: str, whole: int) -> archive.Told:
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        told(doing, done, whole)

    return add
