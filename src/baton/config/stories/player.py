"""Plays stories: step by step, each in a world of its own that is gone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction

from baton.config.stories import (
    acts,
    buying,
    counting,
    expectations,
    exporting,
    founding,
    laws,
    observed,
    piloting,
    places,
)
from baton.config.stories.document import StoryDocument, parse_story
from baton.config.stories.explain import Explainer
from baton.config.stories.observed import Observed
from baton.config.stories.parts import Arrives, Step
from baton.config.stories.world import World
from baton.core.errors import BatonError, Conflict, NotFound
from baton.core.json import Json
from baton.services.writing.documents import InvalidDocument, Problem
from baton.services.writing.documents import Path as Place
from baton.store.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that is not as the story says; `step` counts from 1, 0 is the document."""

    step: int
    problem: Problem

    @property
    def text(self) -> str:
        """Return the failure in one line, with its place."""
        return self.problem.text

    def over(self, channel: str) -> "Failure":
        """Return the failure with the channel over which the story was played, "" for its own."""
        if not channel:
            return self
        message = f"over {channel}: {self.problem.message}"
        return replace(self, problem=replace(self.problem, message=message))

    def as_row(self) -> dict[str, Json]:
        """Return the failure as JSON."""
        return {
            "step": self.step,
            "file": self.problem.file,
            "line": self.problem.line,
            "column": self.problem.column,
            "path": self.problem.path,
            "message": self.problem.message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryResult:
    """What came of a story; `explanation` is empty unless it was asked for.

    `over` are the channels over which it was played, none for those of its own people.
    """

    story: str
    title: str
    file: str
    rows: tuple[str, ...]
    steps: int
    failures: tuple[Failure, ...]
    over: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as the story says."""
        return not self.failures

    def as_row(self) -> dict[str, Json]:
        """Return the result as JSON."""
        return {
            "story": self.story,
            "title": self.title,
            "file": self.file,
            "rows": list(self.rows),
            "steps": self.steps,
            "over": list(self.over),
            "passed": self.passed,
            "failures": [failure.as_row() for failure in self.failures],
            "explanation": list(self.explanation),
        }

    def render(self) -> str:
        """Return the result in lines for people."""
        name = f"{self.story}: {self.title}" if self.title else self.story
        name += f" (over {', '.join(self.over)})" if self.over else ""
        lines = [f"{'passed' if self.passed else 'FAILED'}  {name}"]
        lines += [f"  {line}" for line in self.explanation]
        lines += [f"  {failure.text}" for failure in self.failures]
        return "\n".join(lines)


def play(
    document: StoryDocument, *, explain: bool = False, ends_at_failure: bool = False
) -> StoryResult:
    """Play one story in Django's current database, and leave nothing behind.

    With `ends_at_failure` it is over at the first thing that is not as it should be.
    Raises Conflict in a database that holds a workspace: a story moves the clock
    for everything in it.
    """
    if Workspace.objects.exists():
        message = "stories need an empty database; this one holds a workspace"
        raise Conflict(message)
    story = document.story
    failures: list[Failure] = []
    explanation: list[str] = []
    for channel in story.over or ("",):
        if failures and ends_at_failure:
            break
        playing = _played(
            document.over(channel) if channel else document,
            explain=explain,
            ends_at_failure=ends_at_failure,
        )
        failures += (failure.over(channel) for failure in playing.failures)
        explanation += [f"over {channel}"] if channel and explain else []
        explanation += playing.explanation
    return StoryResult(
        story=story.story,
        title=story.title,
        file=document.source.file,
        rows=story.rows,
        over=story.over,
        steps=len(story.steps),
        failures=tuple(failures),
        explanation=tuple(explanation),
    )


def play_paths(
    paths: Sequence[Path], *, explain: bool = False, ends_at_failure: bool = False
) -> list[StoryResult]:
    """Play the stories in files and folders; one that cannot be read is a failed one.

    Raises NotFound for a path that does not exist or a folder without stories.
    """
    files = _story_files(paths)
    return [_play_file(path, explain=explain, ends_at_failure=ends_at_failure) for path in files]


def _played(document: StoryDocument, *, explain: bool, ends_at_failure: bool) -> "_Playing":
    with _undone():
        world = founding.make(document.story)
        places.offer(world, document.story.activities)
        playing = _Playing(document, world, explain=explain)
        for place, step in enumerate(document.story.steps):
            playing.take(place, step)
            if playing.failures and ends_at_failure:
                return playing
        playing.finish()
    return playing


class _Playing:
    """A story on its way: the world, whom it is about, and what was not as expected."""

    def __init__(self, document: StoryDocument, world: World, *, explain: bool) -> None:
        self._document = document
        self._world = world
        self._explainer = Explainer(world=world) if explain else None
        if self._explainer:
            self._explainer.begin()
        self._contact = next(n for n, p in document.story.people.items() if p.contact)
        self._since = observed.mark(self._world)
        self._refusal = ""
        self._refused_at: int | None = None
        self._faults: tuple[str, ...] = ()
        self.failures: list[Failure] = []
        self.explanation: list[str] = []

    def take(self, place: int, step: Step) -> None:
        """Take one step; go on after whatever is wrong with it."""
        if step.expect:
            self._expect(place, step)
            return
        self._note_refusal()
        self._since = observed.mark(self._world)
        try:
            self._happen(step)
        except BatonError as refusal:
            self._refusal, self._refused_at = str(refusal), place
        self._note_faults(place)
        if self._explainer:
            self.explanation += self._explainer.lines(step)
            self.explanation += [f"    refused: {self._refusal}"] if self._refusal else []

    def finish(self) -> None:
        """Take note of a refusal that no expectation spoke of, and of laws that are broken."""
        self._note_refusal()
        for law in laws.broken(self._world):
            problem = self._document.source.problem(("story",), law)
            self.failures.append(Failure(step=0, problem=problem))

    def _happen(self, step: Step) -> None:
        if step.says:
            self._contact = step.says.who
            self._world.say(places.with_reference(self._world, step.says))
        elif step.arrives:
            self._contact = step.arrives.who
            self._arrive(step.arrives)
        elif step.does:
            self._contact = step.does.on or self._contact
            acts.act(self._world, step.does)
        elif step.pilots:
            piloting.act(self._world, step.pilots)
        elif step.passes is not None:
            self._world.pass_time(step.passes)
        else:
            self._happen_to_things(step)

    def _happen_to_things(self, step: Step) -> None:
        if step.books:
            self._contact = step.books.who
            places.act(self._world, step.books)
        elif step.orders:
            self._contact = step.orders.who
            buying.act(self._world, step.orders)
        elif step.exports:
            exporting.act(self._world, step.exports)
        elif step.counted:
            counting.act(self._world, step.counted)
        elif step.tries:
            counting.begin(self._world, step.tries)
        elif step.came:
            self._contact = step.came.who
            places.let_have_come(self._world, step.came)

    def _arrive(self, arrives: Arrives) -> None:
        if arrives.identity:
            self._world.identify(arrives.who, arrives.identity)
        elif arrives.event:
            self._world.report(arrives.who, arrives.event, arrives.facts)
        else:
            self._world.deliver_again(arrives.redelivery_of or "")

    def _expect(self, place: int, step: Step) -> None:
        wanted = step.expect
        if wanted is None:
            return
        self._contact = wanted.of or self._contact
        seen = Observed(self._world, self._contact, since=self._since)
        for path, message in expectations.mismatches(wanted, seen, self._world):
            self._fail(place, ("expect", *path), message)
        if wanted.error is None:
            return
        if wanted.error.casefold() not in self._refusal.casefold():
            given = repr(self._refusal) if self._refusal else "it was not refused"
            message = f"expected the act to be refused with {wanted.error!r}, but {given}"
            self._fail(place, ("expect", "error"), message)
        self._refusal, self._refused_at = "", None

    def _note_refusal(self) -> None:
        if self._refused_at is not None:
            self._fail(self._refused_at, (), f"was refused: {self._refusal}")
        self._refusal, self._refused_at = "", None

    def _note_faults(self, place: int) -> None:
        faults = self._world.faults()
        for fault in faults:
            if fault not in self._faults:
                self._fail(place, (), fault)
        self._faults = faults

    def _fail(self, place: int, path: Place, message: str) -> None:
        problem = self._document.problem(("steps", place, *path), message)
        self.failures.append(Failure(step=place + 1, problem=problem))


@contextmanager
def _undone() -> Iterator[None]:
    """Take back at the end whatever was written, whatever happened."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _play_file(path: Path, *, explain: bool, ends_at_failure: bool) -> StoryResult:
    try:
        story = parse_story(path.read_text("utf-8"), file=str(path))
        return play(story, explain=explain, ends_at_failure=ends_at_failure)
    except InvalidDocument as error:
        failures = tuple(Failure(step=0, problem=problem) for problem in error.problems)
    except UnicodeDecodeError as error:
        problem = Problem(file=str(path), line=1, column=1, path="", message=f"no text: {error}")
        failures = (Failure(step=0, problem=problem),)
    return StoryResult(
        story=path.stem, title="", file=str(path), rows=(), steps=0, failures=failures
    )


def _story_files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise NotFound("story", str(path))
        if not path.is_dir():
            yield path
            continue
        inside = sorted(path.rglob("*.yaml"))
        if not inside:
            raise NotFound("story", f"{path}/*.yaml")
        yield from inside
