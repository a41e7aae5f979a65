"""Anchors of the audit trail: where it stood, noted outside the database and signed by the keyset.

Whoever can write to the database could write the whole chain anew; against an anchor it does
not hold. Keep copies of the file where nobody who runs Baton can change them.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from baton.core.errors import Conflict
from baton.services.house import House
from baton.store.crypto import Keyset
from baton.store.models import Workspace

_EVERY = timedelta(hours=1)


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """The newest entry of a workspace's chain at a moment; `proof` tells that Baton noted it."""

    workspace: str
    seq: int
    hash: str
    at: datetime
    proof: str = ""


def read(path: Path, keyset: Keyset) -> dict[str, dict[int, str]]:
    """Return the hashes that a file of anchors notes, by workspace and place.

    Raises Conflict for a line that this installation did not write.
    """
    noted: dict[str, dict[int, str]] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            one = msgspec.json.decode(line, type=Anchor)
        except msgspec.DecodeError as error:
            message = f"line {number} of {path} is no anchor"
            raise Conflict(message) from error
        if one.proof != _proof(keyset, one):
            message = f"line {number} of {path} was changed, or is of another installation"
            raise Conflict(message)
        noted.setdefault(one.workspace, {})[one.seq] = one.hash
    return noted


def taken(house: House) -> Iterator[Anchor]:
    """Yield where the chain of every workspace stands."""
    heads = Workspace.objects.filter(audit_seq__gt=0).order_by("id")
    for workspace, seq, head in heads.values_list("id", "audit_seq", "audit_head"):
        one = Anchor(workspace=workspace, seq=seq, hash=head, at=house.clock.now())
        yield msgspec.structs.replace(one, proof=_proof(house.keyset, one))


def append(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add anchors to a file, which only its owner may read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(path, flags, 0o600), "ab") as kept:
        for one in anchors:
            kept.write(msgspec.json.encode(one) + b"\n")


@dataclass(slots=True, kw_only=True)
class Anchorer:
    """Notes once an hour where each chain stands, if it went on."""

    house: House
    path: Path
    _looked_at: datetime | None = None
    _noted: dict[str, int] = field(default_factory=dict)

    def run_once(self) -> int:
        """Note what went on since the last hour; nothing of it is work that others wait for."""
        now = self.house.clock.now()
        if self._looked_at is not None and now - self._looked_at < _EVERY:
            return 0
        self._looked_at = now
        moved = [one for one in taken(self.house) if self._noted.get(one.workspace) != one.seq]
        if moved:
            append(self.path, moved)
            self._noted |= {one.workspace: one.seq for one in moved}
        return 0


def _proof(keyset: Keyset, one: Anchor) -> str:
    told = [one.workspace, one.seq, one.hash, one.at.isoformat()]
    return keyset.fingerprint("audit.anchor", json.dumps(told))


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []
