"""What is left to do before a workspace serves anybody: told by what is there, not by clicks.

A step is done when the workspace shows it, or passed when somebody said that it needs nothing
more. Nothing is kept but who passed what: so one may leave and come back, and whatever is
done elsewhere in the console counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from baton.core import roles
from baton.core.errors import InvalidInput
from baton.core.roles import Action, Role
from baton.services import inbox
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.desk import channel_desk
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import pilot_board
from baton.store import sql
from baton.store.models import (
    ArticleVersion,
    Inbox,
    Location,
    Rollout,
    ShadowDraft,
    User,
    Workspace,
)


class Step(StrEnum):
    """Something that a new workspace needs, in the order in which it is best done."""

    PLACE = "place"
    CHANNEL = "channel"
    TEAM = "team"
    CONSENT = "consent"
    ANSWERS = "answers"
    FLOW = "flow"
    TRY = "try"


_PASSABLE = frozenset(Step) - {Step.FLOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step, whether it is done, and whether somebody said that it needs nothing more."""

    step: Step
    is_done: bool
    is_passed: bool
    may_pass: bool

    @property
    def is_left(self) -> bool:
        """Whether it is still to be done."""
        return not (self.is_done or self.is_passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The steps in order, and what to be careful of."""

    lines: tuple[Line, ...]
    is_open: bool
    unproven: int
    is_many: bool
    unsteady: tuple[str, ...]
    is_private: bool
    is_staffed: bool

    @property
    def following(self) -> Line | None:
        """The next step that is left, None when all are done."""
        return next((one for one in self.lines if one.is_left), None)

    @property
    def done(self) -> int:
        """How many steps are done or passed."""
        return sum(not one.is_left for one in self.lines)


def show(house: House, user: User) -> Checklist:
    """Return a workspace's checklist; raises Forbidden for who may not change settings."""
    inbox.require(user, Action.CONFIGURE)
    workspace = Workspace.objects.get(id=user.workspace_id)
    may_see = roles.may(Role(user.role), Action.READ_REPORTS)
    board = pilot_board.show(house, user) if may_see else None
    return Checklist(
        lines=_lines_of(workspace),
        is_open=workspace.is_setting_up,
        unproven=board.unproven if board else 0,
        is_many=bool(board and board.is_many),
        unsteady=channel_desk.list_unsteady(house, user),
        is_private=house.base_url.startswith("http://"),
        is_staffed=_is_staffed(user.workspace_id),
    )


def left_in(workspace_id: str) -> int | None:
    """Return how many steps are left, None for a workspace that is not being set up."""
    found = sql.select(_OPEN, [workspace_id])
    if not found or not found[0][0]:
        return None
    lines = _lines_of(Workspace.objects.get(id=workspace_id))
    return sum(one.is_left for one in lines)


def pass_over(house: House, user: User, step: str) -> None:
    """Say that a step needs nothing more; raises InvalidInput, or Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    if step not in _PASSABLE:
        raise InvalidInput({"step": "This step cannot be left out."})
    with house.engine.transaction():
        workspace = Workspace.objects.select_for_update().get(id=user.workspace_id)
        if step not in workspace.set_up_passed:
            workspace.set_up_passed = [*workspace.set_up_passed, step]
            workspace.save(update_fields=["set_up_passed"])
            _note(house, user, "set_up_step_passed", step=step)


def take_back(house: House, user: User, step: str) -> None:
    """Say that a step that was passed over is to be done after all."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        workspace = Workspace.objects.select_for_update().get(id=user.workspace_id)
        if step in workspace.set_up_passed:
            workspace.set_up_passed = [one for one in workspace.set_up_passed if one != step]
            workspace.save(update_fields=["set_up_passed"])
            _note(house, user, "set_up_step_reopened", step=step)


def close(house: House, user: User) -> None:
    """Put the checklist away; it stays where it is, and is no longer shown on every page."""
    _set_open(house, user, is_open=False)


def reopen(house: House, user: User) -> None:
    """Show the checklist on every page again."""
    _set_open(house, user, is_open=True)


def _set_open(house: House, user: User, *, is_open: bool) -> None:
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        mine = Workspace.objects.filter(id=user.workspace_id, is_setting_up=not is_open)
        if mine.update(is_setting_up=is_open):
            _note(house, user, "set_up_reopened" if is_open else "set_up_closed")


def _lines_of(workspace: Workspace) -> tuple[Line, ...]:
    return tuple(
        Line(
            step=step,
            is_done=is_done(workspace.id),
            is_passed=step in workspace.set_up_passed,
            may_pass=step in _PASSABLE,
        )
        for step, is_done in _DONE.items()
    )


def _has_address(workspace_id: str) -> bool:
    return Location.objects.filter(workspace_id=workspace_id).exclude(address="").exists()


def _is_connected(workspace_id: str) -> bool:
    rows = Inbox.objects.filter(workspace_id=workspace_id)
    return rows.exclude(channel=OWN_CHANNEL).exclude(settings_sealed=b"").exists()


def _has_team(workspace_id: str) -> bool:
    return User.objects.filter(workspace_id=workspace_id, is_active=True).count() > 1


def _has_wording(workspace_id: str) -> bool:
    return Workspace.objects.filter(id=workspace_id).exclude(wordings={}).exists()


def _has_answers(workspace_id: str) -> bool:
    rows = ArticleVersion.objects.filter(workspace_id=workspace_id)
    return rows.filter(saved_by__startswith="user:").exists()


def _has_flow(workspace_id: str) -> bool:
    return Rollout.objects.filter(workspace_id=workspace_id).exists()


def _was_tried(workspace_id: str) -> bool:
    return ShadowDraft.objects.filter(workspace_id=workspace_id).exists()


_DONE: Mapping[Step, Callable[[str], bool]] = {
    Step.PLACE: _has_address,
    Step.CHANNEL: _is_connected,
    Step.TEAM: _has_team,
    Step.CONSENT: _has_wording,
    Step.ANSWERS: _has_answers,
    Step.FLOW: _has_flow,
    Step.TRY: _was_tried,
}

_OPEN = "SELECT is_setting_up FROM store_workspace WHERE id = %s"


def _is_staffed(workspace_id: str) -> bool:
    return User.objects.filter(
        workspace_id=workspace_id, is_active=True, is_available=True
    ).exists()


def _note(house: House, user: User, action: str, **details: str) -> None:
    ledger = Ledger(house, house.clock.now())
    subject = f"workspace:{user.workspace_id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, **details)
    ledger.flush()
