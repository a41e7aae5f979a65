"""The page of what is set aside: who may see it, what it shows, and how things come back."""

import pytest

from baton.core.roles import Role
from baton.services.desk import parked
from baton.store.models import Contact, Message
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent
from tests.web.conftest import Gym, Screen

HOURS = "What time do you open?"


@pytest.fixture
def doubtful(gym: Gym) -> str:
    """A reply of which nobody can say whether it was sent; return how it is named."""
    gym.hear("mia", HOURS, name="Mia")
    effect = RuntimeEffect.objects.get()
    RuntimeEffect.objects.update(state="unknown", reason="the lease ran out")
    return f"effect-{effect.seq}"


def test_who_may_change_settings_is_told_on_every_page(gym: Gym, robin: Screen) -> None:
    assert "parked-line" not in robin.get("/").text
    gym.hear("mia", HOURS, name="Mia")
    RuntimeEvent.objects.update(state="parked", reason="RuntimeError", failures=9)
    assert "parked-line" in robin.get("/").text
    page = robin.get("/settings/parked").text
    for words in ("message received", "Mia", "RuntimeError", ">10<", "Try again"):
        assert words in page
    engineer = gym.screen_of(gym.hire("Eve", Role.ENGINEER))
    assert engineer.get("/settings/parked").status == 200


@pytest.mark.req("P10")
def test_what_is_of_another_place_is_not_in_the_count(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", HOURS)
    RuntimeEvent.objects.update(state="parked")
    RuntimeEffect.objects.update(state="unknown")
    Contact.objects.update(location_id="quayside")
    assert parked.count(robin.user) == len(parked.show(gym.house, robin.user)) > 0
    for where, is_theirs in (("quayside", True), ("elsewhere", False)):
        robin.user.locations = [where]
        shown = parked.show(gym.house, robin.user)
        assert parked.count(robin.user) == len(shown)
        assert bool(shown) is is_theirs


def test_others_neither_see_nor_change_it(gym: Gym, sam: Screen, alex: Screen) -> None:
    gym.hear("mia", HOURS)
    RuntimeEvent.objects.update(state="parked")
    for screen in (sam, alex):
        assert "parked-line" not in screen.get("/").text
        assert screen.get("/settings/parked").status == 403
        assert screen.post("/settings/parked/again").status == 403
    assert RuntimeEvent.objects.filter(state="parked").exists()


def test_what_is_tried_again_is_decided(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", HOURS)
    RuntimeEffect.objects.update(state="parked", reason="no channel webchat is connected")
    name = f"effect-{RuntimeEffect.objects.get().seq}"
    assert robin.post(f"/settings/parked/{name}/settle", took_place="yes").status == 409
    assert robin.post(f"/settings/parked/{name}/again", htmx=False).status == 302
    assert RuntimeEffect.objects.get().state == "due"
    assert gym.deeds("redriven")[0][0] == f"user:{robin.user.id}"
    assert "Nothing is set aside" in robin.get("/settings/parked").text
    assert robin.post(f"/settings/parked/{name}/again").status == 404


def test_what_is_in_doubt_is_settled(gym: Gym, robin: Screen, doubtful: str) -> None:
    assert "in doubt" in robin.get("/settings/parked").text
    assert robin.post(f"/settings/parked/{doubtful}/again").status == 409
    assert robin.post(f"/settings/parked/{doubtful}/settle", took_place="no").status == 302
    assert RuntimeEffect.objects.get().state == "refused"
    assert Message.objects.get(author="bot").delivery == "failed"
    assert len(gym.deeds("settled")) == 1
