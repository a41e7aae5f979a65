"""Taking back what one has just done with a conversation: closed, set aside, passed on, put back.

How the conversation stood is kept with the deed. It stands so again, to the clocks and the
person who had it, as long as it is as the deed left it and nobody wrote since.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Model

from baton.core import ownership, undoing
from baton.core.errors import Conflict
from baton.core.ownership import Owner
from baton.core.undoing import Act
from baton.services import arrivals, notices
from baton.services.conversation import assignments, clocks, runs
from baton.services.desk import desks
from baton.services.desk.desks import Desk
from baton.services.facts import SnoozeOver
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Assignment, Conversation, Handoff, Message, Notice, Reversible, User
from baton.store.queries import clocks as kept
from baton.store.queries.clocks import RunningClock
from baton.store.rows import ConversationRow


class HandoffStood(msgspec.Struct, frozen=True, kw_only=True):
    """The handoff in force, as far as a deed may change it."""

    id: str
    state: str
    queue: str
    accepted_at: datetime | None
    accepted_by_id: str | None
    ended_at: datetime | None
    outcome: str
    is_restated: bool | None


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation stood before a deed.

    `was` and `became` are the columns of the conversation that the deed changed.
    """

    owner: Owner
    was: dict[str, Any]
    became: dict[str, Any]
    handoff: HandoffStood | None
    assignment_id: str
    clocks: tuple[RunningClock, ...]
    breach_ids: tuple[str, ...]


_HANDOFF = HandoffStood.__struct_fields__
_ALWAYS = ("handled_by", "status", "assignee_id", "queue", "last_message_at")


@contextmanager
def remembering(house: House, user: User, conversation_id: str, act: Act) -> Iterator[None]:
    """Keep how a conversation stood around a deed, so that it can be taken back; all or nothing."""
    with house.engine.transaction():
        with desks.at_desk(house, user, conversation_id) as desk:
            before = desk.conversation
            stood = _stood(before)
        yield
        with desks.at_desk(house, user, conversation_id) as desk:
            was, became = _changed(before, desk.conversation)
            Reversible.objects.create(
                id=desk.ledger.next_id(),
                workspace_id=user.workspace_id,
                conversation_id=conversation_id,
                user_id=user.id,
                act=act.value,
                stood=msgspec.to_builtins(msgspec.structs.replace(stood, was=was, became=became)),
                at=desk.ledger.now,
            )


def find_undoable(house: House, user: User, conversation_id: str) -> Act | None:
    """Return what a person may take back here now; None for nothing."""
    row = _last_of(house, user, conversation_id)
    if row is None:
        return None
    values = Conversation.objects.filter(id=conversation_id).values(
        *ConversationRow.__struct_fields__
    )
    now = msgspec.to_builtins(values.get())
    return None if _has_gone_on(row, _stood_of(row), now) else Act(row.act)


def undo(house: House, user: User, conversation_id: str) -> Act:
    """Take one's last deed here back; return which. Raises Conflict when that is over."""
    with desks.at_desk(house, user, conversation_id) as desk:
        row = _last_of(house, user, conversation_id)
        if row is None:
            message = "There is nothing to undo here any more."
            raise Conflict(message)
        stood = _stood_of(row)
        if _has_gone_on(row, stood, msgspec.to_builtins(desk.conversation)):
            message = "It has gone on since, so it cannot be undone."
            raise Conflict(message)
        _restore(house, desk, row, stood)
        Reversible.objects.filter(id=row.id).update(undone_at=desk.ledger.now)
        desk.ledger.audit(user.workspace_id, desk.actor, "undone", desk.subject, act=row.act)
        return Act(row.act)


def _restore(house: House, desk: Desk, row: Reversible, stood: Stood) -> None:
    owner = Owner(desk.conversation.handled_by)
    for move in undoing.way_back(stood.owner):
        owner = ownership.next_owner(owner, move)
    known = msgspec.to_builtins(desk.conversation) | stood.was
    conversation = msgspec.convert(known, ConversationRow)
    desk.ledger.keep(conversation)
    setting = standards_cache(house).setting_of(desk.user.workspace_id)
    clocks.restore(desk.ledger, setting, conversation, stood.clocks)
    kept.reopen_breaches(stood.breach_ids)
    assignments.go_back(conversation.id, stood.assignment_id)
    if stood.handoff is not None:
        values = msgspec.structs.asdict(stood.handoff)
        Handoff.objects.filter(id=values.pop("id")).update(**values)
    _set_snooze(house, desk, conversation)
    for run in desk.snapshot.runs:  # what its close had started
        if run.conversation_id == conversation.id and run.started_at >= row.at:
            runs.end(desk.ledger, run, runs.STOPPED)
    unseen = Notice.objects.filter(conversation_id=conversation.id, at=row.at, seen_at=None)
    unseen.filter(kind=notices.Kind.TRANSFERRED.value).delete()


def _set_snooze(house: House, desk: Desk, conversation: ConversationRow) -> None:
    """Let a conversation wake when it was to, and not when it is not set aside any more."""
    key, until = f"snooze:{conversation.id}", conversation.snoozed_until
    if conversation.status != "snoozed" or until is None:
        desk.ledger.cancel_timer(desk.user.workspace_id, key)
        return
    desk.ledger.set_timer(
        arrivals.timer_of(
            SnoozeOver(conversation_id=conversation.id, until=until),
            house.keyset,
            workspace_id=desk.user.workspace_id,
            lane=conversation.lane,
            key=key,
            due_at=until,
        )
    )


def _last_of(house: House, user: User, conversation_id: str) -> Reversible | None:
    """Return a person's deed here, if it is the last of all and still young."""
    here = Reversible.objects.filter(
        workspace_id=user.workspace_id, conversation_id=conversation_id
    )
    row = here.order_by("-id").first()
    if row is None or row.user_id != user.id or row.undone_at is not None:
        return None
    window = standards_cache(house).standards_of(user.workspace_id).policy.undo_window
    return row if undoing.is_in_time(row.at, window, now=house.clock.now()) else None


def _has_gone_on(row: Reversible, stood: Stood, now: dict[str, Any]) -> bool:
    """Return whether anything happened to the conversation since the deed."""
    if any(now[name] != value for name, value in stood.became.items()):
        return True
    later: tuple[type[Model], ...] = (Message, Assignment, Handoff)
    return any(
        kind._default_manager.filter(conversation_id=row.conversation_id, id__gt=row.id).exists()  # noqa: SLF001 - Django's documented attribute
        for kind in later
    )


def _stood(before: ConversationRow) -> Stood:
    handoffs = Handoff.objects.filter(conversation_id=before.id, ended_at=None)
    handoff = handoffs.order_by("-offered_at").values(*_HANDOFF).first()
    return Stood(
        owner=Owner(before.handled_by),
        was={},
        became={},
        handoff=HandoffStood(**handoff) if handoff else None,
        assignment_id=assignments.running_of(before.id),
        clocks=tuple(kept.list_running(before.id)),
        breach_ids=kept.list_open_breaches(before.id),
    )


def _stood_of(row: Reversible) -> Stood:
    return msgspec.convert(row.stood, Stood)


def _changed(
    before: ConversationRow, after: ConversationRow
) -> tuple[dict[str, Any], dict[str, Any]]:
    was, became = msgspec.to_builtins(before), msgspec.to_builtins(after)
    names = [name for name, value in became.items() if value != was[name] or name in _ALWAYS]
    return {name: was[name] for name in names}, {name: became[name] for name in names}
