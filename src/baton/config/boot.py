"""Starts Django and installs the house: what every command and server does first."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import django
from django.conf import settings as django_settings
from django.core.management import call_command

from baton.config import extensions, variables
from baton.config.settings import Settings
from baton.runtime import outward

_MIGRATING = 0x6261746F6E  # the number of the lock: "baton"


def boot(*, home: Path | None = None, database_url: str | None = None) -> Settings:
    """Start Django on the environment's settings, or on a home and database given here."""
    if home is not None:
        os.environ["BATON_HOME"] = str(home)
    if database_url is not None:
        os.environ["BATON_DATABASE_URL"] = database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baton.config.django")
    variables.adopt_file()
    settings = Settings.from_environment()
    outward.permit(settings.own_network)
    settings.home.mkdir(parents=True, exist_ok=True)
    django.setup()
    extensions.load()
    _keep_to_owner()
    return settings


def _keep_to_owner() -> None:
    """Make the embedded database's file, where there is none, so that only its owner reads it."""
    said = django_settings.DATABASES["default"]
    is_in_memory = said["NAME"] == ":memory:" or "mode=memory" in str(said["NAME"])
    if said["ENGINE"].endswith("sqlite3") and not is_in_memory:
        with suppress(OSError):  # it is there, or its folder is not: told where it is opened
            os.close(os.open(said["NAME"], os.O_CREAT | os.O_EXCL, 0o600))


def is_behind() -> bool:
    """Return whether the database lacks something of this version's schema."""
    # Imported where it is asked: Django must be set up first.
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this version's schema; keeps all data, may be run again."""
    with _one_at_a_time():
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=verbosity)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let processes that start together bring a shared database up one after the other."""
    # Imported where it is asked: Django must be set up first.
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
