"""The Django app that holds every table."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from typing_extensions import override


class StoreConfig(AppConfig):
    """All rooms share one schema and one migration history."""

    name = "baton.store"
    label = "store"

    @override
    def ready(self) -> None:
        """Have every connection to PostgreSQL read moments as fast as those to SQLite do."""
        connection_created.connect(_prepare, dispatch_uid="baton.store")


def _prepare(connection: BaseDatabaseWrapper, **_told: Any) -> None:
    if connection.vendor == "postgresql":
        from baton.store.runtime_store import moments  # noqa: PLC0415 - SQLite is without psycopg

        moments.remember(connection.connection)
