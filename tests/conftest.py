"""How every test runs: properties without a deadline, and the same examples each time in CI."""

import gc
import os
import signal
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.ingress.installation import migrated_database
from tests.support.postgres import PostgresServer, running_server

# A deadline measures the machine. In CI the same examples each time: what new ones find belongs
# to whoever runs the suite and can mend it, not to an unrelated change.
settings.register_profile(
    "baton",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("baton")


def pytest_configure() -> None:
    # Told to end, as by a time limit, a run stops as with Ctrl+C: its servers and folders go too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


_IN_MEMORY = "file:tests?mode=memory&cache=shared"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests go to one process, for its fixtures are made once; so do all tests that need
    a browser, and all that need PostgreSQL.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/e2e/"):
            return "browser"
        if "postgres" in nodeid:
            return "postgres"
        return nodeid.partition("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end: looking through it for garbage finds none."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    # As a server has it: what a test makes goes mostly by itself when the test ends.
    gc.set_threshold(50_000, 20, 50)
    return collected


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: no process ends alone with it."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("browser", "long"))))


@pytest.fixture(scope="session")
def django_db_setup(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The database in memory, filled from the one that a run migrates once."""
    with django_db_blocker.unblock():
        migrated = migrated_database(tmp_path_factory)
        # It lives as long as somebody is connected: tests put other databases in its place.
        with closing(sqlite3.connect(_IN_MEMORY, uri=True)) as kept:
            with closing(sqlite3.connect(migrated)) as source:
                source.backup(kept)
            connections["default"].close()
            del connections["default"]
            connections.settings["default"]["NAME"] = _IN_MEMORY
            yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres_server: PostgresServer, django_db_blocker: DjangoDbBlocker
) -> PostgresServer:
    """The server, ready to create databases of the newest schema."""
    with django_db_blocker.unblock():
        postgres_server.migrate()
    return postgres_server
