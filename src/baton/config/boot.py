"""Starts Django and installs the house: what every command and server does first."""

import os
from pathlib import Path

import django
from django.core.management import call_command

from baton.config.settings import Settings


def boot(*, home: Path | None = None, database_url: str | None = None) -> Settings:
    """Start Django on the environment's settings, or on a home and database given here."""
    if home is not None:
        os.environ["BATON_HOME"] = str(home)
    if database_url is not None:
        os.environ["BATON_DATABASE_URL"] = database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baton.config.django")
    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    django.setup()
    return settings


def is_behind() -> bool:
    """Return whether the database lacks something of this version's schema."""
    # Imported where it is asked: Django must be set up first.
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this version's schema; keeps all data, may be run again."""
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("createcachetable", verbosity=verbosity)
