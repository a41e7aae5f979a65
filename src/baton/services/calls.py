"""What flows may call: the shape of an action that a system offers, ours or a connected one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from baton.core.json import Json
from baton.runtime.ports import Again, Unknown

NOT_OFFERED = "no connected system offers this action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """It was done; `result` is what it returned, by name."""

    result: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It was not done, and the flow goes its way for failures."""

    problem: str


Ended: TypeAlias = Performed | Failed | Again | Unknown
"""How a call ended: `Again` may succeed later, of `Unknown` nobody can say whether it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action that is called for a contact, with what it was given, by a flow or a person.

    `key` names this very call: a system that knows it does not do it twice. What is done in
    a transaction of ours may `settle` in it, so that its run hears of the end before it
    hears of anything else that the action made happen.
    """

    workspace_id: str
    contact_id: str
    by: str
    given: Mapping[str, Json]
    key: str
    settle: Callable[[Performed], None] = lambda _: None


class ActionPort(Protocol):
    """Something that a system does for flows."""

    def __call__(self, call: Call, /) -> Ended:
        """Do it."""
        ...
