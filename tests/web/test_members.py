"""Members: begun from a contact's page, found, noted as here, paused, and ended."""

from datetime import date

import pytest

from baton.store.models import CheckIn, Contact, Membership
from tests.web.conftest import Gym, Screen

GOLD = {"plan": "Gold", "price": "49.00"}


@pytest.fixture
def mia(gym: Gym) -> str:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    return Contact.objects.get().id


@pytest.mark.req("M6")
def test_a_member_is_begun_found_and_checked_in(sam: Screen, mia: str) -> None:
    assert "There are no members yet" in sam.get("/members").text
    assert "Make them a member" in sam.get(f"/contacts/{mia}").text
    assert sam.post(f"/members/new/{mia}", GOLD, htmx=False).status == 302
    row = Membership.objects.get()
    assert (row.plan, row.price_minor, row.state, row.renews) == ("Gold", 4900, "active", True)
    twice = sam.post(f"/members/new/{mia}", GOLD, htmx=False)
    assert (twice.status, "They are a member already" in twice.text) == (422, True)
    for sought in (row.reference.lower(), "moss"):
        assert "Mia Moss" in sam.get(f"/members?q={sought}").text
    assert "No member is found by that" in sam.get("/members?q=zoe").text
    assert "never noted" in sam.get("/members").text
    here = sam.post(f"/members/{row.id}/check-in")
    assert here.headers["HX-Refresh"] == "true"
    assert sam.post(f"/members/{row.id}/check-in").status == 409  # a second click is no visit
    assert CheckIn.objects.count() == 1
    assert "1 visit in 30 days" in sam.get(f"/members/{row.id}").text


@pytest.mark.req("RN1", "AP17")
def test_a_member_pauses_comes_near_the_end_and_leaves(gym: Gym, sam: Screen, mia: str) -> None:
    sam.post(f"/members/new/{mia}", GOLD, htmx=False)
    row = Membership.objects.get()
    past = GOLD | {"standing": "paused", "resume_on": "2026-03-02"}
    assert "Choose a day to come" in sam.post(f"/members/{row.id}", past, htmx=False).text
    paused = GOLD | {"standing": "paused", "resume_on": "2026-03-20"}
    assert sam.post(f"/members/{row.id}", paused, htmx=False).status == 302
    assert Membership.objects.get().resume_on == date(2026, 3, 20)
    assert "again on 20 Mar 2026" in sam.get("/members?state=paused").text
    ending = GOLD | {"standing": "active", "ends_on": "2026-03-25"}
    sam.post(f"/members/{row.id}", ending, htmx=False)
    row.refresh_from_db()
    assert (row.state, row.resume_on, row.renews) == ("active", None, False)
    assert "until 25 Mar 2026" in sam.get("/members?state=ending").text
    sam.post(f"/members/{row.id}", GOLD | {"standing": "ended"}, htmx=False)
    assert "Mia Moss" in sam.get("/members?state=ended").text
    assert "Make them a member" in sam.get(f"/contacts/{mia}").text
    gym.step(seconds=0)
    assert Contact.objects.get().marks["tags"] == ["cancelled"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"plan": ""}, "This field is required"),
        ({"plan": "Gold", "ends_on": "2026-03-01"}, "Choose a day to come"),
        ({"plan": "Gold", "price": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    sam: Screen, mia: str, fields: dict[str, str], said: str
) -> None:
    refused = sam.post(f"/members/new/{mia}", fields, htmx=False)
    assert (refused.status, said in refused.text) == (422, True)
    assert not Membership.objects.exists()


def test_an_auditor_reads_and_a_mirror_is_changed_elsewhere(
    sam: Screen, alex: Screen, mia: str
) -> None:
    sam.post(f"/members/new/{mia}", GOLD, htmx=False)
    row = Membership.objects.get()
    page = alex.get(f"/members/{row.id}").text
    assert ("Gold" in page, "Change it" in page) == (True, False)
    assert alex.post(f"/members/{row.id}", GOLD, htmx=False).status == 403
    assert alex.post(f"/members/{row.id}/check-in").status == 403
    Membership.objects.update(system_id="1" * 32)
    assert "kept by another system" in sam.get(f"/members/{row.id}").text
    assert sam.post(f"/members/{row.id}", GOLD, htmx=False).status == 422
    assert sam.get("/members/nobody").status == 404
