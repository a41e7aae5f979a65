"""The calendar: an activity is set up, given times, booked for people, and each change is seen."""

import re

import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Activity, Booking, Contact, Slot
from tests.web.conftest import Gym, Screen

ACTIVITY = {
    "name": "Yoga",
    "kind": "class",
    "minutes": "60",
    "capacity": "1",
    "price": "15.00",
    "deposit": "",
    "cancel_hours": "12",
    "hold_minutes": "30",
}


def open_times(robin: Screen, **times: str) -> None:
    made = robin.post("/activities/new", ACTIVITY, htmx=False)
    assert made.status == 302
    activity = Activity.objects.get()
    given = {"on": "2026-03-05", "at": "18:00", "weeks": "1", **times}
    assert robin.post(f"/activities/{activity.id}/slots", given, htmx=False).status == 302


@pytest.fixture
def sms(gym: Gym) -> None:
    settings = SandboxSettings(channel="sms", sender="+15005550006")
    wanted = Wanted(name="SMS", settings=settings)
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="system")


@pytest.mark.req("AP1", "AP13")
@pytest.mark.usefixtures("sms")
def test_a_place_is_booked_moved_marked_and_taken_back(robin: Screen, sam: Screen) -> None:
    assert "Nothing can be booked yet" in sam.get("/calendar").text
    open_times(robin, weeks="2")
    first, second = Slot.objects.order_by("starts_at")
    week = sam.get("/calendar?on=2026-03-05").text
    assert "Yoga" in week
    assert "0 of 1" in week
    # Somebody new, by their number; then another, for whom there is only the list.
    new = {"name": "Ana Lopez", "handle": "+44 7700 900123", "places": "1", "how": "book"}
    assert "HX-Redirect" in sam.post(f"/calendar/slots/{first.id}/book", new).headers
    other = {"name": "Ben", "handle": "+44 7700 900124", "places": "1", "how": "book"}
    full = sam.post(f"/calendar/slots/{first.id}/book", other)
    assert (full.status, "no place left" in full.text) == (409, True)
    sam.post(f"/calendar/slots/{first.id}/book", {**other, "how": "wait"})
    shown = sam.get(f"/calendar/slots/{first.id}").text
    assert "1 of 1 places are taken, 1 wait" in shown
    ana, ben = Booking.objects.order_by("id")
    assert sam.get(f"/bookings/{ana.id}").text.count("17:00") == 0  # 18:00 by the place's clock
    # She moves: her place is held for Ben, who waits.
    sam.post(f"/bookings/{ana.id}/move", {"slot": second.id})
    ben.refresh_from_db()
    assert (ben.state, ben.held_until is not None) == ("held", True)
    sam.post(f"/bookings/{ben.id}/take")
    gone = sam.post(f"/bookings/{ana.id}/undo")
    assert gone.status == 409
    sam.post(f"/bookings/{ben.id}/cancel", htmx=False)
    sam.post(f"/bookings/{ana.id}/undo")
    ana.refresh_from_db()
    assert ana.slot_id == first.id
    history = sam.get(f"/bookings/{ana.id}").text
    assert "by Sam" in history
    assert "moved to" in history


def test_times_keep_their_hour_and_say_what_is_wrong(robin: Screen) -> None:
    open_times(robin, on="2026-03-23", weeks="2", at="18:00, 19:30")
    # Clocks in Paris go forward on March 29: 18:00 is 17:00 UTC before, 16:00 UTC after.
    starts = list(Slot.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert [f"{one:%d %H:%M}" for one in starts] == ["23 17:00", "23 18:30", "30 16:00", "30 17:30"]
    activity = Activity.objects.get()
    for wrong, words in (({"at": "six"}, "as 18:00"), ({"on": "2026-01-05"}, "still to come")):
        given = {"on": "2026-03-23", "at": "18:00", "weeks": "1", **wrong}
        answer = robin.post(f"/activities/{activity.id}/slots", given, htmx=False)
        assert (answer.status, words in answer.text) == (422, True)
    refused = robin.post("/activities/new", {**ACTIVITY, "name": "", "minutes": "0"}, htmx=False)
    assert refused.status == 422


def test_who_may_do_what(gym: Gym, robin: Screen, sam: Screen, alex: Screen) -> None:
    open_times(robin)
    slot = Slot.objects.get()
    gym.hear("mia", "hello", name="Mia")
    mia = Contact.objects.get()
    booked = {"contact": mia.id, "places": "1"}
    assert alex.post(f"/calendar/slots/{slot.id}/book", booked).status == 403
    assert alex.get("/calendar").status == 200
    assert sam.get("/activities/new").status == 403
    assert sam.post(f"/activities/{slot.activity_id}/slots", {}).status == 403
    found = sam.get(f"/calendar/slots/{slot.id}?q=mia").text
    assert re.search(rf'value="{mia.id}" checked', found)
    assert sam.post(f"/calendar/slots/{slot.id}/book", booked).status == 200
    assert "Called off" not in sam.get(f"/calendar/slots/{slot.id}").text
    sam.post(f"/calendar/slots/{slot.id}/call-off", htmx=False)
    assert Booking.objects.get().reason == "slot_cancelled"
    assert "called off" in sam.get("/calendar?on=2026-03-05").text
    assert sam.get("/bookings/0").status == 404
