"""Words are found in sealed transcripts, by who may read those, and forgotten with them."""

from datetime import timedelta
from pathlib import Path

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Forbidden, InvalidInput
from baton.services.privacy import erasing, word_search
from baton.services.privacy.manifest import Manifest
from baton.services.privacy.word_search import WordMarker
from baton.store.models import AuditEntry, Conversation, WordMark

STORY = Story.model_validate(
    {
        "story": "words",
        "title": "Somebody looks for what was said",
        "pack": "healthcare",
        "people": {
            "mia": {"contact": "webchat"},
            "ava": {"contact": "webchat"},
            "sam": {"user": "agent", "name": "Sam"},
            "alex": {"user": "auditor", "name": "Alex"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 - asks for the database
    monkeypatch.setenv("BATON_READER", "plain")
    monkeypatch.setattr(word_search, "PAGE", 2)
    world = founding.make(STORY)
    world.say(Says(who="mia", text=["Do you have Café parking by the river?"]))
    world.say(Says(who="mia", text=["and opening hours?"]))
    world.say(Says(who="ava", text=["opening of the river path?"]))
    return world


def found(world: World, words: str) -> set[str]:
    told = word_search.search(world.house, world.users["sam"], words)
    return {one.conversation_id for one in told}


@pytest.mark.req("P8", "X5")
def test_words_are_found_whole_and_together(world: World, tmp_path: Path) -> None:
    marker = WordMarker(house=world.house)
    assert found(world, "river") == set()
    while marker.run_once():
        pass
    mia, ava = world.conversation_of("mia"), world.conversation_of("ava")
    assert found(world, "RIVER") == {mia, ava}
    assert found(world, "river cafe") == {mia}
    assert found(world, "parking hours") == set(), "they stand in two messages"
    assert found(world, "rive") == set()
    with pytest.raises(InvalidInput):
        found(world, "a ?")
    with pytest.raises(Forbidden):
        word_search.search(world.house, world.users["alex"], "river")
    told = AuditEntry.objects.filter(action="words_searched").values_list("details", flat=True)
    assert len(told) == 5
    assert not any("river" in one for one in told)
    # What came later is marked later; nothing twice.
    count = WordMark.objects.count()
    world.clock.advance(timedelta(seconds=5))
    assert marker.run_once() == 0
    assert WordMark.objects.count() == count
    Conversation.objects.filter(id=ava).update(queue="clinical")
    assert found(world, "river") == {mia}, "a guarded queue's words are for nobody"
    contact = world.find_contact("mia")
    assert contact is not None
    manifest = Manifest(path=tmp_path / "erased.jsonl")
    erasing.erase_now(world.house, manifest, world.workspace_id, contact.id, "they asked")
    assert found(world, "parking") == set()
