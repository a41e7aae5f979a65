"""Stories for tests: read from the repository's folder or from a text, and played."""

from dataclasses import replace
from pathlib import Path

from baton.config.stories.document import StoryDocument, parse_story
from baton.config.stories.player import StoryResult, play

STORIES = Path(__file__).parents[2] / "stories"


def story_files() -> tuple[Path, ...]:
    return tuple(sorted(STORIES.glob("*.yaml")))


def read_story(name: str) -> StoryDocument:
    path = STORIES / f"{name}.yaml"
    return parse_story(path.read_text("utf-8"), file=path.name)


def with_policy(document: StoryDocument, **policy: bool | float | str) -> StoryDocument:
    """Return the story with other limits than it was written for."""
    overrides = {**document.story.policy, **policy}
    return replace(document, story=document.story.model_copy(update={"policy": overrides}))


def played(steps: str, *, people: str = "", explain: bool = False) -> StoryResult:
    """Play a short story about mia; `steps` is the YAML of its list, as it stands."""
    text = (
        "story: short\ntitle: A short story\npack: fitness\n"
        f"people:\n  mia: {{contact: webchat, name: Mia}}\n{people}\nsteps:\n{steps}\n"
    )
    return play(parse_story(text, file="short.yaml"), explain=explain)


def failures_of(result: StoryResult) -> list[str]:
    return [failure.text for failure in result.failures]
