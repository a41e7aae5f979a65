"""Who was erased, noted outside the database: no restored backup brings them back."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure: ids that lead to nobody, unless a backup holds them still."""

    workspace_id: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A file of lines beside the keyset; backups leave it where it is."""

    path: Path

    def add(self, line: Line) -> None:
        """Note an erasure, before it is carried out."""
        told = {"workspace": line.workspace_id, "contacts": line.contacts}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self.path, flags, 0o600), "a") as kept:
            kept.write(json.dumps(told) + "\n")
            kept.flush()
            os.fsync(kept.fileno())

    def join(self, other: "Manifest") -> int:
        """Note besides what another file notes; return how many lines were new."""
        known = set(self.lines())
        new = [line for line in dict.fromkeys(other.lines()) if line not in known]
        for line in new:
            self.add(line)
        return len(new)

    def lines(self) -> Iterator[Line]:
        """Yield what was noted, oldest first."""
        if self.path.exists():
            for text in self.path.read_text().splitlines():
                told = json.loads(text)
                yield Line(told["workspace"], tuple(told["contacts"]))
