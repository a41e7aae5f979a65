"""What lies in a backup: the database, notes kept beside it, own packs, and a list with hashes."""

import hashlib
import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

import msgspec

from baton.core.errors import Conflict
from baton.store.backups.stream import SealedReader, SealedWriter

DATABASE: Final = "database"
_LIST = "manifest.json"
_MAX_LIST = 1 << 24
_PIECE = 1 << 20

Told = Callable[[int], None]
"""Is told how many bytes were done since it was last called."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup."""

    bytes: int
    sha256: str


Members = dict[str, Member]


def pack(files: Mapping[str, Path], writer: SealedWriter, told: Told) -> Members:
    """Write files under their names, then the list of them."""
    members: Members = {}
    with tarfile.open(fileobj=cast("IO[bytes]", writer), mode="w|", bufsize=_PIECE) as archive:
        for name, path in files.items():
            with path.open("rb") as source:
                heard = _Heard(source, told)
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = path.stat().st_size, 0o600
                archive.addfile(entry, cast("IO[bytes]", heard))
            members[name] = Member(bytes=entry.size, sha256=heard.sha256.hexdigest())
        listed = msgspec.json.encode(members)
        entry = tarfile.TarInfo(_LIST)
        entry.size, entry.mode = len(listed), 0o600
        archive.addfile(entry, io.BytesIO(listed))
    writer.close()
    return members


def unpack(reader: SealedReader, told: Told, *, into: Path | None = None) -> Members:
    """Hold a whole backup against its own list, writing it into a folder if one is named.

    Raises Conflict where it was changed; what was written by then is nothing to go by.
    """
    found: Members = {}
    listed: Members | None = None
    with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|", bufsize=_PIECE) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is None or listed is not None:
                raise _odd(entry.name)
            if entry.name == _LIST:
                listed = msgspec.json.decode(content.read(_MAX_LIST), type=Members)
                continue
            target = None if into is None else into / _safe(entry.name)
            heard = _Heard(content, told)
            _copy(heard, target)
            found[entry.name] = Member(bytes=entry.size, sha256=heard.sha256.hexdigest())
    reader.finish()
    if listed is None or listed != found or DATABASE not in found:
        raise _odd(_LIST)
    return found


class _Heard:
    """A file whose bytes are counted and hashed as they are read."""

    def __init__(self, source: IO[bytes], told: Told) -> None:
        self._source, self._told = source, told
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.sha256.update(data)
        self._told(len(data))
        return data


def _copy(source: _Heard, target: Path | None) -> None:
    if target is None:
        while source.read(_PIECE):
            pass
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as kept:
        while data := source.read(_PIECE):
            kept.write(data)


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise _odd(name)
    return path


def _odd(name: str) -> Conflict:
    return Conflict(f"This backup does not hold what its list says: {name}. Take another one.")
