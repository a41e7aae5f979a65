"""Clocks as they run: started, met, paused, and told when they near their end or break.

Each has one timer, which wakes it as it should warn and again as it is due.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from baton.core import breaches, clocks
from baton.core.clocks import RESPONSES, Kind
from baton.core.ownership import Owner
from baton.flows.standing import Setting
from baton.services import arrivals, notices
from baton.services.conversation import invitations
from baton.services.facts import ClockDue
from baton.services.ledger import Ledger
from baton.store.models import Conversation
from baton.store.queries import clocks as kept
from baton.store.queries.clocks import RunningClock
from baton.store.rows import BreachRow, ConversationRow, SlaClockRow


def start(ledger: Ledger, setting: Setting, conversation: ConversationRow, kind: Kind) -> None:
    """Start a clock of the conversation's queue, with the timer that wakes it."""
    queue = setting.pack.queue(conversation.queue)
    window = clocks.window_of(kind, queue, setting.policy)
    begun = clocks.start(kind, window, setting.hours, now=ledger.now)
    row = SlaClockRow(
        id=ledger.next_id(),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        kind=kind.value,
        queue=queue.name,
        window_seconds=int(window.total_seconds()),
        started_at=begun.started_at,
        due_at=begun.due_at,
    )
    ledger.add(row)
    _set_timer(ledger, setting, RunningClock(
        id=row.id,
        workspace_id=row.workspace_id,
        conversation_id=row.conversation_id,
        queue=row.queue,
        clock=begun,
        warned_at=None,
        breached_at=None,
    ), conversation.lane)  # fmt: skip


def meet(ledger: Ledger, conversation: ConversationRow, kinds: Collection[Kind]) -> None:
    """Mark clocks as met: what they promised was done, in time or late."""
    ids = _forget_timers(ledger, conversation, kinds)
    kept.meet(ids, ledger.now)


def stop(
    ledger: Ledger, conversation: ConversationRow, kinds: Collection[Kind] = RESPONSES
) -> None:
    """Stop clocks: nobody waits for what they promised any more."""
    ids = _forget_timers(ledger, conversation, kinds)
    kept.stop(ids, ledger.now)


def forgive(ledger: Ledger, conversation: ConversationRow) -> None:
    """End what the daily check said of a conversation: somebody has just taken care of it."""
    kept.end_breaches(conversation.id, breaches.FORGOTTEN, ledger.now)


def pause(ledger: Ledger, conversation: ConversationRow) -> None:
    """Let the clock of the matter stand still: it waits for the contact, or sleeps."""
    for one in kept.list_running(conversation.id, {Kind.RESOLUTION}):
        kept.move(one.id, clocks.pause(one.clock, now=ledger.now))
        ledger.cancel_timer(one.workspace_id, _key(one.id))


def resume(ledger: Ledger, setting: Setting, conversation_id: str, lane: str) -> None:
    """Let the clock of the matter go on, if it stood still."""
    for one in kept.list_running(conversation_id, {Kind.RESOLUTION}):
        if one.clock.paused_at is None:
            continue
        moved = clocks.resume(one.clock, setting.hours, now=ledger.now)
        kept.move(one.id, moved)
        if one.breached_at is None:
            _set_timer(ledger, setting, replace(one, clock=moved), lane)


def restore(
    ledger: Ledger, setting: Setting, conversation: ConversationRow, stood: Sequence[RunningClock]
) -> None:
    """Let the clocks of a conversation run as they stood, and no others."""
    wanted = {one.id for one in stood}
    newer = [one.id for one in kept.list_running(conversation.id) if one.id not in wanted]
    for clock_id in newer:
        ledger.cancel_timer(conversation.workspace_id, _key(clock_id))
    kept.stop(newer, ledger.now)
    for one in stood:
        kept.revive(one.id, one.clock)
        ledger.cancel_timer(conversation.workspace_id, _key(one.id))
        if one.clock.paused_at is None and one.breached_at is None:
            _set_timer(ledger, setting, one, conversation.lane)


