"""Moving waiting runs to another version of their flow: asked for, counted, never by itself.

A run that waits keeps what it waits for, so it moves only to a step of the same type; one
whose step went away moves where a person says, or stays. Each moves with its contact's lane
held; a contact for whom something is being dealt with right now is passed over, and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.flows import run
from baton.flows.document import Flow, Library
from baton.flows.replies import ReplyKind
from baton.flows.run import RunState
from baton.flows.steps.ask import Ask
from baton.services import inbox
from baton.services.conversation import runs
from baton.services.flows import flow_publishing, flow_runs, flow_sources
from baton.services.flows.flow_publishing import MAX_REASON
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.store.queries import flows
from baton.store.rows import RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A step of the old version in which runs wait, and where they may go.

    `proposed` is "" where no step suits by name; `possible` are the steps of the same type.
    """

    step: str
    waiting: int
    proposed: str
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a migration came to: how many moved, stayed by wish, and were busy."""

    moved: int
    stayed: int
    busy: int
    before: Mapping[str, int]
    after: Mapping[str, int]


def plan(house: House, user: User, name: str, version: int, to: int) -> tuple[Standing, ...]:
    """Return where runs of a version wait and where they may go in another.

    Raises NotFound for a version that there is not, or Forbidden for a role.
    """
    inbox.require(user, Action.READ_INBOX)
    library = standards_cache(house).standards_of(user.workspace_id).library
    old, new = _kinds_in(user, name, version), _usable(library, name, to)
    return tuple(
        Standing(
            step=step,
            waiting=count,
            proposed=step if step in _possible(old, new, step) else "",
            possible=_possible(old, new, step),
        )
        for step, count in _counts(user, name, version).items()
    )


def migrate(  # noqa: PLR0913 - a migration is told by these
    house: House,
    user: User,
    name: str,
    version: int,
    *,
    to: int,
    mapping: Mapping[str, str],
    reason: str,
) -> Moved:
    """Move waiting runs from a version to another, each step's as the mapping says.

    A step that the mapping does not name, or maps to "", keeps its runs. Raises InvalidInput
    for a target of another type or without a reason, and as `plan`.
    """
    inbox.require(user, Action.CONFIGURE)
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": "Say in a few words why; it stands in the audit trail."})
    library = standards_cache(house).standards_of(user.workspace_id).library
    old, new = _kinds_in(user, name, version), _usable(library, name, to)
    for step, target in mapping.items():
        if target and target not in _possible(old, new, step):
            raise InvalidInput({step: f"{target!r} is no step that takes what {step!r} waits for."})
    before = _counts(user, name, version)
    move = _Move(house, user, library, new, to=to, mapping=mapping, reason=reason.strip())
    for batch in flow_runs.batches_in(user.workspace_id, name, version):
        move.carry_out(version, batch)
    return Moved(
        moved=move.moved,
        stayed=move.stayed,
        busy=move.busy,
        before=before,
        after=_counts(user, name, to),
    )


class _Move:
    """Moves runs batch by batch and counts them."""

    def __init__(  # noqa: PLR0913 - a migration is told by these
        self,
        house: House,
        user: User,
        library: Library,
        flow: Flow,
        *,
        to: int,
        mapping: Mapping[str, str],
        reason: str,
    ) -> None:
        self._house, self._user, self._library, self._flow = house, user, library, flow
        self._to, self._mapping, self._reason = to, mapping, reason
        self.moved = self.stayed = self.busy = 0

    def carry_out(self, version: int, batch: list[tuple[str, str]]) -> None:
        """Move some runs in one transaction."""
        workspace_id = self._user.workspace_id
        with self._house.engine.transaction():
            held = flow_runs.hold(self._house, workspace_id, batch)
            occupied = flows.busy_lanes(workspace_id, [one.lane for one in held])
            ledger = Ledger(self._house, self._house.clock.now())
            wakes = flows.wakes_at(workspace_id, [one.row.id for one in held])
            moved = 0
            for one in held:
                row, lane = one.row, one.lane
                if (row.inside_version or row.version) != version:
                    continue  # moved by somebody else since
                state = runs.open_state(ledger, row)
                # It may have gone into another flow since, and then waits in a step of that one.
                is_here = state.flow == self._flow.name
                target = self._mapping.get(row.step, "") if is_here else ""
                if not target:
                    self.stayed += 1
                elif lane in occupied:
                    self.busy += 1
                else:
                    moved_row = self._move(ledger, row, state, target)
                    if row.id in wakes:  # its timer knows the run by the step that set it
                        runs.set_wake(ledger, moved_row, lane, wakes[row.id] - ledger.now)
                    moved += 1
            self._note(ledger, version, moved)
            ledger.flush()
        self.moved += moved

    def _move(self, ledger: Ledger, row: RunRow, state: RunState, target: str) -> RunRow:
        # What it could call keeps its version; what only the new version calls gets the live one.
        pins = {**self._library.pins_of(self._flow), **state.pins}
        if state.callers:
            pins[self._flow.name] = self._to  # its callers may come back to it
        state = replace(state, version=self._to, step=target, pins=pins)
        moved = msgspec.structs.replace(
            row,
            version=row.version if state.callers else self._to,
            inside_version=self._to if state.callers else 0,
            step=target,
            events=runs.events_of(self._library, state),
            state_sealed=ledger.house.keyset.seal(run.render_json(state), f"run:{row.id}"),
        )
        ledger.keep(moved)
        return moved

    def _note(self, ledger: Ledger, version: int, moved: int) -> None:
        if moved:
            ledger.audit(
                self._user.workspace_id,
                f"user:{self._user.id}",
                "flow_runs_migrated",
                f"flow:{self._flow.name}",
                version=version,
                to=self._to,
                moved=moved,
                mapping={step: target for step, target in self._mapping.items() if target},
                reason=self._reason,
            )


def _usable(library: Library, name: str, version: int) -> Flow:
    found = library.at(name, version)
    if found is None:
        raise NotFound("version", str(version))
    return found


def _kinds_in(user: User, name: str, version: int) -> dict[str, str]:
    """Return what each step of a version takes, also of one that this Baton cannot use."""
    written = flow_sources.steps_of(flow_publishing.version_of(user, name, version).document)
    return {
        step: _kind(str(body.get("type", "")), str(body.get("kind", "")))
        for step, body in written.items()
        if isinstance(body, dict)
    }


def _kind(step_type: str, kind: str) -> str:
    """Return what two steps must have in common so that a run may wait on in the other."""
    return f"ask {kind or ReplyKind.MESSAGE.value}" if step_type == "ask" else step_type


def _possible(old: Mapping[str, str], new: Flow, step: str) -> tuple[str, ...]:
    """Return the steps of the new version that take what the old one's step waits for."""
    return tuple(
        name
        for name, one in new.steps.items()
        if step in old
        and _kind(one.type, one.kind.value if isinstance(one, Ask) else "") == old[step]
    )


def _counts(user: User, name: str, version: int) -> dict[str, int]:
    found = flows.waiting_in(user.workspace_id, name)
    return {step: n for (_flow, number, step), n in sorted(found.items()) if number == version}
