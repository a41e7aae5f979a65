"""After an erasure no byte of the person is left, and what was counted is counted still."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps

from baton.config.stories import founding, laws
from baton.config.stories import player as players
from baton.config.stories.document import Story
from baton.config.stories.parts import Identity, Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, Forbidden, InvalidInput
from baton.core.records import Person
from baton.reports.sources import SOURCES
from baton.services.desk import auditing
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts
from baton.services.privacy import erasing, holding, letting_go, taking_out
from baton.services.privacy.erasing import Again
from baton.services.privacy.forgetting import Forgetter
from baton.services.privacy.manifest import Line, Manifest
from baton.services.systems import recognising
from baton.services.systems.recognising import Recognised
from baton.store import sealed
from baton.store.crypto import FORMAT
from baton.store.models import (
    Address,
    AuditEntry,
    Contact,
    Conversation,
    Erasure,
    KeptStop,
    Message,
    VaultEntry,
)
from baton.store.personal import GONE, HOLDINGS
from baton.store.queries import turns
from baton.store.rows import ContactRow
from tests.support.world import failures_of, read_story

TOKEN = "[phone:00aa00aa00aa00aa]"
RICH = (
    "G38-easy-return",
    "G17-healthcare-intake",
    "G15-party-reservation",
    "G41-nps-detractor",
    "email-invoice-and-unsubscribe",
    "G52-stop",
)
"""Stories that leave files, cards, intake, bookings, surveys, emails, links and opt-outs."""
STORY = Story.model_validate(
    {
        "story": "erasing",
        "title": "Somebody wants to be forgotten",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "sms"},
            "ava": {"contact": "webchat"},
            "eve": {"contact": "email"},
            "rob": {"user": "manager", "name": "Rob"},
            "sam": {"user": "agent", "name": "Sam"},
        },
        "steps": [{"passes": "1s"}],
    }
)
WORDS = "agent please, I am Mia Zwickelstein, write to mia.z@example.org or call 020 7946 0018"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 - asks for the database
    monkeypatch.setenv("BATON_READER", "plain")
    world = founding.make(STORY)
    world.identify("mia", Identity(id="crm-77123", name="Mia Zwickelstein", membership="gold"))
    world.say(Says(who="mia", text=[WORDS]))
    world.say(Says(who="ava", text=["what are your opening hours?"]))
    return world


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return Manifest(path=tmp_path / "erased.jsonl")


def everything(house: House) -> Iterator[str]:
    """Every value of every table, opened where it is sealed; what staff wrote is left out."""
    held = {one.model for one in HOLDINGS}
    opened = {(one.model, one.column): one for one in sealed.COLUMNS}
    for model in apps.get_app_config("store").get_models():
        if model in held or model is AuditEntry:
            for row in model.objects.values():  # type: ignore[attr-defined]
                for name, value in row.items():
                    if isinstance(value, bytes | memoryview) and bytes(value)[:1] == FORMAT:
                        place = opened[model, name].place.format(**row)
                        plain = house.keyset.unseal_bytes(bytes(value), place)
                        yield plain.decode("latin-1")
                        yield plain.decode(errors="replace")
                    else:  # in the clear: what is put into a queue unsealed too
                        yield f"{model.__name__}.{name}={value}"


def marks_of(house: House, contact: Contact) -> set[str]:
    """What tells a person: handles, name, words, and the keyed hashes that lead to them."""
    keyset, workspace_id = house.keyset, contact.workspace_id
    marks = {contact.lane, contact.external_id}
    if contact.name_sealed:
        marks.add(keyset.unseal(bytes(contact.name_sealed), f"contact.name:{contact.id}"))
    for address in Address.objects.filter(contact_id=contact.id):
        entry = VaultEntry.objects.get(workspace_id=workspace_id, token=address.token)
        handle = keyset.unseal(bytes(entry.value_sealed), f"vault:{workspace_id}:{address.token}")
        marks |= {address.lane, handle}
    for message in Message.objects.filter(contact_id=contact.id, author="contact"):
        marks.add(keyset.unseal(bytes(message.body_sealed), f"message:{message.id}"))
    return {mark for mark in marks if len(mark) > 7}


def reached(world: World, contact: Contact) -> tuple[Address, str]:
    """Where a contact is reached: the address as it is kept, and in the clear."""
    address = Address.objects.get(contact_id=contact.id)
    entry = VaultEntry.objects.get(workspace_id=world.workspace_id, token=address.token)
    place = f"vault:{world.workspace_id}:{address.token}"
    return address, world.house.keyset.unseal(bytes(entry.value_sealed), place)


def counted(workspace_id: str) -> dict[str, int]:
    return {
        source.name: source.rows().filter(workspace_id=workspace_id).count()
        for source in SOURCES.values()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", RICH)
@pytest.mark.req("P9", "P23")
def test_nothing_of_anybody_is_left_after_a_story(
    name: str, monkeypatch: pytest.MonkeyPatch, manifest: Manifest
) -> None:
    monkeypatch.setenv("BATON_READER", "plain")
    holds = laws.broken

    def erase_all(world: World) -> Iterator[str]:
        """Runs at the story's end, where its laws are held against its world."""
        house = world.house
        contacts = list(Contact.objects.filter(merged_into_id=None))
        marks = set().union(*(marks_of(house, one) for one in contacts))
        assert marks
        keeping.catch_up(house, world.workspace_id)
        before = counted(world.workspace_id)
        for one in contacts:
            done = erasing.erase_now(house, manifest, world.workspace_id, one.id, "they asked")
            assert done.done_at == world.now
            assert done.told["the contact"] == 1
        world.run_idle()
        keeping.catch_up(house, world.workspace_id)
        assert counted(world.workspace_id) == before
        left = [
            text[:300] for text in everything(house) for mark in marks
            if mark in text and not (mark.isalpha() and text.startswith("AuditEntry"))
        ]  # fmt: skip
        assert left == []
        yield from holds(world)

    monkeypatch.setattr(laws, "broken", erase_all)
    assert failures_of(players.play(read_story(name))) == []


