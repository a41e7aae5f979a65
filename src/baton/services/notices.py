"""Notices: what one person should know, kept until they have seen it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.core import roles, routing
from baton.core.roles import Role
from baton.services import sight, staff_calls
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.sight import Matter
from baton.store.models import Contact, Conversation, Notice, User
from baton.store.rows import ContactRow, ConversationRow, NoticeRow

MAX_SHOWN = 100
"""Notices that a person's page shows, newest first."""
_MAX_DETAILS = 200  # as the column has it

_SERVING = tuple(role.value for role in roles.SERVING)
_LEADING = (Role.MANAGER.value,)
_OWNING = (Role.OPERATIONS.value, Role.OWNER.value)
_DECIDING = (Role.OPERATIONS.value,)


class Kind(StrEnum):
    """What a notice tells."""

    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    OFFERED = "offered"  # a conversation, to this one person
    TASK_WARNED = "task_warned"  # what a flow gave people to do nears its end
    TASK_OVERDUE = "task_overdue"
    LOW_RATING = "low_rating"  # a contact rated a visit or an answer among the lowest
    CSAT_FELL = "csat_fell"  # to who leads and who owns the automation: on a channel
    HARM_FOUND = "harm_found"  # to who leads and who owns the automation
    AUDIT_DUE = "audit_due"  # to who leads: last month's escalations want looking at
    COMPLIANCE_FAILED = "compliance_failed"  # to who leads, owns or audits: rollouts are held
    DAILY_CHECK = "daily_check"  # to a manager: what the check found
    MENTIONED = "mentioned"  # in a note, by a colleague
    TRANSFERRED = "transferred"  # to whoever has the conversation now
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_ANSWERED = "approval_answered"  # to whoever proposed it
    REVIEW_DUE = "review_due"  # to who leads: a look back, a release, a quarter
    WEEK_AUDIT_DUE = "week_audit_due"  # to who leads: last week's escalations want looking at
    FAILURE_GIVEN = "failure_given"  # to whoever is to mend it
    FAILURE_OVERDUE = "failure_overdue"  # to them, and to who leads
    RULE_REVIEW_DUE = "rule_review_due"  # to a manager: an escalation rule's day has come
    READER_AWAY = "reader_away"  # to who leads: an NLU elsewhere fails, messages are read here
    SYSTEM_SILENT = "system_silent"  # to a manager: nothing came from it for too long
    DEPOSIT_LATE = "deposit_late"  # to who serves bookings: money came, and the place is gone
    FLOW_PAUSED = "flow_paused"  # by itself, to who leads and who owns the automation
    FLOW_ROLLED_BACK = "flow_rolled_back"  # to who leads and who owns the rollout
    ESCALATION_ORPHANED = "escalation_orphaned"  # to whoever owns the automation


