"""Locations: who works for some of them meets the contacts of these, and no others (P10)."""

import pytest

from baton.core.roles import Role
from baton.services import inbox as desk
from baton.services.workspace.workspaces import standards_cache
from baton.store.models import Contact, Conversation, Inbox, Invitation, Location, User, Workspace
from tests.web.conftest import Gym, Screen

ASKS = "I want to talk to a person"


@pytest.fixture
def quayside(gym: Gym) -> str:
    """Open a second place, and return its id."""
    first = Location.objects.get()
    first.pk, first.id, first.name = None, "quayside", "Quayside"
    first.save(force_insert=True)
    Workspace.objects.update(revision=7)
    assert dict(desk.list_locations(gym.hire("Ada", Role.ADMIN)))["quayside"] == "Quayside"
    return "quayside"


def at(person: Screen, *locations: str) -> None:
    """Let somebody work for some locations, as if it had been said before."""
    User.objects.filter(id=person.user.id).update(locations=[*locations])
    person.user.refresh_from_db()


@pytest.mark.req("P10", "P24")
def test_lists_cards_and_transcripts_obey_where_somebody_works(
    gym: Gym, sam: Screen, robin: Screen, quayside: str
) -> None:
    conversation = gym.hear("visitor-1", f"{ASKS} about zebras", name="Zanzibar")
    contact = Contact.objects.get()
    first = Location.objects.exclude(id=quayside).get().id
    own, page = f"/inbox/{conversation}", f"/contacts/{contact.id}"
    lists = (f"/inbox/list?q={conversation[-6:]}", "/contacts")
    at(sam, first)
    # Of no one place they are everybody's.
    assert all("Zanzibar" in sam.get(one).text for one in lists)
    assert robin.post(f"{page}/place", location="nowhere").status == 422
    assert robin.post(f"{page}/place", location=quayside).status in (204, 302)
    assert [subject for _, subject in gym.deeds("location_changed")] == [f"contact:{contact.id}"]
    assert not any("Zanzibar" in sam.get(one).text for one in lists)
    assert {sam.get(own).status, sam.get(page).status} == {403}
    assert sam.post(f"{own}/take").status == sam.post(f"{own}/transcript").status == 403
    assert sam.post(f"{page}/place", location=first).status == 403
    # Who works there, and who works everywhere, meets them.
    assert all("Zanzibar" in robin.get(one).text for one in lists)
    at(sam, quayside)
    assert all("Zanzibar" in sam.get(one).text for one in lists)
    assert sam.get(own).status == sam.get(page).status == 200
    # Handed to somebody, it is theirs, wherever they work.
    at(sam, first)
    Conversation.objects.update(assignee_id=sam.user.id, handled_by="agent")
    assert sam.get(own).status == 200


@pytest.mark.req("P10")
def test_a_colleague_says_where_somebody_works_and_why(
    gym: Gym, sam: Screen, quayside: str
) -> None:
    ada = gym.screen_of(gym.hire("Ina", Role.ADMIN))
    where = f"/settings/people/{sam.user.id}/locations"
    assert "Works for" in ada.get("/settings/people").text
    assert ada.post(where, locations=quayside).status == 422  # no reason
    assert ada.post(where, locations="nowhere", reason="moves").status == 422
    assert ada.post(where, locations=quayside, reason="moves to the quay").status == 302
    sam.user.refresh_from_db()
    assert sam.user.locations == [quayside]
    assert "1 of 2 places" in ada.get("/settings/people").text
    assert [subject for _, subject in gym.deeds("locations_changed")] == [f"user:{sam.user.id}"]
    assert sam.post(where, locations="", reason="mine").status == 403
    assert ada.post(where, reason="everywhere again").status == 302
    sam.user.refresh_from_db()
    assert sam.user.locations == []


@pytest.mark.req("P10", "R12")
def test_nobody_of_another_place_counts_as_there_or_is_asked(
    gym: Gym, sam: Screen, robin: Screen, quayside: str
) -> None:
    entrance, seen = Inbox.objects.get(channel="webchat"), Workspace.objects.get().revision
    told = {"inbox_id": entrance.id, "location_id": quayside, "seen": str(seen)}
    assert robin.post("/settings/business/entrance", told).status == 302
    Workspace.objects.update(policy={"offering_queues": "general"}, revision=99)
    first = Location.objects.exclude(id=quayside).get().id
    for person in (sam, robin):
        at(person, first)
    # Whoever comes by an entrance belongs to where it leads, and nobody is there for them.
    gym.hear("visitor-1", ASKS)
    assert Contact.objects.get().location_id == quayside
    assert Conversation.objects.get().handled_by == "async"
    assert not Invitation.objects.exists()
    assert standards_cache(gym.house).standards_of(gym.workspace.id).entrances == {
        entrance.id: quayside
    }
    at(sam, quayside)
    later = gym.hear("visitor-2", ASKS)
    assert Conversation.objects.get(id=later).handled_by == "queue"
    assert Invitation.objects.filter(conversation_id=later).get().user_id == sam.user.id
