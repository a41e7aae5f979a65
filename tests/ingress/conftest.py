"""One installation a test, each in a database file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client
from pytest_django.plugin import DjangoDbBlocker

from baton.config.clock import VirtualClock
from baton.services.workspace.standards import StandardsCache
from tests.ingress.installation import (
    START,
    Installation,
    copy_of,
    install,
    make_template,
    served,
    untouched_of,
)
from tests.support.engines import default_database


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    with django_db_blocker.unblock():
        return make_template(tmp_path_factory)


@pytest.fixture(scope="session")
def untouched(
    template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> StandardsCache:
    with django_db_blocker.unblock():
        return untouched_of(template, tmp_path_factory.mktemp("untouched"))


@pytest.fixture
def gym(
    template: Path, untouched: StandardsCache, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        yield install(VirtualClock(START), known=untouched)


@pytest.fixture
def address(gym: Installation) -> Iterator[str]:
    with served(gym.app) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(base_url=address, timeout=30) as client:
        yield client
