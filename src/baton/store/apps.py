"""The Django app that holds every table."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from typing_extensions import override


class StoreConfig(AppConfig):
    """All rooms share one schema and one migration history."""

    name = "baton.store"
    label = "store"

    @override
    def ready(self) -> None:
        """Have PostgreSQL's connections read moments fast, and rows that change be noted."""
        connection_created.connect(_prepare, dispatch_uid="baton.store")
        pre_migrate.connect(_note_nothing, sender=self, dispatch_uid="baton.store.marking")
        post_migrate.connect(_note_changes, sender=self, dispatch_uid="baton.store.marking")


def _prepare(connection: BaseDatabaseWrapper, **_told: Any) -> None:
    if connection.vendor == "postgresql":
        from baton.store.runtime_store import moments  # noqa: PLC0415 - SQLite is without psycopg

        moments.remember(connection.connection)


def _note_nothing(**_told: Any) -> None:
    """Take the triggers away: SQLite alters no table that one of them names."""
    from baton.store import marking  # noqa: PLC0415 - models are known only now

    marking.remove()


def _note_changes(plan: object = (), **_told: Any) -> None:
    """Have changes noted again; what a migration made of rows is read anew."""
    from baton.store import marking  # noqa: PLC0415 - models are known only now

    marking.install()
    if plan:
        marking.note_all()
