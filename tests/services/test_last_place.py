"""Places under contention: of two who want the last one exactly one has it, on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.core.errors import Conflict
from baton.services.bookings import activities, counter, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import Wish
from baton.services.people import meeting
from baton.store.crypto import keyset_from
from baton.store.models import Booking, Slot
from tests.ingress.installation import copy_of, migrated_database
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer
from tests.web.conftest import START, Gym, open_gym

WANTED = 4


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def gym(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Gym]:
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            template = migrated_database(tmp_path_factory)
            database = copy_of(template, tmp_path_factory.mktemp("places"))
        else:
            server: PostgresServer = request.getfixturevalue("migrated_postgres")
            database = server.create_migrated("places")
        with default_database(database):
            clock = VirtualClock(START)
            house = wiring.build_house(keyset_from(b"places"), clock, seed=1)
            yield open_gym("Northside Gym", house=house, clock=clock)


def a_slot(gym: Gym, capacity: int) -> str:
    workspace_id = gym.workspace.id
    offer = Offer(name="Yoga", capacity=capacity)
    activity = activities.save(gym.house, workspace_id, offer, actor="system")
    starts = [START.replace(day=9)]
    [slot] = activities.add_slots(gym.house, workspace_id, activity, starts, actor="system")
    return slot


def everybody(gym: Gym) -> list[str]:
    return [
        meeting.meet(
            gym.house,
            gym.workspace.id,
            channel="webchat",
            inbox_id=gym.inbox.id,
            address=f"visitor-{number}",
            name=f"Visitor {number}",
            actor="system",
        )
        for number in range(WANTED)
    ]


def at_once(deeds: list[Callable[[], str]]) -> list[str]:
    """Do all at the same moment, each in a thread of its own; "" for what was refused."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], str]) -> str:
        barrier.wait()
        try:
            return deed()
        except Conflict:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def booking(gym: Gym, contact_id: str, slot: str, *, waits: bool = False) -> Callable[[], str]:
    wish = Wish(contact_id=contact_id, slot_id=slot, or_waits=waits)
    return lambda: places.book(gym.house, gym.workspace.id, wish, actor="user:1").id


@pytest.mark.req("AP8", "AP13")
def test_the_last_place_has_one_taker(gym: Gym) -> None:
    slot, contacts = a_slot(gym, 1), everybody(gym)
    taken = [one for one in at_once([booking(gym, who, slot) for who in contacts]) if one]
    assert len(taken) == 1
    # Whoever has it lets it go while somebody asks for it: nobody is doubled, nobody is lost.
    other = next(one for one in contacts if one != Booking.objects.get().contact_id)

    def give_up() -> str:
        return places.cancel(gym.house, gym.workspace.id, taken[0], actor="user:1").id

    at_once([give_up, booking(gym, other, slot, waits=True)])
    states = dict(Booking.objects.values_list("contact_id", "state"))
    assert states.pop(other) in {"booked", "held"}
    assert set(states.values()) == {"cancelled"}
    assert counter.free_places(Slot.objects.get(id=slot)) == 0
