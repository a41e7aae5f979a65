"""The keyset as it lies on disk: numbered keys, which of them seals, and when each was made.

The file is readable by its owner alone. With a key service the keys lie in it wrapped: only
the service's command opens them, so that who copies the disk has nothing.
"""

import base64
import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock

from baton.core.errors import Conflict
from baton.store import secret_file
from baton.store.crypto import Keyset

_KEY_BYTES = 32
_LONGEST_ANSWER = 30  # seconds: a key service is asked at starts and rotations only

Raw: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyService:
    """A program that wraps and unwraps keys by a key that it does not give away.

    It is called with `wrap` or `unwrap` as its last argument, reads one from standard input and
    writes the other to standard output: a line of shell around the tool of any key service.
    """

    command: str

    def ask(self, act: Literal["wrap", "unwrap"], given: bytes) -> bytes:
        """Return the wrapped or unwrapped keys; raises Conflict when the program fails."""
        try:
            done = subprocess.run(
                [*shlex.split(self.command), act],
                input=given,
                capture_output=True,
                timeout=_LONGEST_ANSWER,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"The key service cannot be asked ({type(error).__name__}): BATON_KEY_COMMAND"
            raise Conflict(message) from error
        if done.returncode or not done.stdout:
            message = f"The key service refused to {act} the keyset, code {done.returncode}."
            raise Conflict(message)
        return done.stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysetFile:
    """Where an installation keeps its keys; changes are written whole, one process at a time."""

    path: Path
    service: KeyService | None = None

    def load(self, now: datetime) -> Keyset:
        """Read the keyset, made on first use with one key; raises Conflict if it stays closed."""
        secret_file.ensure(self.path, lambda: self._packed(_fresh(now)))
        if self.service is not None and "wrapped" not in json.loads(self.path.read_text()):
            with self._held():  # the service came later than the keys
                self._write(self._read())
        return self._keyset()

    def made_at(self) -> dict[int, datetime | None]:
        """Return when each key was made; None of one that is older than this note."""
        raw = self._read()
        made = raw.get("made", {})
        return {
            int(number): datetime.fromisoformat(made[number]) if number in made else None
            for number in raw["keys"]
        }

    def add_key(self, now: datetime) -> int:
        """Make a new key, which seals from now on; return its number."""
        with self._held():
            raw = self._read()
            number = max(map(int, raw["keys"])) + 1
            raw["keys"][str(number)] = _key()
            raw["made"] = {**raw.get("made", {}), str(number): now.isoformat()}
            raw["primary"] = number
            self._write(raw)
        return number

    def drop_keys(self, numbers: Collection[int]) -> None:
        """Forget keys that seal nothing any more; the one in use stays."""
        with self._held():
            raw = self._read()
            for number in set(numbers) - {raw["primary"]}:
                raw["keys"].pop(str(number), None)
                raw.get("made", {}).pop(str(number), None)
            self._write(raw)

    def _keyset(self) -> Keyset:
        raw = self._read()
        return Keyset(
            primary=raw["primary"],
            keys={int(number): AESGCM(_bytes(key)) for number, key in raw["keys"].items()},
            lookup=_bytes(raw["lookup"]),
            reread=self._keyset,
        )

    def _held(self) -> FileLock:
        return FileLock(self.path.with_name(f".{self.path.name}.lock"), mode=0o600)

    def _read(self) -> Raw:
        raw: Raw = json.loads(self.path.read_text())
        if "wrapped" not in raw:
            return raw
        if self.service is None:
            message = (
                f"{self.path} is wrapped by a key service. Set BATON_KEY_COMMAND to the command "
                "that opens it."
            )
            raise Conflict(message)
        opened: Raw = json.loads(self.service.ask("unwrap", _bytes(raw["wrapped"])))
        return opened

    def _packed(self, raw: Mapping[str, Any]) -> str:
        told = json.dumps(raw)
        if self.service is None:
            return told
        wrapped = base64.b64encode(self.service.ask("wrap", told.encode())).decode()
        return json.dumps({"wrapped": wrapped})

    def _write(self, raw: Mapping[str, Any]) -> None:
        """Put the file in its place whole: who reads it meanwhile sees the one before."""
        folder = self.path.parent
        told = self._packed(raw)
        with tempfile.NamedTemporaryFile(
            "w", dir=folder, prefix=f".{self.path.name}-", delete=False
        ) as draft:
            draft.write(told)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(self.path)


def _fresh(now: datetime) -> Raw:
    made = {"1": now.isoformat()}
    return {"primary": 1, "keys": {"1": _key()}, "lookup": _key(), "made": made}


def _key() -> str:
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _bytes(told: str) -> bytes:
    return base64.b64decode(told)
