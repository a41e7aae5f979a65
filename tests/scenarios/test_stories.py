"""The contract's stories: each file in `stories` is a test, marked with its rows."""

import pytest

from baton.config.stories.document import StoryDocument, parse_story
from baton.config.stories.player import play
from tests.support.world import failures_of, story_files

DOCUMENTS = [parse_story(path.read_text("utf-8"), file=path.name) for path in story_files()]
NAMED_BY_THE_CONTRACT = {"G7", "G8", "G9", "G20", "G25", "G26", "G27", "G28", "G58"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            document,
            id=document.source.file.removesuffix(".yaml"),
            marks=pytest.mark.req(document.story.story, *document.story.rows),
        )
        for document in DOCUMENTS
    ],
)
def test_story(document: StoryDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    if document.story.pack != "fitness":
        # Every further pack's full reader is a training more, and these stories hang on none.
        monkeypatch.setenv("BATON_READER", "plain")
    result = play(document)
    assert failures_of(result) == []


def test_every_named_story_is_there_once() -> None:
    names = [document.story.story for document in DOCUMENTS]
    assert set(names) >= NAMED_BY_THE_CONTRACT
    assert len(names) == len(set(names))
