"""What is to be done about a contact is written into their CRM: once, and of nobody guessed."""

import json
import re
from datetime import timedelta
from typing import cast

import msgspec
import pytest

from baton.connectors.calcom.settings import CalcomSettings
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import BookingRecord, Person, stamp_of
from baton.services.bookings import activities, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import Wish
from baton.services.calls import Call, Ended, Failed, Performed
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.systems import crm, crm_traits, recording, systems
from baton.store.models import AuditEntry, ConnectedSystem, Contact, RuntimeEffect, Task
from baton.store.queries import recognising
from tests.connectors.examples import EXAMPLES
from tests.ingress.installation import Installation
from tests.ingress.test_mirrors import answering, connect, placed_at, post
from tests.nlu.outside.server import Answer, Asked, Server, running

HUBSPOT = next(one for one in EXAMPLES if one.kind == "hubspot")


class Crm:
    """A HubSpot account with one contact, or as many as are wanted of one email."""

    def __init__(self) -> None:
        self.contacts = ["77"]
        self.entries: list[bytes] = []
        self.traits: list[tuple[str, str, dict[str, str]]] = []
        self.fault: Answer | None = None

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("/contacts/search"):
            return _said({"results": [{"id": one} for one in self.contacts]})
        if asked.method == "PATCH":
            self.traits.append((asked.method, asked.path, json.loads(asked.body)["properties"]))
            return _said({"id": "77"})
        if asked.path.endswith("/search"):
            [mark] = re.findall(rb'"value":"(baton[0-9a-f]+)"', asked.body)
            return _said({"results": [{"id": "1"} for one in self.entries if mark in one]})
        self.entries.append(asked.body)
        return self.fault or _said({"id": "1"}, status=201)


def _said(said: Json, status: int = 200) -> Answer:
    return Answer(status=status, pieces=(msgspec.json.encode(said),))


def _known(gym: Installation, server: Server) -> Contact:
    """Return a contact whom HubSpot has told of, with HubSpot answering somewhere."""
    with answering(HUBSPOT) as first:
        placed = placed_at(HUBSPOT, first.url)
        post(gym, placed, connect(gym, placed), HUBSPOT.told[0])
    system = ConnectedSystem.objects.get()
    settings = msgspec.structs.replace(systems.settings_of(gym.house, system), api_url=server.url)
    own = systems.Wanted(kind=system.kind, name=system.name, settings=settings)
    systems.change(gym.house, gym.workspace.id, system.id, own, actor="test")
    return Contact.objects.get()


def _task(gym: Installation, contact: Contact, title: str) -> Task:
    now, task_id = gym.house.clock.now(), gym.house.next_id(gym.house.clock.now())
    return Task.objects.create(
        id=task_id, workspace_id=contact.workspace_id, contact_id=contact.id, conversation_id="c",
        flow="onboarding", queue="concierge", created_at=now, due_at=now + timedelta(days=1),
        title_sealed=gym.house.keyset.seal(title, f"task:{task_id}"),
    )  # fmt: skip


def _tell(gym: Installation, task: Task) -> RuntimeEffect:
    """Have a task told, and return what became of telling it."""
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.house.clock.now())
        crm.order(ledger, task.workspace_id, "lane", task.id)
        ledger.flush()
    gym.step(1)
    return RuntimeEffect.objects.get(intent_key=f"crm:{task.id}")


@pytest.mark.req("R14", "ON7", "DI8")
def test_a_task_is_written_down_beside_its_contact_and_never_twice(gym: Installation) -> None:
    kept = Crm()
    with running() as server:
        server.answer = kept
        task = _task(gym, _known(gym, server), "High priority: call a new member of ours.")
        kept.fault = Answer(status=502)  # it is kept, and the answer is lost
        effect = _tell(gym, task)
        assert (effect.state, len(kept.entries)) == ("due", 1)
        kept.fault = None
        gym.step(600)
        effect.refresh_from_db()
        assert effect.state == "done"
        assert AuditEntry.objects.filter(action="task_told_to_crm").count() == 1
        server.answer = lambda _: Answer(status=401)
        again = _tell(gym, _task(gym, Contact.objects.get(), "Call"))
        assert again.state == "parked"
        assert ConnectedSystem.objects.get().problem  # for its page
        server.answer = kept
        kept.contacts = []
        _tell(gym, _task(gym, Contact.objects.get(), "Call"))
        assert not ConnectedSystem.objects.get().problem
    [entry] = kept.entries
    told = json.loads(entry)
    assert told["properties"]["hs_task_subject"] == "High priority: call a new member of ours."
    assert told["properties"]["hs_task_priority"] == "HIGH"
    assert told["properties"]["hs_task_type"] == "CALL"
    assert told["properties"]["hs_timestamp"] == task.due_at.isoformat()
    [beside] = told["associations"]
    assert beside["to"] == {"id": "77"}
    assert beside["types"][0]["associationTypeId"] == 204


def test_of_nobody_known_there_or_of_several_nothing_is_written(gym: Installation) -> None:
    kept = Crm()
    with running() as server:
        server.answer = kept
        contact = _known(gym, server)
        for contacts in ([], ["77", "78"]):
            kept.contacts = contacts
            assert _tell(gym, _task(gym, contact, "Call")).state == "done"
        assert isinstance(_noted(gym, contact, "Paused until May"), Failed)
        assert not kept.entries
        assert AuditEntry.objects.filter(action="crm_knows_nobody").count() == 2
        kept.contacts = ["77"]
        assert isinstance(_noted(gym, contact, "Paused until May"), Performed)
        assert isinstance(_noted(gym, contact, "Paused until May"), Performed)
    [note] = kept.entries
    assert b'"hs_note_body":"Paused until May (baton' in note
    assert isinstance(_noted(gym, contact, ""), Failed)


