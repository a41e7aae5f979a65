"""Whoever has an older schema with something in every table finds all of it after an upgrade."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from pytest_django.plugin import DjangoDbBlocker

from baton.config import boot
from tests.support.engines import default_database, sqlite_settings
from tests.support.postgres import PostgresServer

OLDER = ("0001_squashed_0068",)
"""Schemas that somebody may have: the last migration of each release, and the first squash."""

WITHOUT_CHECKS = {
    "sqlite": "PRAGMA ignore_check_constraints = ON",
    "postgresql": "SET session_replication_role = replica",  # no look at what a row refers to
}
COUNTED_ANEW: dict[tuple[str, str], object] = {
    ("store_evidenceplace", "seq"): 0,
    ("store_evidenceday", "digest"): "",
}
"""What an upgrade sets on purpose: evidence is folded once more from the rows that stay."""

Value: TypeAlias = int | float | str | bytes | None
VALUES: dict[str, Value] = {
    "BigAutoField": 1,
    "BigIntegerField": 1,
    "BinaryField": b"\x01sealed\x00",
    "BooleanField": True,
    "DateField": "2026-03-02",
    "DateTimeField": "2026-03-02 09:00:00",
    "DecimalField": "1.5",
    "FloatField": 1.5,
    "IntegerField": 1,
    "JSONField": '{"kept": [1, "två"]}',
    "PositiveIntegerField": 1,
    "PositiveSmallIntegerField": 1,
    "SmallIntegerField": 1,
    "TimeField": "09:00:00",
}


def value_of(field: "models.Field[object, object]") -> Value:
    kind = field.get_internal_type()
    if field.is_relation:
        return None if field.null else 1
    return VALUES.get(kind, f"kept-{field.column}"[: field.max_length or 99])


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    if request.param == "sqlite":
        settings = sqlite_settings(tmp_path / "old.sqlite3")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        settings = server.django_settings(server.create_database("older"))
    with django_db_blocker.unblock(), default_database(settings):
        yield


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("older", OLDER)
def test_an_upgrade_keeps_what_is_in_every_table(older: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("store", older)])
    tables = executor.loader.project_state(("store", older)).apps.get_app_config("store")
    models_then = list(tables.get_models(include_auto_created=False))
    names = {one._meta.db_table: one._meta.local_concrete_fields for one in models_then}
    assert len(names) > 50
    with connection.cursor() as cursor:
        # Rows of no sense: that they stay is what is looked at.
        cursor.execute(WITHOUT_CHECKS[connection.vendor])
        for name, fields in names.items():
            row = {f'"{field.column}"': value_of(field) for field in fields}
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(
                f'INSERT INTO "{name}" ({", ".join(row)}) VALUES ({marks})', list(row.values())
            )
    before = {name: rows_of(name) for name in names}
    boot.migrate()
    assert not boot.is_behind()
    for name, rows in before.items():
        [now] = rows_of(name)
        kept = {column: COUNTED_ANEW.get((name, column), was) for column, was in rows[0].items()}
        assert {column: now.get(column, "dropped") for column in kept} == kept, name


def rows_of(table: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
