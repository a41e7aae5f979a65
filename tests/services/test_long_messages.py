"""A wall of words: it costs everybody else little, and a hard stop in it is still heard."""

from dataclasses import dataclass, field, replace

import pytest
from typing_extensions import override

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.reading import ReaderPort, Reading
from baton.services.arrivals import arrival_of
from baton.services.facts import MessageReceived
from baton.store.models import Conversation, Handoff, Message

STORY = Story.model_validate(
    {
        "story": "long",
        "title": "Somebody writes at length",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}},
        "steps": [{"passes": "1s"}],
    }
)
MOST_PARTS = 20


@dataclass(frozen=True)
class Listening:
    """A reader that remembers what it was asked to read."""

    reader: ReaderPort
    asked: list[str] = field(default_factory=list)

    @override
    def __hash__(self) -> int:
        return id(self)

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        self.asked.extend(texts)
        return self.reader.read_many(texts)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def wall(count: int, *, ending: str = "") -> str:
    return " ".join([*(f"Hey {n}!" for n in range(count)), ending]).strip()


def hear(world: World, text: str) -> list[str]:
    """Let mia write; return all that was read of it."""
    heard = Listening(world.house.reader_of("fitness"))
    house = replace(world.house, reader_of=lambda _name: heard)
    fact = MessageReceived(
        channel="webchat", inbox_id=world.inbox_id, address="visitor-mia", text=text
    )
    arrival = arrival_of(
        fact, house.keyset, workspace_id=world.workspace_id, lane="mia", dedupe_key="chat:mia:1",
        received_at=world.now,
    )  # fmt: skip
    with house.engine.transaction():
        house.engine.inbox.append([arrival])
    wiring.crew_of(house, owner="listening").loop.run_idle()
    assert world.faults() == ()
    return heard.asked


@pytest.mark.req("T20")
def test_of_a_wall_of_sentences_the_outer_ones_are_read_apart(world: World) -> None:
    text = wall(299, ending="What time do you open?")
    asked = hear(world, text)
    assert text in asked
    parts = [one for one in asked if one != text]
    assert len(parts) <= MOST_PARTS
    assert parts[0] == "Hey 0!"
    assert parts[-1] == "What time do you open?"
    assert Message.objects.filter(author="bot").count() == 1


@pytest.mark.req("E25")
@pytest.mark.parametrize("place", [150, 299])
def test_a_hard_stop_stops_wherever_it_stands_in_a_wall(world: World, place: int) -> None:
    said = wall(300).replace(f"Hey {place}!", "I have chest pain!")
    world.say(Says(who="mia", text=(said,)))
    conversation = Conversation.objects.get()
    assert conversation.handled_by != "bot"
    assert Handoff.objects.get().reason == "hard_stop"
