"""The outside reader on PostgreSQL: sealed, in the trail, and asked, as on SQLite."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.stories import founding
from baton.config.stories.world import World
from baton.services.workspace.outside_readers import guardroom_of
from tests.nlu.outside.server import Server, running
from tests.services import test_outside_readers
from tests.services.test_outside_readers import STORY
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(
    migrated_postgres: PostgresServer,
    django_db_blocker: DjangoDbBlocker,
    request: pytest.FixtureRequest,
) -> Iterator[World]:
    own = migrated_postgres.create_migrated(f"outside_{request.node.name[:20]}")
    with django_db_blocker.unblock(), default_database(own):
        world = founding.make(STORY)
        yield world
        guardroom_of(world.house).close()


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def test_set_asked_and_taken_away(world: World, server: Server) -> None:
    test_outside_readers.test_settings_are_sealed_and_every_change_is_in_the_trail(world, server)
    test_outside_readers.test_once_it_is_off_nobody_is_asked(world, server)


def test_nobody_is_asked_while_locks_are_held(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_outside_readers.test_nobody_is_asked_while_locks_are_held(world, server, monkeypatch)
