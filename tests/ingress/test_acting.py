"""What is done in other systems: once, whatever becomes of the answers, and told here at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from baton.core.deeds import Made
from baton.core.json import Json
from baton.runtime.ports import Again, Park
from baton.services.calls import Call, Ended, Failed, Performed
from baton.services.systems import acting, elsewhere, laid_deeds, systems
from baton.services.systems.elsewhere import Moved
from baton.store.models import AuditEntry, Booking, BookingChange, ConnectedSystem, RuntimeEvent
from tests.connectors.examples import EXAMPLES, HERE, Example
from tests.connectors.keepers import Keeper, keyed
from tests.ingress.installation import Installation
from tests.ingress.test_mirrors import answering, connect, placed_at, post
from tests.nlu.outside.server import Answer, Server, running

ACTING = ("calcom", "calendly", "mindbody", "square")
MOVING = ("calcom", "mindbody", "square")
LATER = datetime(2026, 3, 10, 16, tzinfo=UTC)


def _example(kind: str) -> Example:
    return next(found for found in EXAMPLES if found.kind == kind)


def _mirrored(gym: Installation, kind: str, told: Json = None) -> Booking:
    """Return a booking that a system keeps, as its first webhook tells of it."""
    one = _example(kind)
    with answering(one) as server:
        placed = placed_at(one, server.url)
        post(gym, placed, connect(gym, placed), told or one.told[0])
    return Booking.objects.get()


def _reached_at(gym: Installation, url: str) -> None:
    """Have the system answer somewhere, with what proves us there."""
    system = ConnectedSystem.objects.get()
    settings = keyed(systems.settings_of(gym.house, system), system.kind, url)
    own = systems.Wanted(kind=system.kind, name=system.name, settings=settings)
    systems.change(gym.house, gym.workspace.id, system.id, own, actor="test")


@contextmanager
def _kept(gym: Installation, booking: Booking) -> Iterator[tuple[Keeper, Server]]:
    """Run the system that keeps a booking."""
    kind = ConnectedSystem.objects.get().kind
    keeper = Keeper(kind, booking.starts_at, free=(LATER, LATER + timedelta(days=1)))
    with running() as server:
        server.answer = keeper
        _reached_at(gym, server.url)
        yield keeper, server


def _call(gym: Installation, booking: Booking, action: str) -> Ended:
    call = Call(
        workspace_id=booking.workspace_id,
        contact_id=booking.contact_id,
        by="flow:reminders",
        given={"booking": booking.reference},
        key="action:run:1",
    )
    return acting.offered_by(gym.house)[action](call)


def _told() -> list[str]:
    keys = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    return [key.rpartition(":")[2] for key in keys.values_list("dedupe_key", flat=True)]


@pytest.mark.req("AP8", "DI8", "DI9")
@pytest.mark.parametrize("kind", ACTING)
def test_a_booking_is_cancelled_there_and_never_twice(gym: Installation, kind: str) -> None:
    booking = _mirrored(gym, kind)
    with _kept(gym, booking) as (keeper, _server):
        # It heeds, and its answer is lost: the next try looks, and does it no second time.
        keeper.fault = Answer(status=502)
        assert isinstance(_call(gym, booking, "cancel_booking"), Again)
        assert isinstance(_call(gym, booking, "cancel_booking"), Performed)
        assert isinstance(_call(gym, booking, "cancel_booking"), Performed)
        assert keeper.deeds == ["cancel"]
    booking.refresh_from_db()
    assert (booking.state, booking.reason) == ("cancelled", "asked")
    assert _told() == ["booking_created", "booking_cancelled"]
    change = BookingChange.objects.get(state="cancelled")
    assert (change.actor, change.state_before) == ("flow:reminders", "booked")
    assert AuditEntry.objects.filter(action="booking_changed").count() == 1


@pytest.mark.req("AP8", "DI12")
@pytest.mark.parametrize("kind", ACTING)
def test_its_own_word_of_it_finds_it_done(gym: Installation, kind: str) -> None:
    one = _example(kind)
    booking = _mirrored(gym, kind)
    laid_deeds.cancel(gym.house, booking, actor="flow:reminders")
    with answering(one) as server:
        system = ConnectedSystem.objects.get()
        _reached_at(gym, server.url)
        post(gym, placed_at(one, server.url), system.token, one.told[-1])
    booking.refresh_from_db()
    assert booking.state == "cancelled"
    assert _told() == ["booking_created", "booking_cancelled"]


@pytest.mark.req("AP8", "AP10", "DI8")
@pytest.mark.parametrize("kind", MOVING)
def test_a_booking_is_moved_there_to_a_time_that_is_free(gym: Installation, kind: str) -> None:
    booking = _mirrored(gym, kind)
    with _kept(gym, booking) as (keeper, server):
        for _look in range(3):  # within a minute its system is asked once
            assert elsewhere.list_times(gym.house, booking) == (LATER, LATER + timedelta(days=1))
        asked = len(server.asked)
        gym.step(61)
        elsewhere.list_times(gym.house, booking)
        assert len(server.asked) == 2 * asked
        taken = elsewhere.move(gym.house, booking, LATER + timedelta(hours=3), key="tap")
        assert taken == Park(reason=elsewhere.TAKEN)
        keeper.fault = Answer(status=502)
        assert isinstance(elsewhere.move(gym.house, booking, LATER, key="tap"), Again)
        done = elsewhere.move(gym.house, booking, LATER, key="tap")
        assert keeper.deeds == ["move"]
    assert isinstance(done, Moved)
    for _ in range(2):  # said twice it is told once
        laid_deeds.move(gym.house, booking, done, actor="contact:1")
    booking.refresh_from_db()
    assert booking.starts_at == LATER
    assert booking.state == "booked"
    assert _told() == ["booking_created", "booking_moved"]


@pytest.mark.req("AP5", "AP8", "DI8")
@pytest.mark.parametrize("kind", ["calcom", "square"])
def test_what_somebody_had_there_is_booked_there_once_more(gym: Installation, kind: str) -> None:
    earlier = _mirrored(gym, kind)
    laid_deeds.cancel(gym.house, earlier, actor="flow:test")
    with _kept(gym, earlier) as (keeper, server):
        keeper.is_over = True
        for _look in range(2):
            times = elsewhere.list_times_again(gym.house, earlier)
            assert times == (LATER, LATER + timedelta(days=1))
        asked = len(server.asked)
        gone = elsewhere.book_again(gym.house, earlier, LATER + timedelta(hours=3), key="tap")
        assert gone == Park(reason=elsewhere.TAKEN)
        assert len(server.asked) == 2 * asked  # asked anew before it is booked
        # It books, and its answer is lost: the next try finds the time taken, and books no second.
        keeper.fault = Answer(status=502)
        assert isinstance(elsewhere.book_again(gym.house, earlier, LATER, key="tap"), Again)
        keeper.fault = None
        lost = elsewhere.book_again(gym.house, earlier, LATER, key="tap")
        assert lost == Park(reason=elsewhere.TAKEN)
        keeper.free = (LATER,)
        made = elsewhere.book_again(gym.house, earlier, LATER, key="tap")
        assert keeper.deeds == ["book", "book"]
    assert isinstance(made, Made)
    rows = [laid_deeds.book(gym.house, earlier, made, LATER, actor="contact:1") for _ in range(2)]
    assert rows[0].id == rows[1].id
    assert (rows[0].starts_at, rows[0].state) == (LATER, "booked")
    assert _told() == ["booking_created", "booking_cancelled", "booking_created"]


def test_who_moved_at_cal_com_is_known_by_its_new_name(gym: Installation) -> None:
    booking = _mirrored(gym, "calcom")
    with _kept(gym, booking) as (_keeper, server):
        done = elsewhere.move(gym.house, booking, LATER, key="tap")
        assert isinstance(done, Moved)
        laid_deeds.move(gym.house, booking, done, actor="contact:1")
        booking.refresh_from_db()
        assert isinstance(_call(gym, booking, "cancel_booking"), Performed)
        assert server.asked[-1].path == "/v2/bookings/uid-4/cancel"


@pytest.mark.req("AP8", "AP9", "DI8")
@pytest.mark.parametrize("kind", ["mindbody", "square"])
def test_that_they_come_is_kept_here_at_once_and_taken_down_there(
    gym: Installation, kind: str
) -> None:
    booking = _mirrored(gym, kind)
    with _kept(gym, booking) as (keeper, _server):
        keeper.fault = Answer(status=503)
        assert isinstance(_call(gym, booking, "confirm_booking"), Performed)
        booking.refresh_from_db()
        assert booking.state == "confirmed"
        gym.step(0)
        assert keeper.deeds == ["confirm"]  # and its answer was lost
        keeper.fault = None
        gym.step(60)
        assert keeper.deeds == ["confirm"]
        if kind == "square":
            assert keeper.note == "Window seat\nThe customer confirmed that they will come."
    assert _told() == ["booking_created", "booking_confirmed"]


@pytest.mark.req("AP9", "DI12")
def test_who_said_that_they_come_stays_confirmed_though_their_system_has_no_word_for_it(
    gym: Installation,
) -> None:
    one = _example("calcom")
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
    assert _told() == [
        "booking_created", "booking_confirmed", "booking_moved", "booking_cancelled",
    ]  # fmt: skip


@pytest.mark.req("AP8")
def test_a_refusal_is_told_and_who_is_busy_is_asked_later(gym: Installation) -> None:
    booking = _mirrored(gym, "square")
    with _kept(gym, booking) as (keeper, server):
        keeper.is_heeded = False
        keeper.fault = Answer(status=429, headers={"Retry-After": "7"})
        busy = _call(gym, booking, "cancel_booking")
        assert isinstance(busy, Again)
        assert busy.after is not None
        assert busy.after.total_seconds() == 7
        keys = {asked.json["idempotency_key"] for asked in server.asked if asked.method == "POST"}
        keeper.fault = Answer(status=400)
        refused = _call(gym, booking, "cancel_booking")
        assert isinstance(refused, Failed)
        assert "400" in refused.problem
        again = {asked.json["idempotency_key"] for asked in server.asked if asked.method == "POST"}
        assert keys == again  # at every try the same
    assert isinstance(_call(gym, booking, "cancel_booking"), Again)  # nobody answers at all
    booking.refresh_from_db()
    assert booking.state == "booked"


@pytest.mark.req("AP8", "DI9")
def test_a_class_is_left_at_mindbody_and_never_moved(gym: Installation) -> None:
    told: Json = json.loads((HERE / "mindbody" / "class-booked.json").read_text("utf-8"))
    booking = _mirrored(gym, "mindbody", told)
    with _kept(gym, booking) as (keeper, _server):
        assert elsewhere.may(gym.house, booking) == {"cancel"}
        assert isinstance(elsewhere.list_times(gym.house, booking), Park)
        assert isinstance(_call(gym, booking, "cancel_booking"), Performed)
        assert keeper.deeds == ["cancel"]


def test_what_several_come_to_is_not_cancelled_at_calendly_for_one(gym: Installation) -> None:
    booking = _mirrored(gym, "calendly")
    with _kept(gym, booking) as (keeper, _server):
        keeper.is_shared = True
        refused = _call(gym, booking, "cancel_booking")
        assert isinstance(refused, Failed)
        assert "several people" in refused.problem
        assert keeper.deeds == []


@pytest.mark.parametrize("kind", ACTING)
def test_an_answer_of_another_form_does_nothing(gym: Installation, kind: str) -> None:
    booking = _mirrored(gym, kind)
    with running() as server:
        _reached_at(gym, server.url)
        odd: tuple[Json, ...] = (None, [], {}, {"data": 7}, {"booking": "x"}, {"resource": {}})
        for said in odd:
            server.answers(said)
            assert isinstance(_call(gym, booking, "cancel_booking"), Failed)
            assert isinstance(elsewhere.list_times(gym.house, booking), Park)
    booking.refresh_from_db()
    assert booking.state == "booked"


def test_without_a_key_nothing_is_done_there(gym: Installation) -> None:
    booking = _mirrored(gym, "calcom")
    refused = _call(gym, booking, "cancel_booking")
    assert isinstance(refused, Failed)
    assert "another system" in refused.problem
