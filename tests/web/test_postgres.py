"""The console on PostgreSQL: its lists, openings and verdicts are the same there."""

from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from baton.config import boot, wiring
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.services import auditing
from baton.store.crypto import keyset_from
from baton.store.queries.inbox import Folder
from tests.support.postgres import running_server
from tests.web import test_conversation, test_inbox, test_review
from tests.web.conftest import START, Gym, Screen, open_gym

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    with running_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server.django_settings(server.create_database("console"))


@pytest.fixture
def gym(_server: dict[str, object], django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    earlier = connections.settings["default"]
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = {**earlier, "OPTIONS": {}, **_server}
    try:
        with django_db_blocker.unblock():
            boot.migrate()
            clock = VirtualClock(START)
            house = wiring.build_house(keyset_from(b"tests"), clock)
            yield open_gym("Northside Gym", house=house, clock=clock)
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = earlier


@pytest.fixture
def people(gym: Gym) -> tuple[Screen, Screen]:
    """An agent and a manager; the database outlives a test, so each has names of its own."""
    mark = gym.workspace.id[-8:]
    skills = ("billing", "retention", "clinical", "bookings")
    sam = gym.hire(f"Sam{mark}", Role.AGENT, skills=skills)
    return gym.screen_of(sam), gym.screen_of(gym.hire(f"Robin{mark}", Role.MANAGER))


def test_lists(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_inbox.test_folders_hold_what_they_say(gym, *people)
    test_inbox.test_search_finds_by_id_type_tag_and_queue_in_every_folder(gym, people[0], "#{end}")


@pytest.mark.parametrize("folder", [Folder.QUEUE, Folder.BOT])
def test_pages(gym: Gym, people: tuple[Screen, Screen], folder: Folder) -> None:
    test_inbox.test_pages_join_without_gap_or_repeat(gym, people[0], folder)


def test_scores(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_inbox.test_the_database_scores_urgency_as_the_rule_does(gym, people[0])


def test_a_conversation_and_its_trail(gym: Gym, people: tuple[Screen, Screen]) -> None:
    sam, robin = people
    refund = gym.hear("mia", test_conversation.REFUND)
    test_conversation.test_taking_replying_noting_and_resolving(gym, sam, refund)
    assert "The chain is whole" in robin.post("/audit/verify").text
    assert robin.get("/audit?action=transcript_opened").text.count("<tr>") == 2
    assert auditing.verify(gym.workspace.id) is None


def test_a_verdict(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_review.test_a_verdict_is_kept_logged_and_clears_the_mark(gym, people[0])
