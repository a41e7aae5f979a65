"""One-tap pages and the staff's own for a booking that another system keeps: done there as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors.calcom.settings import CalcomSettings
from baton.core.bookings import State
from baton.core.records import BookingRecord, Person, stamp_of
from baton.services.ledger import Ledger
from baton.services.systems import recording, systems
from baton.services.workspace import inboxes, one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Booking, BookingChange, ConnectedSystem, RuntimeEvent
from tests.connectors.keepers import Keeper, keyed
from tests.nlu.outside.server import Answer, Server, running
from tests.web.conftest import START, Gym, Screen

LATER = datetime(2026, 3, 10, 16, tzinfo=UTC)
_AS_PERSON = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Mia's appointment in a calendar of Cal.com's."""

    gym: Gym
    keeper: Keeper
    server: Server

    @property
    def booking(self) -> Booking:
        return Booking.objects.get()

    def path(self, errand: Errand) -> str:
        url = one_tap.link(self.gym.house, errand, self.gym.workspace.id, self.booking.id)
        return url.removeprefix(self.gym.house.base_url)

    def see(self, errand: Errand) -> str:
        answer = Client().get(self.path(errand), headers=_AS_PERSON)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    def tap(self, errand: Errand, status: int = 302, **form: str) -> str:
        answer = Client(enforce_csrf_checks=True).post(self.path(errand), form)
        assert answer.status_code == status
        return unescape(answer.content.decode())


@pytest.fixture
def scene(gym: Gym) -> Iterator[Scene]:
    starts_at = START + timedelta(days=3)
    sms = inboxes.Wanted(name="sms", settings=SandboxSettings(channel="sms", sender=""))
    inboxes.connect(gym.house, gym.workspace.id, sms, actor="test")
    keeper = Keeper("calcom", starts_at, free=(LATER, LATER + timedelta(days=1)))
    with running() as server:
        server.answer = keeper
        own = systems.Wanted(
            kind="calcom", name="Calendar", settings=keyed(CalcomSettings(), "calcom", server.url)
        )
        systems.connect(gym.house, gym.workspace.id, own, actor="test")
        told = BookingRecord(
            reference="uid-3@Cal.com", handle="uid-3", stamp=stamp_of(1), activity="Massage",
            person=Person(name="Mia", phone="+447700900123"), state=State.BOOKED,
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
            page_url="https://cal.example/booking/uid-3",
        )  # fmt: skip
        with gym.house.engine.transaction():
            ledger = Ledger(gym.house, gym.house.clock.now())
            recording.take_all(ledger, ConnectedSystem.objects.get(), [told], key="1")
            ledger.flush()
        yield Scene(gym=gym, keeper=keeper, server=server)


@pytest.mark.req("AP8", "AP10", "M11", "DI11")
def test_it_is_moved_by_one_tap_there_and_here(scene: Scene) -> None:
    shown = scene.see(Errand.MOVE)
    assert LATER.isoformat() in shown
    assert "cal.example" not in shown  # nobody has to go there
    assert scene.keeper.deeds == []  # a look changes nothing
    scene.tap(Errand.MOVE, slot=LATER.isoformat())
    scene.tap(Errand.MOVE, slot=LATER.isoformat())
    assert scene.keeper.deeds == ["move"]
    assert (scene.booking.starts_at, scene.booking.state) == (LATER, "booked")
    assert BookingChange.objects.get(state_before="booked").actor.startswith("contact:")
    scene.gym.step(seconds=0)
    told = RuntimeEvent.objects.filter(dedupe_key__endswith=":booking_moved")
    assert told.count() == 1


def test_a_time_that_nobody_offered_or_that_has_gone_is_not_taken(scene: Scene) -> None:
    hour = timedelta(hours=1)
    for odd in ("", "tomorrow", "2026-03-10T16:00:00", (LATER + hour).isoformat()):
        assert scene.tap(Errand.MOVE, status=409, slot=odd)
    scene.keeper.free = ()
    said = scene.tap(Errand.MOVE, status=409, slot=LATER.isoformat())
    assert "just been taken" in said
    assert "no other free time" in scene.see(Errand.MOVE)
    assert scene.keeper.deeds == []


@pytest.mark.req("AP8", "DI9")
def test_it_is_cancelled_by_one_tap_there_and_here(scene: Scene) -> None:
    assert "Cancel my booking" in scene.see(Errand.CANCEL)
    for _ in range(2):
        scene.tap(Errand.CANCEL, do="cancel")
    assert scene.keeper.deeds == ["cancel"]
    assert (scene.booking.state, scene.booking.reason) == ("cancelled", "asked")
    assert "cancelled" in scene.see(Errand.MOVE)
    scene.tap(Errand.MOVE, status=409, slot=LATER.isoformat())


@pytest.mark.req("AP5", "AP6", "M11", "DI11")
def test_what_was_cancelled_is_booked_again_by_one_tap_there_and_here(scene: Scene) -> None:
    scene.tap(Errand.CANCEL, do="cancel")
    path = scene.path(Errand.AGAIN)
    person = Client(headers=_AS_PERSON)
    shown = unescape(person.get(path).content.decode())
    assert LATER.isoformat() in shown
    assert scene.keeper.deeds == ["cancel"]  # a look books nothing
    for odd in ("", (LATER + timedelta(hours=1)).isoformat()):
        assert person.post(path, {"slot": odd}).status_code == 409
    for _ in range(2):
        assert person.post(path, {"slot": LATER.isoformat()}).status_code == 302
    assert scene.keeper.deeds == ["cancel", "book"]
    new = Booking.objects.get(state="booked")
    assert (new.starts_at, new.handle, new.reference) == (LATER, "uid-new", "uid-new@Cal.com")


def test_what_its_system_does_not_do_is_not_said_to_be_done(scene: Scene) -> None:
    scene.server.answer = lambda _asked: Answer(status=503)
    assert "does not answer right now" in scene.see(Errand.MOVE)
    for errand in (Errand.MOVE, Errand.CANCEL):
        said = scene.tap(errand, status=409, slot=LATER.isoformat())
        assert "Nothing was changed" in said
    assert (scene.booking.starts_at, scene.booking.state) == (START + timedelta(days=3), "booked")


@pytest.mark.req("AP29")
def test_who_has_paid_a_deposit_is_moved_by_people(scene: Scene) -> None:
    Booking.objects.update(deposit_minor=500, deposit_paid_at=START)
    assert "by our staff" in scene.see(Errand.MOVE)
    scene.tap(Errand.MOVE, status=409, slot=LATER.isoformat())
    assert scene.keeper.deeds == []


@pytest.mark.req("AP8", "DI8")
def test_staff_change_it_there_from_its_page(scene: Scene, sam: Screen, alex: Screen) -> None:
    page = f"/bookings/{scene.booking.id}"
    assert "what you do here is done there" in sam.get(page).text
    assert "Cancel</button>" not in alex.get(page).text
    assert LATER.isoformat() in sam.get(f"{page}?times").text
    assert "by the system that keeps it" in sam.get(page).text
    sam.post(f"{page}/move", {"slot": LATER.isoformat()})
    sam.post(f"{page}/confirm", {})
    sam.post(f"{page}/cancel", {})
    assert scene.keeper.deeds == ["move", "cancel"]
    states = BookingChange.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["booked", "booked", "confirmed", "cancelled"]
    assert scene.booking.reason == "by_staff"
    scene.server.answer = lambda _asked: Answer(status=503)
    Booking.objects.update(state="booked")
    assert "Try again" in unescape(sam.get(f"{page}?times").text)
