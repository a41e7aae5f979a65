"""A calendar's feed is looked at, and what has changed of it is told as if it had been posted."""

from datetime import timedelta

import msgspec
import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors.caldav.settings import CaldavSettings
from baton.connectors.files import settings as files
from baton.connectors.files.settings import FileSettings
from baton.connectors.ics import settings as ics
from baton.connectors.ics.settings import IcsSettings
from baton.core.mapping import FieldMap
from baton.services.systems import kinds, looking, systems
from baton.services.workspace import inboxes
from baton.store.models import Booking, ConnectedSystem, Import, RuntimeEvent, SystemDelivery
from tests.connectors.caldav.test_query import answer as caldav_answer
from tests.connectors.ics.test_feed import ANN, calendar, event
from tests.ingress.installation import Installation
from tests.nlu.outside.server import Answer, Asked, running

HOURS = timedelta(hours=1).total_seconds()


class Feed:
    """What a calendar's server answers; it is asked with what was seen last."""

    def __init__(self) -> None:
        self.body = calendar(event(ANN))
        self.etag = '"1"'
        self.status = 200

    def show(self, *events: str, etag: str) -> None:
        self.body, self.etag = calendar(*events), etag

    def __call__(self, asked: Asked) -> Answer:
        if self.status == 200 and asked.headers.get("if-none-match") == self.etag:
            return Answer(status=304, pieces=())
        return Answer(status=self.status, pieces=(self.body,), headers={"ETag": self.etag})


def _connect(gym: Installation, where: str | CaldavSettings) -> str:
    sandbox = SandboxSettings(channel="email", sender="")
    wanted = inboxes.Wanted(name="email", settings=sandbox)
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    settings = (
        IcsSettings(url=where, user="gym", password="word", allows_loopback=True)
        if isinstance(where, str)
        else where
    )
    own = systems.Wanted(kind=kinds.kind_of(settings).name, name="Calendar", settings=settings)
    return systems.connect(gym.house, gym.workspace.id, own, actor="test")[0].id


def _events() -> list[str]:
    keys = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    return [key.rpartition(":")[2] for key in keys.values_list("dedupe_key", flat=True)]


@pytest.mark.req("AP1", "DI5", "DI6")
def test_a_feed_is_looked_at_again_and_again_and_only_changes_are_told(gym: Installation) -> None:
    shown = Feed()
    with running() as server:
        server.answer = shown
        system_id = _connect(gym, f"{server.url}/secret.ics")
        gym.step(1)
        assert _events() == ["booking_created"]
        for _ in range(4):
            gym.step(HOURS / 4)
        [first, *later] = [asked.headers.get("if-none-match") for asked in server.asked]
        assert first is None
        assert set(later) == {'"1"'}
        assert len(later) == 4  # every quarter of an hour
        assert server.asked[0].headers["authorization"].startswith("Basic ")
        assert SystemDelivery.objects.count() == 1
        shown.show(event(ANN, start="20260306T140000Z"), etag='"2"')
        gym.step(HOURS)
        assert _events() == ["booking_created", "booking_moved"]
        # Another event beside it; then the first stands there no longer.
        other = event("ATTENDEE:mailto:bo@example.org", uid="two@calendar")
        shown.show(event(ANN, start="20260306T140000Z"), other, etag='"3"')
        gym.step(HOURS)
        shown.show(other, etag='"4"')
        gym.step(HOURS)
        assert _events() == [
            "booking_created",
            "booking_moved",
            "booking_created",
            "booking_cancelled",
        ]
        states = Booking.objects.order_by("starts_at").values_list("state", flat=True)
        assert list(states) == ["booked", "cancelled"]
        # One that comes back is booked again.
        shown.show(event(ANN, start="20260306T140000Z"), other, etag='"5"')
        gym.step(HOURS)
        assert _events()[-1] == "booking_created"
    assert not SystemDelivery.objects.exclude(fate="told").exists()
    assert ConnectedSystem.objects.get(id=system_id).problem == ""


@pytest.mark.req("AP1", "DI5")
def test_a_calendar_on_its_server_is_asked_for_what_stands_around_today(
    gym: Installation,
) -> None:
    held = [event(ANN)]

    def answered(_: Asked) -> Answer:
        return Answer(status=207, pieces=(caldav_answer(*(calendar(one) for one in held)),))

    with running() as server:
        server.answer = answered
        settings = CaldavSettings(
            url=f"{server.url}/ann/calendar/", user="ann", password="word", allows_loopback=True
        )
        system_id = _connect(gym, settings)
        gym.step(1)
        [asked] = server.asked
        assert (asked.path, asked.headers["depth"]) == ("/ann/calendar/", "1")
        assert asked.headers["authorization"].startswith("Basic ")
        gym.step(HOURS)
        held[0] = event(ANN, start="20260306T140000Z")
        gym.step(HOURS)
        assert _events() == ["booking_created", "booking_moved"]
        server.answer = lambda _: Answer(status=200, pieces=(b"<html/>",))
        gym.step(HOURS)
    assert "answered 200" in ConnectedSystem.objects.get(id=system_id).problem


