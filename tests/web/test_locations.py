"""Locations: who works for some of them meets the contacts of these, and no others (P10)."""

import pytest

from baton.core.roles import Role
from baton.services import inbox as desk
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Address,
    Approval,
    Contact,
    Conversation,
    Inbox,
    Invitation,
    Invoice,
    Location,
    Membership,
    Order,
    Return,
    Task,
    User,
    VaultEntry,
    Workspace,
)
from tests.support.bare_rows import bare
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


@pytest.mark.req("P10")
def test_who_works_for_a_place_lets_nobody_into_more(gym: Gym, sam: Screen, quayside: str) -> None:
    ada = gym.screen_of(gym.hire("Ina", Role.ADMIN))
    kim = gym.hire("Kim", Role.AGENT)
    at(ada, quayside)
    for deed in ("locations", "role", "close", "forget-second-step", "link"):
        where = f"/settings/people/{sam.user.id}/{deed}"  # who works for all
        asked = ada.post(where, locations=quayside, role="admin", reason="mine")
        assert asked.status == 403, deed
    User.objects.filter(id=kim.id).update(locations=[quayside])
    where = f"/settings/people/{kim.id}/locations"
    assert ada.post(where, locations="", reason="all of it").status == 422
    assert ada.post(where, locations=quayside, reason="stays").status == 302
    ada.post("/settings/people/add", name="Noa", email="noa@gym.example", role="agent")
    assert User.objects.get(name="Noa").locations == [quayside]


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


@pytest.mark.req("P10", "P24")
def test_what_belongs_to_a_contact_of_another_place_is_closed_as_they_are(
    gym: Gym, sam: Screen, robin: Screen, quayside: str
) -> None:
    talk = gym.hear("visitor-1", f"{ASKS}, on 020 7946 0018", name="Zanzibar")
    contact = Contact.objects.get()
    theirs = {"workspace_id": gym.workspace.id, "contact_id": contact.id}
    order = bare(Order, "order", **theirs, state="delivered")
    invoice = bare(Invoice, "invoice", **theirs, state="open")
    member = bare(Membership, "member", **theirs, state="active")
    sent_back = bare(
        Return, "return", **theirs, state="specialist", reason="size", order_id=order.id
    )
    asked = {"workspace_id": gym.workspace.id, "conversation_id": talk}
    approval = bare(Approval, "approval", **asked, state="proposed", asked="manager")
    title = gym.house.keyset.seal("Call them", f"task:{'c' * 32}")
    bare(Task, "task", id="c" * 32, **theirs, conversation_id=talk, title_sealed=title)
    lists = (
        "/orders?state=all",
        "/invoices?state=all",
        "/members?state=all",
        "/returns?state=all",
        "/to-do",
        "/approvals?folder=open",
    )
    pages = (
        f"/orders/{order.id}",
        f"/orders/new/{contact.id}",
        f"/invoices/{invoice.id}",
        f"/invoices/new/{contact.id}",
        f"/members/{member.id}",
        f"/returns/{sent_back.id}",
        f"/approvals/{approval.id}",
        f"/inbox/{talk}/approvals",
        f"/inbox/{talk}/fitting",
    )
    whole = f"/contacts/{contact.id}/data"
    for person in (sam, robin):
        at(person, quayside)
    Contact.objects.update(location_id=quayside)
    assert [one for one in lists if "Zanzibar" not in sam.get(one).text] == []
    assert {sam.get(one).status for one in pages} == {200}
    first = Location.objects.exclude(id=quayside).get().id
    for person in (sam, robin):
        at(person, first)
    assert [one for one in lists if "Zanzibar" in sam.get(one).text] == []
    assert [one for one in pages if sam.get(one).status not in (403, 404)] == []
    assert robin.post(f"{whole}.zip").status == 403
    assert robin.post(f"{whole}/erase", reason="asked").status == 403
    assert robin.post(f"{whole}/hold", reason="a case").status == 403
    assert gym.deeds("contact_exported") == gym.deeds("erasure_asked") == []


@pytest.mark.req("P5", "P10")
def test_a_token_is_opened_by_who_works_where_its_contact_belongs(
    gym: Gym, sam: Screen, quayside: str
) -> None:
    gym.hear("visitor-1", ASKS)
    contact = Contact.objects.get()
    Contact.objects.update(location_id=quayside)
    token = gym.house.keyset.token(gym.workspace.id, "phone", "+442079460018")
    value = gym.house.keyset.seal("+442079460018", f"vault:{gym.workspace.id}:{token}")
    told = {"workspace_id": gym.workspace.id, "token": token}
    VaultEntry.objects.create(id="d" * 32, **told, kind="phone", value_sealed=value)
    bare(Address, "address", **told, channel="sms", contact_id=contact.id, lane=contact.lane)
    asked = {"token": token, "reason": "to call them"}
    at(sam, Location.objects.exclude(id=quayside).get().id)
    refused = sam.post("/contacts/token", asked, htmx=False)
    assert (refused.status, "442079460018" in refused.text) == (403, False)
    at(sam, quayside)
    assert "442079460018" in sam.post("/contacts/token", asked, htmx=False).text
    assert len(gym.deeds("token_opened")) == 2