def test_a_wish_can_be_taken_back_until_it_is_due(world: World, manifest: Manifest) -> None:
    rob, mia = world.users["rob"], one(world, "mia")
    forgetter = Forgetter(house=world.house, manifest=manifest, owner="test")
    with pytest.raises(InvalidInput):
        erasing.ask(world.house, rob, mia.id, "  ")
    with pytest.raises(Forbidden):
        erasing.ask(world.house, world.users["sam"], mia.id, "they asked")
    erasing.ask(world.house, rob, mia.id, "they asked by letter")
    with pytest.raises(Conflict, match="already"):
        erasing.ask(world.house, rob, mia.id, "again")
    world.clock.advance(timedelta(days=2, hours=23))
    assert forgetter.run_once() == 0
    erasing.take_back(world.house, rob, mia.id)
    world.clock.advance(timedelta(days=9))
    assert forgetter.run_once() == 0
    assert one(world, "mia").is_identified
    with pytest.raises(Conflict, match="Nothing"):
        erasing.take_back(world.house, rob, mia.id)
    # Asked again, nobody takes it back.
    erasing.ask(
        world.house,
        rob,
        mia.id,
        f"they asked again, from 020 7946 0018 and {TOKEN}",
    )
    world.clock.advance(timedelta(days=3))
    assert forgetter.run_once() == 1
    assert Contact.objects.get(id=mia.id).lane == f"{GONE}{mia.id}"
    assert Conversation.objects.get(contact_id=mia.id).status == "resolved"
    certificate = erasing.find_certificate(mia.id)
    assert certificate is not None
    # It outlives them: no token that leads to anybody stands in it.
    assert certificate.reason == "they asked again, from [phone] and [phone]"
    assert auditing.verify(world.workspace_id) is None
    # Whoever writes from that number now is somebody new.
    world.say(Says(who="mia", text=["hello again"]))
    assert one(world, "mia").id != mia.id
    assert not one(world, "mia").is_identified
    assert one(world, "ava").lane != ""


@pytest.mark.parametrize(
    ("stood", "stands"),
    [
        ("queued", ("refused", "erased")),
        ("held", ("refused", "erased")),
        ("sending", ("unknown", "erased")),
        ("delivered", ("delivered", "")),
    ],
)
def test_no_message_waits_for_ever_to_go_to_who_is_erased(
    world: World, manifest: Manifest, stood: str, stands: tuple[str, str]
) -> None:
    mia = one(world, "mia")
    theirs = Message.objects.filter(contact_id=mia.id, author="bot")
    assert theirs.update(delivery=stood)
    erasing.erase_now(world.house, manifest, world.workspace_id, mia.id, "they asked")
    assert set(theirs.values_list("delivery", "delivery_reason")) == {stands}


