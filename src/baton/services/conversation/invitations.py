"""A waiting conversation offered to one person after another, where its queue is set so.

It waits in the queue all the while: whoever takes it first has it, and its clock is the
queue's. What is asked of people stands in rows of its own, so that nothing here decides who
owns a conversation (invariant 4).

One that was promised an answer is offered as soon as somebody may have room: as they end
another or come on duty, as the place opens, and at the latest as the promise nears its end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from baton.core import inviting, routing
from baton.core.inviting import State, Wait
from baton.core.ownership import Owner
from baton.core.roles import Role
from baton.core.routing import Need
from baton.flows.standing import Setting
from baton.services import arrivals, notices
from baton.services.facts import InvitationDue, RoomFreed
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Assignment,
    Contact,
    Conversation,
    Handoff,
    Invitation,
    User,
)
from baton.store.rows import ContactRow, ConversationRow

_WAITS = (Owner.QUEUE.value, Owner.ASYNC.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation that waits for people, as far as who is asked is concerned."""

    conversation: ConversationRow | Conversation
    handoff_id: str
    amount_minor: int
    speaks: str


def invite(ledger: Ledger, setting: Setting, waiting: Waiting) -> None:
    """Ask the next person, if the queue does so and somebody is left; see `core.inviting`.

    While the place is closed nobody is asked; as it opens, they are.
    """
    one = waiting.conversation
    if not inviting.invites(one.queue, setting.policy):
        return
    if not setting.hours.is_open(ledger.now):
        _invite_at_opening(ledger, setting, one)
        return
    end(ledger, one.id)
    open_ones = Invitation.objects.filter(workspace_id=one.workspace_id, state=State.OPEN.value)
    user_id = inviting.next_invited(
        _wait_of(waiting),
        setting.staffing,
        dict(open_ones.values_list("user_id").annotate(Count("id")).order_by()),
        setting.policy,
        priority=setting.pack.queue(one.queue).priority,
    )
    if user_id:
        _ask(ledger, setting, waiting, user_id)


def invite_again(
    house: House, ledger: Ledger, conversation: ConversationRow, contact: ContactRow, *, asked: str
) -> None:
    """Offer a conversation that somebody put back to the others, if its queue does so."""
    setting = standards_cache(house).setting_of(conversation.workspace_id)
    handoff = _handoff_of(conversation.id)
    if handoff is None or not inviting.invites(conversation.queue, setting.policy):
        return
    # Who puts it back has passed; it is a new wait, so that others may be asked again.
    _note(ledger, conversation, handoff.id, asked, State.PASSED)
    waiting = Waiting(
        conversation=conversation,
        handoff_id=handoff.id,
        amount_minor=handoff.amount_minor,
        speaks=contact.language,
    )
    invite(ledger, setting, waiting)


def free_room(ledger: Ledger, workspace_id: str, user_id: str) -> None:
    """Let what was promised be offered, the oldest first: somebody may have room for it."""
    policy = standards_cache(ledger.house).standards_of(workspace_id).policy
    who = User.objects.filter(id=user_id, workspace_id=workspace_id).first()
    if not policy.offering_queues or who is None:
        return
    serves = {routing.GENERAL, *routing.skills_of(who.skills, Role(who.role))}
    promised = Conversation.objects.filter(
        workspace_id=workspace_id,
        handled_by=Owner.ASYNC.value,
        status="open",
        queue__in=serves & set(policy.offering_queues.split(",")),
    ).order_by("-urgency", "handed_over_at", "id")
    fresh = [
        arrivals.arrival_of(
            RoomFreed(conversation_id=conversation_id),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=lane,
            dedupe_key=f"room:{conversation_id}:{ledger.next_id()}",
            received_at=ledger.now,
        )
        for conversation_id, lane in promised.values_list("id", "lane")[: policy.agent_capacity]
    ]
    if fresh:
        ledger.house.engine.inbox.append(fresh)


def offer_waiting(ledger: Ledger, setting: Setting, conversation_id: str) -> None:
    """Ask the next person for a conversation that still waits and is offered to nobody."""
    ledger.flush()  # what was decided before in this batch may have taken it away
    asked = Invitation.objects.filter(conversation_id=conversation_id, state=State.OPEN.value)
    found = Conversation.objects.filter(
        id=conversation_id, handled_by__in=_WAITS, status="open"
    ).first()
    if found is not None and not asked.exists():
        _invite_next(ledger, setting, found)


def lapse(ledger: Ledger, setting: Setting, fact: InvitationDue) -> None:
    """Ask the next person: the one who was asked has not answered in time."""
    ledger.flush()  # what was decided before in this batch may have taken it away
    row = Invitation.objects.filter(id=fact.invitation_id, state=State.OPEN.value).first()
    if row is not None:
        pass_on(ledger, setting, row, State.LAPSED)


