"""Calling back: the number is behind a logged click, and the outcome moves the clock."""

import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.services.workspace import inboxes
from baton.store.models import Contact, Conversation, Message, Suppression
from baton.store.queries import turns
from tests.web.conftest import Gym, Screen

NUMBER = "+447700900123"


@pytest.mark.req("C2", "P10")
def test_an_agent_calls_back_and_says_what_came_of_it(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", "Can I talk to a real person please?", name="Mia")
    contact, conversation = Contact.objects.get(), Conversation.objects.get()
    path = f"/inbox/{conversation.id}"
    assert "No telephone number" in sam.get(f"{path}/call").text
    wanted = inboxes.Wanted(name="SMS", settings=SandboxSettings(sender="+447700900999"))
    sms = inboxes.connect(gym.house, contact.workspace_id, wanted, actor="system")
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        row = turns.list_lanes([contact.lane])[contact.lane].contact
        contacts.add_address(ledger, row, channel="sms", inbox_id=sms.id, address=NUMBER)
        ledger.flush()

    assert "Take the conversation first" in sam.get(f"{path}/call").text
    assert sam.post(f"{path}/call", htmx=False).status == 409
    sam.post(f"{path}/take")
    assert "/call" in sam.get(path).text
    assert NUMBER not in sam.get(f"{path}/call").text
    assert not gym.deeds("number_shown")
    assert f"tel:{NUMBER}" in sam.post(f"{path}/call", htmx=False).text
    assert gym.deeds("number_shown") == [(f"user:{sam.user.id}", f"contact:{contact.id}")]

    told = {"outcome": "reached", "words": "Comes tomorrow."}
    assert sam.post(f"{path}/call/outcome", told, htmx=False).status == 302
    note = Message.objects.get(is_note=True)
    said = gym.house.keyset.unseal(bytes(note.body_sealed), f"message:{note.id}")
    assert said == "Called: they were reached. Comes tomorrow."
    assert Conversation.objects.get().waiting_since is None
    assert sam.post(f"{path}/call/outcome", {"outcome": "asleep"}).status == 422
    sam.post(f"{path}/call/outcome", {"outcome": "wrong_number"}, htmx=False)
    assert Suppression.objects.get().channel == "voice"
    assert len(gym.deeds("called")) == 2