@pytest.mark.req("P9")
@pytest.mark.parametrize("stops", [True, False])
def test_stop_outlives_who_said_it(world: World, manifest: Manifest, *, stops: bool) -> None:
    mia = one(world, "mia")
    address, number = reached(world, mia)
    if stops:
        world.say(Says(who="mia", text=["STOP"]))
    erasing.erase_now(world.house, manifest, world.workspace_id, mia.id, "they asked")
    # A list of members names the number again.
    with world.house.engine.transaction():
        ledger = Ledger(world.house, world.now)
        back = ContactRow(
            id=ledger.next_id(),
            workspace_id=world.workspace_id,
            lane=address.lane,
            created_at=world.now,
        )
        back = contacts.welcome(
            ledger, back, channel="sms", inbox_id=address.inbox_id, address=number
        )
        ledger.flush()
    assert back.opted_out == ("sms" if stops else "")
    assert Contact.objects.get(id=back.id).opted_out == back.opted_out
    # Nobody but they themselves take it back, and then it is forgotten with them.
    world.say(Says(who="mia", text=["START"]))
    assert one(world, "mia").opted_out == ""
    erasing.erase_now(world.house, manifest, world.workspace_id, back.id, "once more")
    assert not KeptStop.objects.exists()


@pytest.mark.req("P9")
@pytest.mark.parametrize("stops", [True, False])
def test_an_address_that_said_stop_is_lent_to_nobody(
    world: World, manifest: Manifest, *, stops: bool
) -> None:
    by_phone = Person(reference="c-1", phone="+44 7700 900123")
    mailbox = "eve@example.com"
    with world.house.engine.transaction():
        two = (by_phone, Person(reference="c-2", email=mailbox))
        kim, eve = recognising.recognise(world.house, world.workspace_id, "theirs", two)
    assert isinstance(kim, Recognised)
    assert isinstance(eve, Recognised)
    if stops:
        with world.house.engine.transaction():
            ledger = Ledger(world.house, world.now)
            row = turns.list_lanes([eve.lane])[eve.lane].contact
            ledger.keep(consents.change(ledger, row, "email", is_granted=False))
            ledger.flush()
    erasing.erase_now(world.house, manifest, world.workspace_id, eve.contact_id, "they asked")
    # The booking system says that who is known by the number has that mailbox too.
    with world.house.engine.transaction():
        both = replace(by_phone, email=mailbox)
        recognising.recognise(world.house, world.workspace_id, "theirs", [both])
    known = Address.objects.filter(contact_id=kim.contact_id)
    assert set(known.values_list("channel", flat=True)) == ({"sms"} if stops else {"sms", "email"})


@pytest.mark.req("P14")
def test_a_legal_hold_keeps_everything(world: World, manifest: Manifest) -> None:
    rob, mia = world.users["rob"], one(world, "mia")
    forgetter = Forgetter(house=world.house, manifest=manifest, owner="test")
    erasing.ask(world.house, rob, mia.id, "they asked")
    holding.hold(world.house, rob, mia.id, "a claim at court")
    with pytest.raises(Conflict):
        holding.hold(world.house, rob, mia.id, "another")
    world.clock.advance(timedelta(days=4))
    assert forgetter.run_once() == 0
    with pytest.raises(Conflict, match="claim at court"):
        erasing.erase_now(world.house, manifest, world.workspace_id, mia.id, "now")
    end_all(world)
    world.clock.advance(timedelta(days=900))
    sweep(world)
    assert words_of(world, "mia") == [WORDS]
    holding.lift(world.house, rob, mia.id)
    sweep(world)
    assert words_of(world, "mia") == [""]
    while forgetter.run_once():
        world.clock.advance(timedelta(minutes=1))
    assert erasing.find_certificate(mia.id) is not None


