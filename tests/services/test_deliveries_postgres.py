"""Messages at a provider on PostgreSQL: held, told in any order and looked up, as on SQLite."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.channels.sms.settings import TwilioSettings
from baton.config.bench.queued import Queued
from baton.core.delivery import Delivery as Fate
from baton.services.desk import channel_desk
from baton.store.models import Suppression
from tests.nlu.outside.server import Server, running
from tests.services.test_deliveries import HOURS, SID, Gym, a_gym, hangs_up, listed
from tests.support.effects import START
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def provider() -> Iterator[Server]:
    with running() as server:
        server.answers({"sid": SID}, status=201)
        yield server


@pytest.fixture
def gym(
    migrated_postgres: PostgresServer, django_db_blocker: DjangoDbBlocker, provider: Server
) -> Iterator[Gym]:
    own = migrated_postgres.create_migrated("deliveries")
    with django_db_blocker.unblock(), default_database(own), a_gym(provider) as gym:
        yield gym


def test_a_message_goes_its_way(gym: Gym) -> None:
    gym.hears(HOURS)
    assert gym.fates == [("sent", "")]
    gym.reports(Fate.DELIVERED)
    gym.reports(Fate.SENT, named=False)
    assert gym.fates == [("delivered", "")]
    hangs_up(gym)
    gym.hears("Do you have a pool?")
    listed(gym, sid="SM" + "0c" * 16, body="nothing of ours")
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates[1] == ("unknown", "not_found")
    gym.provider.answers({"code": 21211}, status=400)
    gym.hears("Where can I park?")
    assert gym.fates[-1] == ("failed", "unknown_number")
    assert Suppression.objects.get(lifted_at=None).reason == "unknown_number"
    lines = channel_desk.list_lines(gym.world.house, gym.world.workspace_id)
    traffic = {line.id: line.traffic for line in lines}[gym.inbox.id]
    assert (traffic.failed, traffic.unclear, traffic.waiting) == (1, 1, 0)
    assert traffic.last_in_at == gym.world.now - timedelta(seconds=3)


def test_two_senders_of_a_worker_send_each_message_once(
    migrated_postgres: PostgresServer, django_db_blocker: DjangoDbBlocker, provider: Server
) -> None:
    settings = TwilioSettings(
        account_sid=f"AC{0:032x}", auth_token="t", sender="+15005550006", base=provider.url
    )
    own = migrated_postgres.create_migrated("senders")
    with django_db_blocker.unblock(), default_database(own):
        place = Queued(START, settings, "Tomorrow 18:00: Yoga.")
        place.fill(120)
        assert place.send() == 120
        place.crew.close()
    told = [parse_qs(asked.body.decode())["To"][0] for asked in provider.asked]
    assert len(told) == len(set(told)) == 120