_GIVEN = frozenset({Kind.OFFERED, Kind.TRANSFERRED, Kind.APPROVAL_ANSWERED})
"""To whom something was given, or who asked for it: they may, wherever they work."""
_PERSONAL = frozenset({Kind.MENTIONED, Kind.FAILURE_GIVEN})
"""What is of one person: of what they may not see, nobody is told in their place."""
_OF_ALL = frozenset(
    {Kind.CSAT_FELL, Kind.HARM_FOUND, Kind.DAILY_CHECK, Kind.AUDIT_DUE, Kind.WEEK_AUDIT_DUE}
)
"""What tells figures of the whole business, not of a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotice:
    """A notice as its person reads it."""

    kind: str
    details: str
    conversation_id: str | None
    at: datetime
    is_unseen: bool


def tell(  # noqa: PLR0913 - who is told what, of what
    ledger: Ledger,
    workspace_id: str,
    user_ids: Iterable[str],
    kind: Kind,
    *,
    details: str,
    conversation_id: str | None = None,
    contact_id: str = "",
    is_mailed: bool = False,
) -> dict[str, str]:
    """Keep a notice for each of some people; return the notices' ids by person.

    Of what somebody may not see they are not told: a conversation of another place or of a
    closed queue, a contact of another place (P10). Where that leaves nobody of those on duty,
    who leads and may see it is told in their place. Figures of the whole business go to who sees
    all of it; where nobody asked does, to all of them, since somebody has to know. Give the
    contact where the conversation may not be written yet. One that `is_mailed` by itself is in
    no digest.
    """
    told = _seeing(ledger, workspace_id, user_ids, kind, (conversation_id, contact_id))
    kept = {user_id: ledger.next_id() for user_id in told}
    for user_id, notice_id in kept.items():
        ledger.add(
            NoticeRow(
                id=notice_id,
                workspace_id=workspace_id,
                user_id=user_id,
                kind=kind.value,
                conversation_id=conversation_id,
                details=details[:_MAX_DETAILS],
                at=ledger.now,
                mailed_at=ledger.now if is_mailed else None,
            )
        )
        ledger.ring(topic_of(user_id))
    staff_calls.order(ledger, kept, kind)
    return kept


def _seeing(
    ledger: Ledger,
    workspace_id: str,
    user_ids: Iterable[str],
    kind: Kind,
    of: tuple[str | None, str],
) -> tuple[str, ...]:
    """Return who of some people is told, in their order."""
    asked = tuple(dict.fromkeys(user_ids))
    if not asked or kind in _GIVEN:
        return asked
    people = User.objects.in_bulk(asked)
    if kind in _OF_ALL:
        return tuple(one for one in asked if one in people and not people[one].locations) or asked
    if not any(of):
        return asked
    matter = _matter_of(ledger, workspace_id, *of)
    told = tuple(one for one in asked if one in people and sight.is_open(people[one], matter))
    if told or kind in _PERSONAL:
        return told
    leads = User.objects.filter(
        workspace_id=workspace_id, is_active=True, role__in=(*_LEADING, *_DECIDING)
    )
    return tuple(one.id for one in leads.order_by("id") if sight.is_open(one, matter))


def _matter_of(
    ledger: Ledger, workspace_id: str, conversation_id: str | None, contact_id: str
) -> Matter:
    """Return how a conversation stands, or a contact, as this very transaction leaves it."""
    queue, assignee_id, of = "", None, contact_id
    talk: ConversationRow | Conversation | None = None
    if conversation_id:
        ours = Conversation.objects.filter(id=conversation_id, workspace_id=workspace_id)
        talk = ledger.kept(ConversationRow, conversation_id) or ours.first()
    if talk is not None:
        queue, assignee_id, of = talk.queue, talk.assignee_id, talk.contact_id
    contact = ledger.kept(ContactRow, of) or Contact.objects.filter(id=of).first()
    return Matter(
        queue=queue,
        assignee_id=assignee_id,
        location_id=contact.location_id if contact else "",
        closed=sight.closed_queues_of(ledger.house, workspace_id) if queue else "",
    )


def topic_of(user_id: str) -> str:
    """Return the topic that rings when there is something for one person to know."""
    return f"user:{user_id}"


def serving(workspace_id: str, queue: str) -> tuple[str, ...]:
    """Return who is on duty for a queue."""
    people = User.objects.filter(
        workspace_id=workspace_id, is_active=True, is_available=True, role__in=_SERVING
    ).order_by("id")
    return tuple(
        user_id
        for user_id, role, skills in people.values_list("id", "role", "skills")
        if queue == routing.GENERAL or queue in routing.skills_of(skills, Role(role))
    )


def in_role(workspace_id: str, role: Role) -> tuple[str, ...]:
    """Return who stands at a rung of the path and is on duty; where nobody is, all of them."""
    wanted = tuple(one.value for one in roles.SERVING if roles.rung_of(one) is role)
    present = User.objects.filter(
        workspace_id=workspace_id, is_active=True, is_available=True, role__in=wanted
    )
    on_duty = tuple(present.order_by("id").values_list("id", flat=True))
    return on_duty or with_roles(workspace_id, wanted)


def leading(workspace_id: str) -> tuple[str, ...]:
    """Return the managers of a workspace, on duty or not."""
    return with_roles(workspace_id, _LEADING)


def owning(workspace_id: str) -> tuple[str, ...]:
    """Return who answers for the automation: the people of operations, and its owners (PE7)."""
    return with_roles(workspace_id, _OWNING)


def deciding(workspace_id: str) -> tuple[str, ...]:
    """Return who decides where no manager is: the people of operations."""
    return with_roles(workspace_id, _DECIDING)


def colleagues_of(user: User) -> dict[str, str]:
    """Return the names of everybody else of a person's workspace who may sign in, by id."""
    others = User.objects.filter(workspace_id=user.workspace_id, is_active=True)
    return dict(others.exclude(id=user.id).values_list("id", "name"))


def with_roles(workspace_id: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return who of a workspace has one of some roles and may sign in, on duty or not."""
    people = User.objects.filter(workspace_id=workspace_id, is_active=True, role__in=wanted)
    return tuple(people.order_by("id").values_list("id", flat=True))


def count_unseen(user: User) -> int:
    """Return how many notices a person has not seen."""
    return Notice.objects.filter(user_id=user.id, seen_at=None).count()


def list_for(user: User) -> tuple[ShownNotice, ...]:
    """Return a person's newest notices, newest first."""
    found = Notice.objects.filter(user_id=user.id).order_by("-at", "-id")[:MAX_SHOWN]
    return tuple(
        ShownNotice(
            kind=one.kind,
            details=one.details,
            conversation_id=one.conversation_id,
            at=one.at,
            is_unseen=one.seen_at is None,
        )
        for one in found
    )


def see_all(house: House, user: User) -> None:
    """Mark all of a person's notices as seen."""
    with house.engine.transaction():
        Notice.objects.filter(user_id=user.id, seen_at=None).update(seen_at=house.clock.now())
