"""The list of contacts, consents from a file, and proof: searched and handed out by role."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from baton.services import arrivals
from baton.services.facts import ContactIdentified
from baton.services.ledger import Ledger
from baton.services.people import contact_list, contacts
from baton.store.models import Consent, Contact
from baton.store.queries import turns
from tests.web.conftest import Gym, Screen

NUMBER = "+447700900123"


@pytest.fixture
def mia(gym: Gym) -> str:
    """Return the id of a contact with a number beside the chat."""
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    found = Contact.objects.get()
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        contact = turns.list_lanes([found.lane])[found.lane].contact
        contacts.add_address(ledger, contact, channel="sms", inbox_id=gym.inbox.id, address=NUMBER)
        ledger.flush()
    return found.id


def test_contacts_are_found_by_what_people_know_of_them(
    gym: Gym, sam: Screen, alex: Screen, mia: str
) -> None:
    gym.hear("nia", "Where can I park?", name="Nia Novak")
    for words in ("moss", "+44 7700 900123", mia[-6:]):
        page = sam.get(f"/contacts?q={words.replace('+', '%2B').replace(' ', '%20')}").text
        assert "Mia Moss" in page
        assert "Nia Novak" not in page
    assert "Mia Moss" in sam.get("/contacts?channel=sms").text
    assert "Nia Novak" not in sam.get("/contacts?channel=sms").text
    assert "Nobody is found by that" in sam.get("/contacts?permits=promotions").text
    gym.hear("nia", "STOP")
    assert "Nia Novak" in sam.get("/contacts?permits=ended").text
    assert "Mia Moss" not in sam.get("/contacts?permits=ended").text
    assert "Mia Moss" in alex.get("/contacts?permits=nonsense&channel=fax").text
    assert NUMBER not in sam.get(f"/contacts/{mia}").text
    assert "…0123" in sam.get(f"/contacts/{mia}").text


def test_names_are_looked_through_page_by_page_to_the_oldest(
    gym: Gym, sam: Screen, mia: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_list, "NAMES_A_PAGE", 2)
    for name in ("Nia", "Noa", "Nora"):
        gym.hear(name, "Where can I park?", name=name)
    first = sam.get("/contacts?q=moss").text
    assert "among the names that were looked through so far" in first
    further = re.findall(r'rel="next" href="([^"]+)">Look through older names', first)
    page = sam.get(f"/contacts{html.unescape(further[0])}").text
    assert "Mia Moss" in page
    assert "Nora" not in page
    ends = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "among the older names" in sam.get(f"/contacts{html.unescape(ends[0])}").text
    # Who is known by a mark stands on the first page, however long ago they came.
    assert "Mia Moss" in sam.get(f"/contacts?q={mia}").text


@pytest.mark.req("DI4", "G59")
def test_who_may_be_the_same_is_suggested_and_not_merged(gym: Gym, sam: Screen, mia: str) -> None:
    gym.hear("nia", "Where can I park?", name="Nia")
    nia = Contact.objects.exclude(id=mia).get()
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        contact = turns.list_lanes([nia.lane])[nia.lane].contact
        contacts.add_address(
            ledger, contact, channel="whatsapp", inbox_id=gym.inbox.id, address=NUMBER
        )
        ledger.flush()
    page = sam.get(f"/contacts/{mia}").text
    assert "the same number or mailbox on another channel" in page
    assert not Contact.objects.exclude(merged_into_id=None).exists()
    sam.post(f"/contacts/{mia}/merge", other=nia.id, reason="the same number", htmx=False)
    assert "May be the same person" not in sam.get(f"/contacts/{mia}").text


def test_who_signs_in_later_is_suggested_as_who_they_were_before(gym: Gym, sam: Screen) -> None:
    gym.hear("browser", "What time do you open?")
    before = Contact.objects.get().id
    fact = ContactIdentified(
        channel="webchat", inbox_id=gym.inbox.id, address="known-7", external_id="member-7",
        name="Mia Moss", seen_as="browser",
    )  # fmt: skip
    lane = arrivals.lane_of(gym.house.keyset, gym.workspace.id, "webchat", "known-7")
    with gym.house.engine.transaction():
        gym.house.engine.inbox.append(
            [
                arrivals.arrival_of(
                    fact, gym.house.keyset, workspace_id=gym.workspace.id, lane=lane,
                    dedupe_key="identity:7", received_at=gym.clock.now(),
                )
            ]
        )  # fmt: skip
    gym.step(seconds=0)
    now = Contact.objects.get(lane=lane)
    page = sam.get(f"/contacts/{now.id}").text
    assert "wrote from the browser in which they signed in later" in page
    assert "verified" in page
    assert before in page
    assert now.id in sam.get("/contacts?q=member-7").text


@pytest.mark.req("P1", "P15")
def test_proof_goes_out_as_a_page_as_json_and_as_csv(
    gym: Gym, sam: Screen, alex: Screen, robin: Screen, mia: str
) -> None:
    Consent.objects.update(source="=cmd|calc")
    assert "=cmd|calc" in sam.get(f"/contacts/{mia}/proof").text
    told = json.loads(alex.get(f"/contacts/{mia}/proof?as=json").text)
    assert [one["purpose"] for one in told["consents"]] == ["service"]
    assert sam.get("/contacts/consents.csv").status == 403
    lines = alex.get("/contacts/consents.csv").text.splitlines()
    assert lines[0].startswith("contact,channel,purpose,granted")
    assert "'=cmd|calc" in lines[1]  # no spreadsheet takes it for a formula
    assert "Moss" not in lines[1]
    assert len(gym.deeds("consents_exported")) == 3
    assert robin.get("/contacts/nobody/proof").status == 404


@pytest.mark.req("P15")
def test_a_file_is_checked_and_imported_by_who_may(gym: Gym, sam: Screen, robin: Screen) -> None:
    content = (
        b"channel,address,purpose,status,source,at\nsms,+447700900123,service,yes,a form,now\n"
    )
    assert sam.get("/contacts/import").status == 403
    assert "Choose a file first" in robin.post("/contacts/import", htmx=False).text
    upload = SimpleUploadedFile("old.csv", content)
    page = robin.post("/contacts/import", {"file": upload, "deed": "import"}, htmx=False).text
    assert "no inbox is connected" in page
    assert "1 line: 0 kept" in page
    assert not gym.deeds("consents_imported")
    part = robin.post("/contacts/import")  # as the page's own script posts it
    assert (part.status, part.text) == (422, "<p>Choose a file first.</p>\n")
