"""What flows have done in other systems: once, whatever becomes of the answers."""

import json

import msgspec
import pytest

from baton.core.json import Json
from baton.runtime.ports import Again
from baton.services.calls import Call, Ended, Failed, Performed
from baton.services.systems import acting, systems
from baton.store.models import Booking, ConnectedSystem, RuntimeEvent
from tests.connectors.examples import EXAMPLES
from tests.ingress.installation import Installation
from tests.ingress.test_mirrors import answering, connect, placed_at, post
from tests.nlu.outside.server import Answer, Asked, running


class Calendar:
    """A system that keeps one booking; `fault` is what it answers to a cancellation, if set."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.is_over = False
        self.cancelled = 0
        self.fault: Answer | None = None
        self.is_heeded = True

    def __call__(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            self.cancelled += self.is_heeded
            self.is_over = self.is_over or self.is_heeded
            if self.fault:
                return self.fault
        return Answer(pieces=(msgspec.json.encode(self._said()),))

    def _said(self) -> Json:
        if self.kind == "calcom":
            word = "cancelled" if self.is_over else "accepted"
            return {"status": "success", "data": {"status": word}}
        status = "CANCELLED_BY_SELLER" if self.is_over else "ACCEPTED"
        return {"booking": {"id": "x", "status": status, "version": 3}}


def _mirrored(gym: Installation, kind: str) -> Booking:
    """Return a booking that a system keeps, with the settings of one that may be asked."""
    one = next(found for found in EXAMPLES if found.kind == kind)
    with answering(one) as server:
        placed = placed_at(one, server.url)
        post(gym, placed, connect(gym, placed), one.told[0])
    return Booking.objects.get()


def _reached_at(gym: Installation, url: str) -> None:
    """Have the system answer somewhere, with a key."""
    system = ConnectedSystem.objects.get()
    settings = systems.settings_of(gym.house, system)
    keys = {"api_key": "cal_test_0123456789"} if system.kind == "calcom" else {}
    own = systems.Wanted(
        kind=system.kind,
        name=system.name,
        settings=msgspec.structs.replace(settings, api_url=url, **keys),
    )
    systems.change(gym.house, gym.workspace.id, system.id, own, actor="test")


def _cancel(gym: Installation, booking: Booking) -> Ended:
    return _call(gym, booking, "cancel_booking")


def _call(gym: Installation, booking: Booking, action: str) -> Ended:
    call = Call(
        workspace_id=booking.workspace_id,
        contact_id=booking.contact_id,
        by="flow:reminders",
        given={"booking": booking.reference},
        key="action:run:1",
    )
    return acting.offered_by(gym.house)[action](call)


@pytest.mark.req("AP8", "DI8", "DI9")
@pytest.mark.parametrize("kind", ["calcom", "square"])
def test_a_booking_is_cancelled_there_and_never_twice(gym: Installation, kind: str) -> None:
    booking, calendar = _mirrored(gym, kind), Calendar(kind)
    with running() as server:
        server.answer = calendar
        _reached_at(gym, server.url)
        # It heeds, and its answer is lost: the next try looks, and does it no second time.
        calendar.fault = Answer(status=502)
        assert isinstance(_cancel(gym, booking), Again)
        assert calendar.cancelled == 1
        assert isinstance(_cancel(gym, booking), Performed)
        assert calendar.cancelled == 1
        names = [asked.method for asked in server.asked]
        assert names == ["GET", "POST", "GET"]
        assert server.asked[1].path.endswith("/cancel")
    # The row changes when its system says so.
    booking.refresh_from_db()
    assert booking.state == "booked"


@pytest.mark.req("AP9", "DI12")
def test_who_said_that_they_come_stays_confirmed_though_their_system_has_no_word_for_it(
    gym: Installation,
) -> None:
    one = next(found for found in EXAMPLES if found.kind == "calcom")
    token = connect(gym, one)
    post(gym, one, token, one.told[0])
    booking = Booking.objects.get()
    for _ in range(2):  # said twice it is told once
        assert isinstance(_call(gym, booking, "confirm_booking"), Performed)
    again = json.loads(json.dumps(one.told[0]))
    again["createdAt"] = "2026-03-02T09:35:00Z"
    post(gym, one, token, again)
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    post(gym, one, token, one.told[1])  # moved: nobody said that they come then
    booking.refresh_from_db()
    assert booking.state == "booked"
    post(gym, one, token, one.told[2])
    assert isinstance(_call(gym, booking, "confirm_booking"), Failed)
    keys = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    told = [key.rpartition(":")[2] for key in keys.values_list("dedupe_key", flat=True)]
    assert told == [
        "booking_created", "booking_confirmed", "booking_moved", "booking_cancelled",
    ]  # fmt: skip


@pytest.mark.req("AP8")
def test_a_refusal_is_told_and_who_is_busy_is_asked_later(gym: Installation) -> None:
    booking, calendar = _mirrored(gym, "square"), Calendar("square")
    calendar.is_heeded = False
    with running() as server:
        server.answer = calendar
        _reached_at(gym, server.url)
        calendar.fault = Answer(status=429, headers={"Retry-After": "7"})
        busy = _cancel(gym, booking)
        assert isinstance(busy, Again)
        assert busy.after is not None
        assert busy.after.total_seconds() == 7
        keys = {asked.json["idempotency_key"] for asked in server.asked if asked.method == "POST"}
        calendar.fault = Answer(status=400)
        refused = _cancel(gym, booking)
        assert isinstance(refused, Failed)
        assert "400" in refused.problem
        again = {asked.json["idempotency_key"] for asked in server.asked if asked.method == "POST"}
        assert keys == again  # at every try the same
    assert isinstance(_cancel(gym, booking), Again)  # nobody answers at all


def test_without_a_key_nothing_is_done_there(gym: Installation) -> None:
    booking = _mirrored(gym, "calcom")
    refused = _cancel(gym, booking)
    assert isinstance(refused, Failed)
    assert "another system" in refused.problem
