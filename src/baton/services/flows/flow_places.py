"""Two flows that the same words start: one of them can stand in for the other.

Where it takes a contact, the other does not; all whom its rollout leaves get the other one, as
before, and so does everybody once it is paused or taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.flows.document import Flow
from baton.services import inbox
from baton.services.flows import flow_drafts, flow_sources
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

_PLACE = ("trigger", "instead_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another flow in force, by its name and title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a flow stands among others.

    Attributes:
        rivals: the same words start them, and nobody said which of them goes first.
        behind: it stands in for them.
        before: they stand in for it.
    """

    rivals: tuple[Neighbour, ...] = ()
    behind: tuple[Neighbour, ...] = ()
    before: tuple[Neighbour, ...] = ()


def places_of(house: House, user: User, flow: Flow | None, name: str) -> Places:
    """Return where a flow, as it is written, stands among those in force."""
    if flow is None:
        return Places()
    others = [one for one in _live(house, user.workspace_id) if one.name != name]
    own = flow.trigger
    behind = [one for one in others if one.name in own.instead_of]
    before = [one for one in others if name in one.trigger.instead_of]
    settled = (*behind, *before)
    rivals = [one for one in others if own.takes_from(one.trigger) and one not in settled]
    return Places(rivals=_told(*rivals), behind=_told(*behind), before=_told(*before))


def stand_in(house: House, user: User, name: str, other: str) -> None:
    """Let the draft of a flow stand in for another flow that the same words start.

    Raises InvalidInput for a flow that is none of those, NotFound, Forbidden for a role, or
    Conflict where a colleague changes the same meanwhile.
    """
    inbox.require(user, Action.CONFIGURE)
    sketch = flow_drafts.open_flow(user, name).sketch
    found = places_of(house, user, sketch.flow, name)
    if sketch.flow is None or other not in {one.name for one in found.rivals}:
        raise InvalidInput({"flow": "Choose a flow that the same words start."})
    seen = flow_sources.digest_of(flow_sources.value_at(sketch.raw, _PLACE))
    wanted = [*sketch.flow.trigger.instead_of, other]
    flow_drafts.save_part(house, user, name, _PLACE, [*wanted], seen=seen)


def _live(house: House, workspace_id: str) -> Iterator[Flow]:
    library = standards_cache(house).standards_of(workspace_id).library
    found = (library.at(name, version) for name, version in library.live.items())
    return (flow for flow in found if flow is not None)


def _told(*flows: Flow) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(name=one.name, title=one.title or one.name) for one in flows)