@pytest.mark.req("DI13")
def test_what_cannot_be_read_cancels_nothing_and_says_why(gym: Installation) -> None:
    shown = Feed()
    three = [event(ANN, uid=f"{number}@calendar") for number in range(3)]
    shown.show(*three, etag='"1"')
    with running() as server:
        server.answer = shown
        system_id = _connect(gym, f"{server.url}/secret.ics")
        gym.step(1)
        before = len(_events())
        for status, body, said in (
            (500, b"", "answered 500"),
            (401, b"", "check user and password"),
            (302, b"", "has moved"),
            (200, b"<html>Sign in</html>", "no calendar"),
            (200, calendar(), "empty all at once"),
        ):
            shown.status, shown.body, shown.etag = status, body, f'"{said}"'
            gym.step(HOURS)
            assert said in ConnectedSystem.objects.get(id=system_id).problem
    gym.step(HOURS)
    assert "could not be reached" in ConnectedSystem.objects.get(id=system_id).problem
    assert len(_events()) == before
    assert set(Booking.objects.values_list("state", flat=True)) == {"booked"}


def test_no_feed_leads_into_our_own_network_and_a_left_one_is_not_looked_at(
    gym: Installation,
) -> None:
    shown = Feed()
    with running() as server:
        server.answer = shown
        system_id = _connect(gym, f"{server.url}/secret.ics")
        system = ConnectedSystem.objects.get(id=system_id)
        settings = systems.settings_of(gym.house, system)
        assert isinstance(settings, IcsSettings)
        inside = msgspec.structs.replace(
            settings, allows_loopback=False, url=server.url.replace("http", "https")
        )
        own = systems.Wanted(kind=ics.KIND, name="Calendar", settings=inside)
        systems.change(gym.house, gym.workspace.id, system_id, own, actor="test")
        gym.step(1)
        assert "public internet" in ConnectedSystem.objects.get(id=system_id).problem
        assert server.asked == []
        own = systems.Wanted(kind=ics.KIND, name="Calendar", settings=settings)
        systems.change(gym.house, gym.workspace.id, system_id, own, actor="test")
        looking.look_now(gym.house, gym.workspace.id, system_id)
        gym.step(1)
        assert len(server.asked) == 1
        systems.set_connected(
            gym.house, gym.workspace.id, system_id, is_connected=False, actor="test"
        )
        gym.step(HOURS)
        assert len(server.asked) == 1


@pytest.mark.req("DI6", "AP24", "G54")
def test_an_export_under_an_address_is_imported_when_it_has_changed(gym: Installation) -> None:
    shown = Feed()
    first = "Email,What,Starts\nann@example.org,Physio,2026-03-05 09:30\n"
    shown.body = first.encode()
    with running() as server:
        server.answer = shown
        sandbox = SandboxSettings(channel="email", sender="")
        wanted = inboxes.Wanted(name="email", settings=sandbox)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
        settings = FileSettings(url=f"{server.url}/export.csv", minutes=60, allows_loopback=True)
        own = systems.Wanted(kind=files.KIND, name="Export", settings=settings)
        system_id = systems.connect(gym.house, gym.workspace.id, own, actor="test")[0].id
        fields = {"email": "Email", "activity": "What", "starts_at": "Starts"}
        named = FieldMap(name="bookings", makes="booking", fields=fields)
        systems.save_map(gym.house, gym.workspace.id, system_id, named, replacing="", actor="test")
        gym.step(1)
        assert Booking.objects.count() == 1
        shown.etag = '"2"'  # a server that does not know that the file is the same
        gym.step(HOURS)
        assert Import.objects.count() == 1
        shown.body = (first + "bo@example.org,Physio,2026-03-06 09:30\n").encode()
        shown.etag = '"3"'
        gym.step(HOURS)
        assert Booking.objects.count() == 2
        assert [one.file_name for one in Import.objects.all()] == ["export.csv"] * 2
        shown.body, shown.etag = b"", '"4"'
        gym.step(HOURS)
        assert "empty" in ConnectedSystem.objects.get(id=system_id).problem
    assert _events() == ["booking_created"] * 2
