"""Every step type, one file each; a new one is a file and a line here, or an extension's."""

from baton.flows.scene import Step
from baton.flows.steps.answer import Answer
from baton.flows.steps.ask import Ask
from baton.flows.steps.branch import Branch
from baton.flows.steps.digest import Digest
from baton.flows.steps.do import Do
from baton.flows.steps.end import End
from baton.flows.steps.handoff import Handoff
from baton.flows.steps.offer import Offer
from baton.flows.steps.score import Score
from baton.flows.steps.send import Send
from baton.flows.steps.set import Set
from baton.flows.steps.split import Split
from baton.flows.steps.subflow import Subflow
from baton.flows.steps.survey import Survey
from baton.flows.steps.tag import Tag
from baton.flows.steps.task import Task
from baton.flows.steps.wait import Wait

_ALL: tuple[type[Step], ...] = (
    Send,
    Ask,
    Answer,
    Branch,
    Wait,
    Do,
    Score,
    Tag,
    Task,
    Handoff,
    Offer,
    Survey,
    Split,
    Digest,
    Subflow,
    Set,
    End,
)

TYPES: dict[str, type[Step]] = {step.type: step for step in _ALL}
"""The step types by name, in the order in which the editor offers them."""


def register(step: type[Step]) -> None:
    """Know a step type that an extension brings; raises ValueError where its name is taken."""
    if TYPES.setdefault(step.type, step) is not step:
        raise ValueError(f"a step type is called {step.type} already")
