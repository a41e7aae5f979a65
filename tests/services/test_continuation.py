"""Who left the chat is answered where they asked to be: once, in the agent's name, or not."""

from datetime import timedelta

import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.roles import Role
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import file_links
from baton.services.delivery.attachments import Upload
from baton.services.desk import agents
from baton.services.doors import chat, continuation, presence, wordings
from baton.services.doors.chat import Entrance, Visit
from baton.services.workspace import inboxes, workspaces
from baton.services.workspace.inboxes import Wanted
from baton.services.workspace.standards import StandardsCache
from baton.store.models import Address, Consent, Contact, Conversation, Inbox, Message, User

STORY = Story.model_validate(
    {
        "story": "continuation",
        "title": "Somebody who leaves the chat before they are answered",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}, "zoe": {"contact": "webchat"}},
        "steps": [{"passes": "1s"}],
    }
)
UNSEEN = timedelta(minutes=6)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    wanted = Wanted(
        name="Mail", settings=SandboxSettings(channel="email", sender="gym@example.org")
    )
    inboxes.connect(made.house, made.workspace_id, wanted, actor="system")
    made.say(Says.model_validate({"who": "mia", "text": ["I want to speak to a person"]}))
    return made


@pytest.fixture
def sam(world: World) -> User:
    user = workspaces.create_user(
        world.house, world.workspace_id, email="sam@example.org", name="Sam",
        role=Role.AGENT, password=None,
    )  # fmt: skip
    agents.accept(world.house, user, talk().id)
    return user


def talk() -> Conversation:
    """The conversation that was begun first: mia's."""
    return Conversation.objects.order_by("id")[0]


def entrance(world: World) -> Entrance:
    token = Inbox.objects.get(channel="webchat").token
    found = chat.find_entrance(world.house, StandardsCache(world.house), token)
    assert found is not None
    return found


def visit(world: World, who: str = "mia") -> Visit:
    visitor = f"visitor-{who}"
    lane = arrivals.lane_of(world.house.keyset, world.workspace_id, "webchat", visitor)
    return Visit(
        workspace_id=world.workspace_id, inbox_id=world.inbox_ids["webchat"],
        visitor=visitor, lane=lane,
    )  # fmt: skip


def take(world: World, arrival: Arrival) -> None:
    with world.house.engine.transaction():
        world.house.engine.inbox.append([arrival])
    world.run_idle()


def leave(world: World, who: str = "mia") -> None:
    """Let a visitor say where they want to be answered: all at the same place."""
    arrival = continuation.left_arrival(
        world.house, entrance(world), visit(world, who), channel="email", address="m@example.org"
    )
    take(world, arrival)


def mailed() -> list[Message]:
    return list(Message.objects.filter(channel="email", is_note=False).order_by("id"))


@pytest.mark.req("R4", "X33", "P1")
def test_an_answer_that_nobody_sees_goes_on_by_email_with_its_files(
    world: World, sam: User
) -> None:
    # Nobody was there when they asked: a promise in the same thread, and nothing to say again.
    promise = Message.objects.filter(author="bot").latest("id")
    told = world.house.keyset.unseal(promise.body_sealed, f"message:{promise.id}")
    assert "A colleague will answer here within" in told
    assert "you don't need to repeat anything" in told
    leave(world)
    [kept] = Consent.objects.filter(channel="email")
    assert (kept.purpose, kept.is_granted, kept.source) == ("service", True, "web chat")
    assert kept.wording == wordings.SHIPPED["email"]
    paper = Upload(content=b"%PDF-1.7", name="bill.pdf")
    agents.reply(world.house, sam, talk().id, "Here is your bill.", [paper])
    world.pass_time(timedelta(minutes=4))
    assert mailed() == []
    world.pass_time(timedelta(hours=2))
    assert world.faults() == ()
    [mail] = mailed()
    said = Message.objects.get(author="agent", channel="webchat")
    assert (mail.author, mail.user_id, mail.delivery, mail.instead_of_id) == (
        "agent", sam.id, "sent", said.id,
    )  # fmt: skip
    assert mail.conversation_id == said.conversation_id
    assert not mail.is_unprompted  # it answers, so no quiet hour and no limit holds it
    text = world.house.keyset.unseal(mail.body_sealed, f"message:{mail.id}")
    channel = entrance  # any transport without files
    carried = file_links.carried_by(world.house, channel, mail.id, text)  # type: ignore[arg-type]
    assert carried.text.startswith("Here is your bill.\nbill.pdf: http")
    assert world.faults() == ()


def test_who_saw_it_or_wrote_again_is_not_told_twice(world: World, sam: User) -> None:
    leave(world)
    agents.reply(world.house, sam, talk().id, "I am looking into it.")
    world.run_idle()
    presence.note_seen(world.house, visit(world), Message.objects.latest("id").id)
    world.pass_time(UNSEEN)
    agents.reply(world.house, sam, talk().id, "Found it.")
    world.say(Says.model_validate({"who": "mia", "text": ["are you there?"]}))
    world.pass_time(UNSEEN)
    assert mailed() == []


def test_without_an_address_or_after_stop_nothing_goes_on(world: World, sam: User) -> None:
    agents.reply(world.house, sam, talk().id, "Hello?")
    world.pass_time(UNSEEN)
    assert mailed() == []
    leave(world)
    Contact.objects.update(opted_out="email")
    agents.reply(world.house, sam, talk().id, "Hello again?")
    world.pass_time(UNSEEN)
    assert [(one.delivery, one.delivery_reason) for one in mailed()] == [("refused", "opted_out")]


@pytest.mark.req("P6")
def test_another_contacts_address_is_not_taken_and_people_are_told(world: World, sam: User) -> None:
    world.say(Says.model_validate({"who": "zoe", "text": ["what time do you open?"]}))
    leave(world, "zoe")
    before = list(Address.objects.values_list("contact_id", "lane").order_by("id"))
    leave(world)
    assert list(Address.objects.values_list("contact_id", "lane").order_by("id")) == before
    assert not Consent.objects.filter(contact_id=talk().contact_id, channel="email").exists()
    [note] = Message.objects.filter(is_note=True, conversation_id=talk().id)
    told = world.house.keyset.unseal(note.body_sealed, f"message:{note.id}")
    assert "another contact" in told
    agents.reply(world.house, sam, talk().id, "Who are you?")
    world.pass_time(UNSEEN)
    assert not [one for one in mailed() if one.author == "agent"]


def test_an_address_left_twice_is_one(world: World) -> None:
    leave(world)
    leave(world)
    assert Address.objects.filter(channel="email").count() == 1
    assert Consent.objects.filter(channel="email").count() == 2
