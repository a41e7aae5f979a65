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
        self._was_noted = False
        pre_migrate.connect(self._note_nothing, sender=self, dispatch_uid="baton.store.marking")
        post_migrate.connect(self._note_changes, sender=self, dispatch_uid="baton.store.marking")

    def _note_nothing(self, **_told: Any) -> None:
        """Take the triggers away: SQLite alters no table that one of them names."""
        from baton.store import marking  # noqa: PLC0415 - models are known only now

        self._was_noted = not marking.missing()
        marking.remove()

    def _note_changes(self, plan: object = (), **_told: Any) -> None:
        """Have changes noted again; what a migration changed, or nobody noted, is read anew."""
        from baton.store import marking  # noqa: PLC0415 - models are known only now

        marking.install()
        if plan or not self._was_noted:
            marking.note_all()


def _prepare(connection: BaseDatabaseWrapper, **_told: Any) -> None:
    if connection.vendor == "postgresql":
        from baton.store.runtime_store import moments  # noqa: PLC0415 - SQLite is without psycopg

        moments.remember(connection.connection)