@pytest.mark.req("OR15", "RT5", "RP13", "DI8")
def test_what_becomes_of_orders_and_returns_is_written_down_beside_their_contact(
    gym: Installation,
) -> None:
    kept = Crm()
    with running() as server:
        server.answer = kept
        contact = _known(gym, server)
        tagged = {"tags": ["vip", "return_size"]}
        Contact.objects.filter(id=contact.id).update(marks=tagged, preferred_channel="whatsapp")
        for key, event, facts in (
            ("a", "order_delivered", {"order": "10442"}),
            ("b", "delivery_failed", {"order": "10443", "attempt": 1, "reports": 1}),
            ("c", "visit_ended", {"visit_number": 2}),
            ("d", "return_refunded", {"order": "10442", "topic": "size"}),
            ("d", "return_refunded", {"order": "10442", "topic": "size"}),
        ):
            with gym.house.engine.transaction():
                telling.tell(gym.house, contact.id, event, cast(dict[str, Json], facts), key=key)
            gym.step(1)
        gym.step(60)
    notes = [
        json.loads(one)["properties"]["hs_note_body"].split(" (baton")[0] for one in kept.entries
    ]
    beside = "Tags: return_size. Prefers whatsapp."
    assert notes == [
        f"Order 10442: delivered. {beside}",
        f"Order 10442: its return was paid back (size). {beside}",
    ]
    sealed = RuntimeEffect.objects.filter(kind="note_to_crm").values_list("body", flat=True)
    assert not any(b"10442" in bytes(one) for one in sealed)


@pytest.mark.req("DI8", "DI1", "AP8")
def test_booking_status_order_and_tags_are_kept_in_the_crm_as_they_stand(gym: Installation) -> None:
    kept = Crm()
    with running() as server:
        server.answer = kept
        contact = _known(gym, server)
        house, workspace_id = gym.house, gym.workspace.id
        yoga = activities.save(house, workspace_id, Offer(name="Yoga"), actor="test")
        begins = house.clock.now() + timedelta(days=3)
        [slot] = activities.add_slots(house, workspace_id, yoga, [begins], actor="test")
        wish = Wish(contact_id=contact.id, slot_id=slot)
        row = places.book(house, workspace_id, wish, actor="user:1")
        gym.step(1)
        assert kept.traits == []  # nobody has asked for it yet
        system = ConnectedSystem.objects.get()
        settings = msgspec.structs.replace(systems.settings_of(house, system), keeps_traits=True)
        own = systems.Wanted(kind=system.kind, name=system.name, settings=settings)
        systems.change(house, workspace_id, system.id, own, actor="test")
        Contact.objects.filter(id=contact.id).update(marks={"tags": ["vip", "at_risk"]})
        places.cancel(house, workspace_id, row.id, actor="user:1")
        gym.step(1)
        kept.contacts = []
        places.restore(house, workspace_id, row.id, actor="user:1")
        gym.step(1)
    [(_method, path, told)] = kept.traits
    assert path.endswith("/crm/v3/objects/contacts/77")
    assert told["baton_booking_status"] == "cancelled"
    assert told["baton_booking_at"] == begins.isoformat()
    assert told["baton_tags"] == "vip, at_risk"
    assert told["baton_order"] == ""


@pytest.mark.req("DI3")
def test_who_the_crm_knows_and_who_booked_elsewhere_is_one_contact_with_one_outcome(
    gym: Installation,
) -> None:
    with running() as server:
        server.answer = Crm()
        contact = _known(gym, server)
    email = recognising.handles_of(contact.id, gym.house.keyset.unseal)["email"]
    settings = CalcomSettings(api_key="cal_test_0123456789")
    own = systems.Wanted(kind="calcom", name="Calendar", settings=settings, secret="s" * 32)
    systems.connect(gym.house, gym.workspace.id, own, actor="test")
    begins = gym.house.clock.now() + timedelta(days=1)
    for order, state in enumerate((State.BOOKED, State.ATTENDED)):
        told = BookingRecord(
            reference="B-1", stamp=stamp_of(order), person=Person(email=email.upper()),
            activity="Massage", state=state, starts_at=begins, ends_at=begins + timedelta(hours=1),
        )  # fmt: skip
        with gym.house.engine.transaction():
            ledger = Ledger(gym.house, gym.house.clock.now())
            system = ConnectedSystem.objects.get(kind="calcom")
            recording.take_all(ledger, system, [told], key=str(order))
            ledger.flush()
        gym.step(1)
    assert Contact.objects.get().id == contact.id
    traits = crm_traits.traits_of(Contact.objects.get())
    assert (traits.booking_status, traits.booking_at) == ("attended", begins.isoformat())


def _noted(gym: Installation, contact: Contact, text: str) -> Ended:
    call = Call(
        workspace_id=contact.workspace_id, contact_id=contact.id, by="flow:pause",
        given={"text": text}, key="action:run:1",
    )  # fmt: skip
    return crm.offered_by(gym.house)["note_in_crm"](call)
