"""Put something on a person's list: a call to make, a thing to look into (R14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import CreateTask
from baton.flows.fields import MOST_TAG, Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Step):
    """Create a task for a queue's people; the run goes on at once.

    Example:
        {type: task, title: "Call {{ contact.name }}", queue: retention, due: 24h, then: done}
    """

    type: ClassVar[str] = "task"
    about: ClassVar[str] = "Gives a person something to do."
    title: str
    queue: str
    due: timedelta
    then: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Task":
        """Read the step's fields; without `due` it is a day."""
        return cls(
            title=fields.text("title", "What is to be done."),
            queue=fields.word("queue", "Whose it is.", most=MOST_TAG),
            due=fields.duration("due", "Within which span.") or _A_DAY,
            then=fields.step("then", "What follows."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Create the task and go on."""
        task = CreateTask(title=scene.fill(self.title), queue=self.queue, due_after=self.due)
        return Go(to=self.then, effects=(task,), passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)

    @property
    @override
    def texts(self) -> Mapping[str, str]:
        """What is to be done."""
        return {"title": self.title}
