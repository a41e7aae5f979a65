"""The three engines that must behave alike."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.runtime.memory import MemoryEngine
from baton.runtime.ports import Engine
from baton.store.runtime_store import DjangoEngine
from tests.support.engines import create_tables, database_alias, empty_tables, sqlite_settings
from tests.support.postgres import PostgresServer

ENGINES = ("memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
DATABASES = ENGINES[1:]


@pytest.fixture(scope="session")
def postgres_database(
    postgres_server: PostgresServer, django_db_blocker: DjangoDbBlocker
) -> PostgresServer:
    postgres_server.create_database("runtime")
    settings = postgres_server.django_settings("runtime")
    with django_db_blocker.unblock(), database_alias("runtime_template", settings) as alias:
        create_tables(alias)
    return postgres_server


@pytest.fixture(scope="session")
def sqlite_template(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    settings = sqlite_settings(path)
    with django_db_blocker.unblock(), database_alias("runtime_template", settings) as alias:
        create_tables(alias)
    return path


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "baton.sqlite3"))


@pytest.fixture
def database_settings(database: str, request: pytest.FixtureRequest) -> dict[str, object]:
    """The entry for DATABASES of the parameter `database`, with empty tables."""
    if database == "sqlite":
        return sqlite_settings(request.getfixturevalue("sqlite_path"))
    server: PostgresServer = request.getfixturevalue("postgres_database")
    return server.django_settings("runtime")


@pytest.fixture
def alias(
    database: str, database_settings: dict[str, object], django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A Django alias of the parameter `database`, with empty tables."""
    with django_db_blocker.unblock(), database_alias("runtime", database_settings) as name:
        if database == "postgres":
            empty_tables(name)
        yield name


@pytest.fixture
def django_engine(alias: str) -> DjangoEngine:
    return DjangoEngine(alias)


@pytest.fixture
def engine(database: str, request: pytest.FixtureRequest) -> Engine:
    """The engine of the parameter `database`."""
    if database == "memory":
        return MemoryEngine()
    found: DjangoEngine = request.getfixturevalue("django_engine")
    return found