def pass_on(ledger: Ledger, setting: Setting, row: Invitation, state: State) -> None:
    """End an invitation, and ask the next person if the conversation still waits."""
    found = Conversation.objects.get(id=row.conversation_id)
    waits = found.handled_by in _WAITS and found.status == "open"
    _end(ledger, row, state if waits else State.VOID)
    if waits:
        _invite_next(ledger, setting, found)


def _invite_at_opening(
    ledger: Ledger, setting: Setting, one: ConversationRow | Conversation
) -> None:
    ledger.set_timer(
        arrivals.timer_of(
            RoomFreed(conversation_id=one.id),
            ledger.house.keyset,
            workspace_id=one.workspace_id,
            lane=one.lane,
            key=f"opening:{one.id}",
            due_at=setting.hours.after(ledger.now, timedelta(0)),
        )
    )


def _invite_next(ledger: Ledger, setting: Setting, found: Conversation) -> None:
    handoff = _handoff_of(found.id)
    if handoff is None:
        return
    language = Contact.objects.filter(id=found.contact_id).values_list("language", flat=True)
    invite(
        ledger,
        setting,
        Waiting(
            conversation=found,
            handoff_id=handoff.id,
            amount_minor=handoff.amount_minor,
            speaks=language.first() or "",
        ),
    )
    ledger.ring(f"workspace:{found.workspace_id}")


def end(ledger: Ledger, conversation_id: str, *, taken_by: str = "") -> None:
    """End what is asked of people about a conversation: somebody has it, or it waits anew."""
    for row in Invitation.objects.filter(conversation_id=conversation_id, state=State.OPEN.value):
        _end(ledger, row, State.TAKEN if row.user_id == taken_by else State.VOID)


def _end(ledger: Ledger, row: Invitation, state: State) -> None:
    Invitation.objects.filter(id=row.id).update(state=state.value, ended_at=ledger.now)
    ledger.cancel_timer(row.workspace_id, _key(row.id))
    ledger.ring(notices.topic_of(row.user_id))
    if state is not State.TAKEN:
        ledger.audit(
            row.workspace_id,
            f"user:{row.user_id}" if state is State.PASSED else "system",
            f"offer_{state.value}",
            f"conversation:{row.conversation_id}",
            user=row.user_id,
        )


def _ask(ledger: Ledger, setting: Setting, waiting: Waiting, user_id: str) -> None:
    one, until = waiting.conversation, ledger.now + setting.policy.offer_window
    row = _note(ledger, one, waiting.handoff_id, user_id, State.OPEN, until=until)
    ledger.set_timer(
        arrivals.timer_of(
            InvitationDue(invitation_id=row.id),
            ledger.house.keyset,
            workspace_id=one.workspace_id,
            lane=one.lane,
            key=_key(row.id),
            due_at=until,
        )
    )
    notices.tell(
        ledger,
        one.workspace_id,
        [user_id],
        notices.Kind.OFFERED,
        details=setting.pack.queue(one.queue).title[:80],
        conversation_id=one.id,
    )
    ledger.audit(one.workspace_id, "system", "offered_to", f"conversation:{one.id}", user=user_id)


def _note(  # noqa: PLR0913 - who is asked for what, and how it stands
    ledger: Ledger,
    one: ConversationRow | Conversation,
    handoff_id: str,
    user_id: str,
    state: State,
    *,
    until: datetime | None = None,
) -> Invitation:
    return Invitation.objects.create(
        id=ledger.next_id(),
        workspace_id=one.workspace_id,
        conversation_id=one.id,
        handoff_id=handoff_id,
        user_id=user_id,
        at=ledger.now,
        until=until or ledger.now,
        state=state.value,
        ended_at=None if state is State.OPEN else ledger.now,
    )


def _wait_of(waiting: Waiting) -> Wait:
    one = waiting.conversation
    asked = Invitation.objects.filter(handoff_id=waiting.handoff_id)
    theirs = Conversation.objects.filter(contact_id=one.contact_id)
    had = Assignment.objects.filter(conversation_id__in=theirs.values("id"))
    # Since somebody had it last, it is a new wait.
    asked = asked.filter(id__gt=had.aggregate(last=Max("id"))["last"] or "")
    return Wait(
        queue=one.queue,
        need=Need(amount_minor=waiting.amount_minor, location_id=_place_of(one.contact_id)),
        knower_id=had.order_by("-began_at", "-id").values_list("user_id", flat=True).first() or "",
        speaks=waiting.speaks,
        asked=frozenset(asked.values_list("user_id", flat=True)),
    )


def _place_of(contact_id: str) -> str:
    found = Contact.objects.filter(id=contact_id).values_list("location_id", flat=True)
    return found.first() or ""


def _handoff_of(conversation_id: str) -> Handoff | None:
    found = Handoff.objects.filter(conversation_id=conversation_id, ended_at=None)
    return found.order_by("-offered_at").first()


def _key(invitation_id: str) -> str:
    return f"invitation:{invitation_id}"
