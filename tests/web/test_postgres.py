"""The console on PostgreSQL: its lists, openings and verdicts are the same there."""

from collections.abc import Iterator

import pytest
from django.db import connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from baton.config import boot, wiring
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.reports.kpis import kpis_of
from baton.services import arrivals
from baton.services.desk import auditing
from baton.services.evidence import keeping
from baton.services.facts import MessageReceived
from baton.services.knowledge import authoring
from baton.store.crypto import keyset_from
from baton.store.models import Contact, Conversation, Episode, Merge, Message
from baton.store.queries.inbox import Folder
from tests.reports import test_kpi_families
from tests.reports.world import ALL, LIMITS
from tests.support.postgres import running_server
from tests.web import (
    test_confidence,
    test_conversation,
    test_flows,
    test_inbox,
    test_knowledge,
    test_learning,
    test_overview,
    test_review,
    test_triage,
    test_verdicts,
)
from tests.web.conftest import START, Gym, Screen, open_gym
from tests.web.spoken import a_house

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def _server() -> Iterator[dict[str, object]]:
    with running_server() as server:
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


def test_articles_and_what_they_did(gym: Gym, people: tuple[Screen, Screen]) -> None:
    sam, robin = people
    test_knowledge.test_another_process_answers_with_it_at_its_next_turn(gym, robin)
    authoring.set_archived(gym.house, robin.user, "opening_hours", is_archived=False)
    test_knowledge.test_each_number_is_the_conversations_that_it_opens(gym, sam)
    stale = test_knowledge.a_form(gym, seen="1")
    assert test_knowledge.save(robin, stale) == 409


def test_corrections(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_verdicts.test_what_is_said_last_of_the_same_words_wins(gym, people[0])


def test_taking_a_verdict_back(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_verdicts.test_the_last_verdict_can_be_taken_back(gym, *people)


def test_readers(gym: Gym, people: tuple[Screen, Screen]) -> None:
    quick = test_learning.with_quick_training(gym)
    test_learning.test_a_report_older_than_the_live_reader_is_not_enough(quick, people[1])


def test_two_trainings_at_once(gym: Gym, people: tuple[Screen, Screen]) -> None:
    quick = test_learning.with_quick_training(gym)
    test_learning.test_nothing_new_and_two_at_once_are_refused(quick, people[1])


def test_a_supervised_intent(gym: Gym, people: tuple[Screen, Screen]) -> None:
    quick = test_learning.with_quick_training(gym)
    test_learning.test_an_own_intent_starts_supervised_when_it_goes_live(quick, people[1])


def test_thresholds_and_triage(gym: Gym) -> None:
    spoken = open_gym("Southside Gym", house=a_house(gym.clock), clock=gym.clock)
    lead = spoken.screen_of(spoken.hire(f"Lead{spoken.workspace.id[-8:]}", Role.MANAGER))
    test_confidence.test_foresight_says_what_really_happens_afterwards(spoken, lead)
    test_triage.test_every_number_opens_what_it_counted(spoken, lead)


def test_an_overview(gym: Gym, people: tuple[Screen, Screen]) -> None:
    sam, robin = people
    test_overview.test_every_number_opens_and_takes_away_what_it_counted(gym, sam, robin)
    keeping.catch_up(gym.house, gym.workspace.id)
    kept = list(Episode.objects.filter(workspace_id=gym.workspace.id).order_by("id").values())
    Episode.objects.filter(workspace_id=gym.workspace.id).delete()
    keeping.rebuild(gym.house, gym.workspace.id)
    found = Episode.objects.filter(workspace_id=gym.workspace.id).order_by("id")
    assert list(found.values()) == kept != []


def test_flows_are_written_published_and_taken_back(
    gym: Gym, people: tuple[Screen, Screen]
) -> None:
    _sam, robin = people
    test_flows.test_a_running_contact_keeps_the_old_version_and_a_new_one_gets_the_new(gym, robin)
    test_flows.test_what_cannot_be_read_is_never_half_loaded(robin)


def test_two_write_one_flow(gym: Gym, people: tuple[Screen, Screen]) -> None:
    maya = gym.screen_of(gym.hire(f"Maya{gym.workspace.id[-8:]}", Role.OPERATIONS))
    test_flows.write_the_same_part(maya, people[1])


def test_waiting_runs_move(gym: Gym, people: tuple[Screen, Screen]) -> None:
    test_flows.test_waiting_runs_move_when_somebody_says_where_to(gym, people[1])


def test_contacts_are_listed_merged_and_parted(gym: Gym, people: tuple[Screen, Screen]) -> None:
    sam, robin = people
    mia, nia = (
        Conversation.objects.get(id=gym.hear(name, "Where can I park?", name=name)).contact_id
        for name in ("Mia", "Nia")
    )
    assert mia in sam.get("/contacts?q=mia&channel=webchat").text
    assert nia not in sam.get(f"/contacts?q={mia}").text
    sam.post(f"/contacts/{mia}/merge", other=nia, reason="they said so", htmx=False)
    message = MessageReceived(
        channel="webchat", inbox_id=gym.inbox.id, address="Nia", text="STOP", name=""
    )
    lane = arrivals.lane_of(gym.house.keyset, gym.workspace.id, "webchat", "Nia")
    with gym.house.engine.transaction():
        arrival = arrivals.arrival_of(
            message, gym.house.keyset, workspace_id=gym.workspace.id, lane=lane,
            dedupe_key="chat:Nia:1", received_at=gym.clock.now(),
        )  # fmt: skip
        gym.house.engine.inbox.append([arrival])
    gym.crew.loop.run_idle()
    assert Message.objects.get(client_id="1", contact_id=mia).delivery == "received"
    assert mia in sam.get("/contacts?permits=ended").text
    told = {"channel": "webchat", "purpose": "promotional", "source": "a call", "said": "given"}
    sam.post(f"/contacts/{mia}/consent", told, htmx=False)
    assert mia not in sam.get("/contacts?permits=promotions").text  # not later than the STOP
    sam.post(f"/contacts/{mia}/parts/{Merge.objects.get(contact_id=mia).id}", htmx=False)
    assert set(Contact.objects.filter(id__in=[mia, nia]).values_list("opted_out", flat=True)) == {
        "webchat"
    }
    assert "Nia" in robin.get(f"/contacts/{nia}/proof").text


@pytest.mark.req("RP7", "RP15")
def test_kpis_of_joined_rows_are_the_same(gym: Gym) -> None:
    assert gym.workspace.id
    for world, wanted in test_kpi_families.WORLDS:
        with transaction.atomic():
            world()
            found = kpis_of(ALL, LIMITS, wanted)
            assert {name: one.value for name, one in found.items()} == pytest.approx(wanted)
            transaction.set_rollback(True)