@pytest.mark.req("P14", "U14", "P23")
def test_words_go_when_their_time_is_over_and_figures_stay(world: World) -> None:
    end_all(world)
    keeping.catch_up(world.house, world.workspace_id)
    before = counted(world.workspace_id)
    world.clock.advance(timedelta(days=729))
    assert sweep(world) == 0
    assert words_of(world, "mia") == [WORDS]
    world.clock.advance(timedelta(days=2))
    assert sweep(world) == 2
    assert sweep(world) == 0  # and is not done again
    assert words_of(world, "mia") == [""]
    assert counted(world.workspace_id) == before
    left = "".join(everything(world.house))
    assert "Zwickelstein" in left  # they are still a contact
    assert "write to" not in left
    # They come back, and what they say then is kept anew.
    world.say(Says(who="mia", text=["do you have parking?"]))
    assert sweep(world) == 0
    assert "do you have parking?" in words_of(world, "mia")
    told = AuditEntry.objects.filter(action="retention_applied").get()
    assert json.loads(told.details)["conversations"] == 2


def test_a_restored_backup_brings_nobody_back(world: World, manifest: Manifest) -> None:
    mia = one(world, "mia")
    rows = list(Contact.objects.filter(id=mia.id).values())
    erasing.erase_now(world.house, manifest, world.workspace_id, mia.id, "they asked")
    assert erasing.erase_again(world.house, manifest) == Again()
    Contact.objects.filter(id=mia.id).update(**{k: v for k, v in rows[0].items() if k != "id"})
    Erasure.objects.all().delete()
    assert erasing.erase_again(world.house, manifest) == Again(erased=1)
    assert Contact.objects.get(id=mia.id).lane.startswith(GONE)
    assert erasing.find_certificate(mia.id) is not None
    assert "Mia" not in manifest.path.read_text()


def test_a_hold_that_came_back_with_a_backup_stops_no_restore(
    world: World, manifest: Manifest
) -> None:
    mia, ava = one(world, "mia"), one(world, "ava")
    holding.hold(world.house, world.users["rob"], mia.id, "a case that was over since")
    manifest.add(Line(world.workspace_id, (mia.id,)))
    manifest.add(Line(world.workspace_id, (ava.id,)))
    for _ in range(2):  # at each start: who is held stays so, and is asked for once
        told = erasing.erase_again(world.house, manifest)
        assert (told.held, Erasure.objects.filter(contact_id=mia.id).count()) == (1, 1)
    assert Contact.objects.get(id=ava.id).lane.startswith(GONE)
    assert not Contact.objects.get(id=mia.id).lane.startswith(GONE)
    holding.lift(world.house, world.users["rob"], mia.id)
    assert Forgetter(house=world.house, manifest=manifest, owner="test").run_once() >= 1
    assert Contact.objects.get(id=mia.id).lane.startswith(GONE)


def test_all_that_is_known_can_be_taken_out(world: World) -> None:
    mia, rob = one(world, "mia"), world.users["rob"]
    with pytest.raises(Forbidden):
        taking_out.take_out(world.house, world.users["sam"], mia.id, io.BytesIO())
    file = io.BytesIO()
    taking_out.take_out(world.house, rob, mia.id, file)
    with zipfile.ZipFile(file) as packed:
        told = json.loads(packed.read("person.json"))
    assert told["the contact"][0]["name"] == "Mia Zwickelstein"
    assert WORDS in [message["body"] for message in told["messages"]]
    assert any("mia.z@example.org" in str(one["value"]) for one in told["identifiers in the vault"])
    assert mia.lane not in json.dumps(told)
    assert "opening hours?" not in json.dumps(told), "that is somebody else's"
    entry = AuditEntry.objects.get(action="contact_exported")
    assert (entry.actor, entry.subject) == (f"user:{rob.id}", f"contact:{mia.id}")


def one(world: World, who: str) -> Contact:
    found = world.find_contact(who)
    assert found is not None
    return found


def words_of(world: World, who: str) -> list[str]:
    found = Message.objects.filter(contact_id=one(world, who).id, author="contact").order_by("id")
    return [world.house.keyset.unseal(m.body_sealed, f"message:{m.id}") for m in found]


def end_all(world: World) -> None:
    Conversation.objects.update(status="resolved", resolved_at=world.now)


def sweep(world: World) -> int:
    total = 0
    while done := letting_go.let_go(world.house, world.workspace_id, world.policy):
        total += done
    return total
