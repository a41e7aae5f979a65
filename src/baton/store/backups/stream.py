"""A sealed file of any length: chunks that open only whole, in their order, to their end.

The head stands in clear: what file it is, and which keyset opens it. Each chunk is bound to the
head, to its number and to whether it is the last, so that a byte changed, a chunk dropped, moved
or taken from another backup, and a file that was cut short do not open.
"""

import hashlib
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from baton.core.errors import Conflict
from baton.store.crypto import Keyset, SealBroken, number_in

MAGIC: Final = b"BATON BACKUP 1\n"
_CHUNK = 1 << 20  # bytes that are sealed together: few enough to hold in memory
_MAX_SEALED = _CHUNK + 4096
_MAX_HEAD = 1 << 16
_LENGTH_BYTES = 4
_LEVEL = 1  # most of a database is sealed and does not pack: the quickest does as much as the best


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a backup without its key; it names nobody.

    `keyset` is the mark by which a database knows its keyset, `version` that of Baton.
    """

    id: str
    made_at: datetime
    version: str
    database: str
    keyset: str


class SealedWriter:
    """Writes what it is given into a file, sealed; `close` makes it whole."""

    def __init__(self, target: BinaryIO, head: Head, keyset: Keyset) -> None:
        told = msgspec.json.encode(head)
        self._target, self._keyset = target, keyset
        self._context = _context(told)
        self._held = bytearray()
        self._count = 0
        target.write(MAGIC + len(told).to_bytes(_LENGTH_BYTES, "big") + told)

    def write(self, data: bytes) -> int:
        """Take bytes; full chunks are sealed and written at once."""
        self._held += data
        while len(self._held) > _CHUNK:  # what may be the last chunk is kept back
            self._seal(bytes(self._held[:_CHUNK]), is_last=False)
            del self._held[:_CHUNK]
        return len(data)

    def close(self) -> None:
        """Seal what is left as the last chunk; the target stays open."""
        self._seal(bytes(self._held), is_last=True)

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        packed = zlib.compress(plain, _LEVEL)
        sealed = self._keyset.seal_bytes(packed, self._context(self._count, is_last=is_last))
        self._target.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._count += 1


class SealedReader:
    """Reads what a `SealedWriter` wrote; raises Conflict for anything else."""

    def __init__(self, source: BinaryIO, keyset: Keyset) -> None:
        self.head, told = _read_head(source)
        self._source, self._keyset = source, keyset
        self._context = _context(told)
        self._held = b""
        self._count = 0
        self._is_over = False
        if self.head.keyset != mark_of(keyset):
            message = (
                "This backup was sealed with another keyset. Put the keyset.json that was kept "
                "apart for it into BATON_HOME first; no other opens it."
            )
            raise Conflict(message)

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end; raises Conflict where it was changed."""
        while not self._held and not self._is_over:
            self._held = self._next()
        given, self._held = self._held[:size], self._held[size:]
        return given

    def finish(self) -> None:
        """Read to the end, so that a file cut short is found; raises Conflict."""
        while self.read(_CHUNK):
            pass

    def _next(self) -> bytes:
        length = int.from_bytes(_exactly(self._source, _LENGTH_BYTES), "big")
        if length > _MAX_SEALED:
            raise _changed()
        sealed = _exactly(self._source, length)
        follows = self._source.read(1)
        self._is_over = not follows
        if follows:
            self._source.seek(-1, 1)
        try:
            context = self._context(self._count, is_last=self._is_over)
            packed = self._keyset.unseal_bytes(sealed, context)
        except SealBroken as error:
            raise self._unopened(sealed) from error
        self._count += 1
        return zlib.decompressobj().decompress(packed, _CHUNK)

    def _unopened(self, sealed: bytes) -> Conflict:
        number = number_in(sealed)
        if self._count == 0 and number not in self._keyset.keys:
            message = (
                f"Key {number}, which sealed this backup, was retired from the keyset since. Put "
                "the keyset.json of that time into BATON_HOME."
            )
            return Conflict(message)
        return _changed()


def mark_of(keyset: Keyset) -> str:
    """Return the mark by which a database and its backups know their keyset."""
    return keyset.fingerprint("keyset", "baton")


def read_head(source: BinaryIO) -> Head:
    """Return what a backup tells without its key; raises Conflict for any other file."""
    return _read_head(source)[0]


def _read_head(source: BinaryIO) -> tuple[Head, bytes]:
    if source.read(len(MAGIC)) != MAGIC:
        message = "This file is no backup of Baton, or one of a version that this one cannot read."
        raise Conflict(message)
    length = int.from_bytes(_exactly(source, _LENGTH_BYTES), "big")
    if length > _MAX_HEAD:
        raise _changed()
    told = _exactly(source, length)
    try:
        return msgspec.json.decode(told, type=Head), told
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _changed() from error


def _context(told: bytes) -> Callable[..., str]:
    of_head = hashlib.sha256(told).hexdigest()

    def context(count: int, *, is_last: bool) -> str:
        return f"backup:{of_head}:{count}:{'last' if is_last else 'more'}"

    return context


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise _changed()
    return data


def _changed() -> Conflict:
    message = "This backup was changed or is not whole: it does not open. Take another one."
    return Conflict(message)