def hear(
    ledger: Ledger, setting: Setting, conversation: ConversationRow, *, is_first: bool
) -> None:
    """Start the clock of the next answer, as the contact writes to the person who has them.

    `is_first` says that they had been answered before these words.
    """
    if conversation.handled_by != Owner.AGENT.value:
        return
    resume(ledger, setting, conversation.id, conversation.lane)
    is_noted = any(row.conversation_id == conversation.id for row in ledger.added(SlaClockRow))
    if is_first and not is_noted and not kept.is_running(conversation.id):
        start(ledger, setting, conversation, Kind.NEXT_RESPONSE)


def ring(ledger: Ledger, setting: Setting, lane: str, fact: ClockDue) -> None:
    """Warn of a clock that nears its end, or note that it broke; one that was met is silent.

    What waits on a promise that nears its end is offered to whoever has room.
    """
    one = kept.find_running(fact.clock_id)
    if one is None or one.breached_at or one.clock.paused_at:
        return
    if ledger.now >= one.clock.due_at:
        _breach(ledger, one)
    elif one.warned_at is None:
        _warn(ledger, one)
        _wake(ledger, one, lane, one.clock.due_at)
        if one.clock.kind is Kind.ASYNC_PROMISE:
            invitations.offer_waiting(ledger, setting, one.conversation_id)
    ledger.ring(f"workspace:{one.workspace_id}")


def _warn(ledger: Ledger, one: RunningClock) -> None:
    kept.mark_warned(one.id, ledger.now)
    _audit(ledger, one, "sla_warned")
    _tell(ledger, one, notices.Kind.CLOCK_WARNED, _holder_of(one))


def _breach(ledger: Ledger, one: RunningClock) -> None:
    """Note a promise that was not kept in time (R3)."""
    kept.mark_breached(one.id, ledger.now)
    _audit(ledger, one, "sla_breached")
    holder = _holder_of(one)
    ledger.add(
        BreachRow(
            id=ledger.next_id(),
            workspace_id=one.workspace_id,
            conversation_id=one.conversation_id,
            clock_id=one.id,
            reason=one.clock.kind.value,
            queue=one.queue,
            assignee_id=holder,
            due_at=one.clock.due_at,
            at=ledger.now,
        )
    )
    _tell(ledger, one, notices.Kind.CLOCK_BREACHED, holder)


def _audit(ledger: Ledger, one: RunningClock, action: str) -> None:
    ledger.audit(
        one.workspace_id,
        "system",
        action,
        f"conversation:{one.conversation_id}",
        clock=one.id,
        kind=one.clock.kind.value,
    )


def _tell(ledger: Ledger, one: RunningClock, kind: notices.Kind, holder: str | None) -> None:
    people = (holder,) if holder else notices.serving(one.workspace_id, one.queue)
    notices.tell(
        ledger,
        one.workspace_id,
        people,
        kind,
        details=one.clock.kind.value,
        conversation_id=one.conversation_id,
    )


def _holder_of(one: RunningClock) -> str | None:
    held = Conversation.objects.filter(id=one.conversation_id)
    return held.values_list("assignee_id", flat=True).first()


def _forget_timers(
    ledger: Ledger, conversation: ConversationRow, kinds: Collection[Kind]
) -> list[str]:
    ids = [one.id for one in kept.list_running(conversation.id, kinds)]
    for clock_id in ids:
        ledger.cancel_timer(conversation.workspace_id, _key(clock_id))
    return ids


def _set_timer(ledger: Ledger, setting: Setting, one: RunningClock, lane: str) -> None:
    """Wake a clock when it should warn; one that has warned, when it is due."""
    at = one.clock.due_at
    if one.warned_at is None:
        at = clocks.warns_at(one.clock, setting.hours, setting.policy, now=ledger.now)
    _wake(ledger, one, lane, at)


def _wake(ledger: Ledger, one: RunningClock, lane: str, at: datetime) -> None:
    ledger.set_timer(
        arrivals.timer_of(
            ClockDue(clock_id=one.id),
            ledger.house.keyset,
            workspace_id=one.workspace_id,
            lane=lane,
            key=_key(one.id),
            due_at=at,
        )
    )


def _key(clock_id: str) -> str:
    return f"clock:{clock_id}"
