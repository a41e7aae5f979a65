"""What is set aside: it is told, whose message it was reaches people, and it comes back."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from typing_extensions import override

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, Forbidden, NotFound
from baton.core.reading import ReaderPort, Reading
from baton.services.desk import agents, parked
from baton.store.models import AuditEntry, Contact, Conversation, Handoff, Message, SlaClock
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent

STORY = Story.model_validate(
    {
        "story": "parked",
        "title": "Something could not be decided",
        "pack": "fitness",
        "supervised": False,
        "people": {
            "mia": {"contact": "webchat", "name": "Mia Moss"},
            "sam": {"user": "agent", "skills": ["billing"]},
            "lea": {"user": "operations"},
        },
        "steps": [{"passes": "1s"}],
    }
)
LONG_ENOUGH = timedelta(hours=1)  # for ten attempts


@dataclass
class Faulty:
    """A reader that can break, and be mended."""

    reader: ReaderPort
    is_broken: bool = False

    @override
    def __hash__(self) -> int:
        return id(self)

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        if self.is_broken:
            raise RuntimeError(texts)
        return self.reader.read_many(texts)


@pytest.fixture
def reader(db: None) -> Faulty:  # noqa: ARG001 - asks for the database
    return Faulty(wiring.reader_of("fitness"))


@pytest.fixture
def world(reader: Faulty) -> World:
    made = founding.make(STORY)
    house = replace(made.house, reader_of=lambda _name: reader)
    run_idle = wiring.crew_of(house, owner="parked").loop.run_idle
    return replace(made, house=house, run_idle=run_idle)


def say(world: World, *words: str) -> None:
    world.say(Says(who="mia", text=words))


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_whose_message_is_parked_is_handed_to_people_with_its_words(
    world: World, reader: Faulty
) -> None:
    reader.is_broken = True
    say(world, "I have chest pain")
    assert not Contact.objects.exists()
    world.pass_time(LONG_ENOUGH)
    assert RuntimeEvent.objects.filter(state="parked").count() == 1
    assert deeds("fact_parked") == 1
    conversation = Conversation.objects.get()
    assert conversation.handled_by in ("queue", "async")
    handoff = Handoff.objects.get()
    assert (handoff.reason, handoff.state) == ("unreadable", "offered")
    running = SlaClock.objects.filter(conversation_id=conversation.id, met_at=None)
    assert running.exclude(kind="resolution").count() == 1
    agents.accept(world.house, world.users["sam"], conversation.id)
    card = agents.open_card(world.house, world.users["sam"], conversation.id)
    assert card is not None
    assert card.last_messages == ("I have chest pain",)

    reader.is_broken = False
    assert parked.try_again(world.house, world.users["lea"], []) == 1
    world.run_idle()
    assert not parked.show(world.house, world.users["lea"])
    assert Message.objects.filter(author="contact").count() == 1
    assert Contact.objects.count() == 1
    assert deeds("redriven") == 1


def test_who_is_with_a_person_stays_there(world: World, reader: Faulty) -> None:
    say(world, "Can I talk to a human?")
    conversation = Conversation.objects.get()
    agents.accept(world.house, world.users["sam"], conversation.id)
    reader.is_broken = True
    say(world, "Are you there?")
    world.pass_time(LONG_ENOUGH)
    conversation.refresh_from_db()
    assert (conversation.handled_by, conversation.is_flagged) == ("agent", True)
    assert Handoff.objects.count() == 1


def test_the_list_tells_no_raw_word_and_only_to_those_who_may_change_settings(
    world: World, reader: Faulty
) -> None:
    reader.is_broken = True
    say(world, "call me on +44 7700 900123")
    world.pass_time(LONG_ENOUGH)
    [one] = parked.show(world.house, world.users["lea"])
    assert (one.kind, one.reason, one.tries) == ("message_received", "RuntimeError", 10)
    assert (one.contact_id, one.who) == (Contact.objects.get().id, "Mia Moss")
    assert "7700" not in str(one)
    with pytest.raises(Forbidden):
        parked.show(world.house, world.users["sam"])
    with pytest.raises(Forbidden):
        parked.try_again(world.house, world.users["sam"], [one.name])
    with pytest.raises(NotFound):
        parked.try_again(world.house, world.users["lea"], ["fact-0"])


@pytest.mark.parametrize(("took_place", "delivery"), [(True, "sent"), (False, "failed")])
def test_what_is_in_doubt_is_settled_by_who_looked_it_up_and_never_repeated(
    world: World, *, took_place: bool, delivery: str
) -> None:
    say(world, "What time do you open?")
    # As a sender leaves it that died, or that nobody answered.
    RuntimeEffect.objects.update(state="unknown", reason="the lease ran out")
    [one] = parked.show(world.house, world.users["lea"])
    assert one.is_unknown
    lea = world.users["lea"]
    with pytest.raises(Conflict):
        parked.try_again(world.house, lea, [one.name])
    assert parked.try_again(world.house, lea, []) == 0

    parked.settle(world.house, lea, one.name, took_place=took_place)
    world.run_idle()
    assert not parked.show(world.house, lea)
    assert Message.objects.get(author="bot").delivery == delivery
    assert deeds("settled") == 1
