"""The contract's stories: each file in `stories` is a test, marked with its rows."""

import os

import pytest

from baton.config.stories.document import StoryDocument, parse_story
from baton.config.stories.player import play
from tests.scenarios.statements import left_out, recorded
from tests.support.world import failures_of, story_files

DOCUMENTS = [parse_story(path.read_text("utf-8"), file=path.name) for path in story_files()]
NAMED_BY_THE_CONTRACT = {"G7", "G8", "G9", "G20", "G25", "G26", "G27", "G28", "G58"}
SAID: dict[str, set[str]] = {}
"""What each story that was played has had the database run."""


def _name(document: StoryDocument) -> str:
    return document.source.file.removesuffix(".yaml")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            document,
            id=_name(document),
            marks=pytest.mark.req(document.story.story, *document.story.rows),
        )
        for document in DOCUMENTS
    ],
)
def test_story(document: StoryDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    if document.story.pack != "fitness":
        # Every further pack's full reader is a training more, and these stories hang on none.
        monkeypatch.setenv("BATON_READER", "plain")
    with recorded() as SAID[_name(document)]:
        result = play(document)
    assert failures_of(result) == []


def test_what_the_second_database_does_not_play_says_nothing_else() -> None:
    assert left_out() <= set(map(_name, DOCUMENTS))
    if len(SAID) < len(DOCUMENTS) and os.environ.get("CI") != "true":
        pytest.skip("not every story was played")
    assert len(SAID) == len(DOCUMENTS)
    heard = set[str]().union(*(said for name, said in SAID.items() if name not in left_out()))
    new = {name for name in left_out() if not SAID[name] <= heard}
    assert new == set(), "take these off left_out_on_postgresql.txt"


def test_every_named_story_is_there_once() -> None:
    names = [document.story.story for document in DOCUMENTS]
    assert set(names) >= NAMED_BY_THE_CONTRACT
    assert len(names) == len(set(names))
