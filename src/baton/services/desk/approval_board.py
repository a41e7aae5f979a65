"""Approvals as people read them: what is up to them, what is theirs, and an amount's trail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from baton.core import approvals, roles
from baton.core.approvals import GRANTED, OPEN, Kind, State
from baton.core.errors import NotFound
from baton.core.pack import Pack, ReasonCode
from baton.core.policy import Policy
from baton.core.roles import Action, Role
from baton.services import inbox, sight
from baton.services.conversation import proposals
from baton.services.house import House
from baton.services.systems import refunding
from baton.services.workspace.standards import standards_cache
from baton.store.models import Approval, AuditEntry, Contact, Conversation, User
from baton.store.queries import bar
from baton.store.queries.bar import Waiting

PAGE_SIZE = 50


class Folder(StrEnum):
    """Which approvals are looked at."""

    UP_TO_ME = "up_to_me"
    MINE = "mine"
    OPEN = "open"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownApproval:
    """One approval; the `may_...` say what the reader could do with it now.

    `asker_limit_minor` is up to which amount whoever proposed it may grant by themselves.
    """

    id: str
    conversation_id: str
    who: str
    kind: str
    amount_minor: int
    currency: str
    reason: str
    subject: str
    note: str
    proposed_by: str
    proposed_at: datetime
    asker_limit_minor: int
    state: str
    asked: str
    due_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    answer: str
    reference: str
    problem: str
    may_approve: bool
    may_decline: bool
    may_withdraw: bool
    may_reconsider: bool
    may_carry_out: bool
    may_be_paid_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPage:
    """A page of a folder."""

    folder: Folder
    rows: tuple[ShownApproval, ...]
    total: int
    page: int
    pages: int
    up_to_me: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailStep:
    """One step of an amount's way, as the audit chain has it."""

    seq: int
    at: datetime
    who: str
    action: str
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a person may grant by themselves in a conversation, and whom else they can ask."""

    own_minor: int
    granted_minor: int
    currency: str
    above: tuple[tuple[str, int], ...]
    kinds: tuple[str, ...]
    reasons: tuple[ReasonCode, ...]

    @property
    def left_minor(self) -> int:
        """What is left of their own limit in this conversation."""
        return max(self.own_minor - self.granted_minor, 0)


def list_page(house: House, user: User, folder: Folder, *, page: int = 1) -> ApprovalPage:
    """Return a page of a folder; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    found = _in_folder(house, user, folder)
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return ApprovalPage(
        folder=folder,
        rows=_shown(house, user, rows),
        total=total,
        page=page,
        pages=pages,
        up_to_me=waiting_for(user).up_to_them,
    )


def waiting_for(user: User) -> Waiting:
    """Return how many notices and how many approvals wait for a person."""
    return bar.count_waiting(user.id, user.workspace_id, _asked_as(user))


def list_of_conversation(
    house: House, user: User, conversation_id: str
) -> tuple[ShownApproval, ...]:
    """Return a conversation's approvals, newest first."""
    inbox.require(user, Action.READ_INBOX)
    found = Approval.objects.filter(workspace_id=user.workspace_id, conversation_id=conversation_id)
    return _shown(house, user, list(found.order_by("-id")))


def limits_in(house: House, user: User, granted: Sequence[ShownApproval]) -> Limits:
    """Return what a person may grant beside a conversation's approvals, and who above may what."""
    standards = standards_cache(house).standards_of(user.workspace_id)
    own = roles.limit_minor(user.authority_minor, Role(user.role), standards.policy)
    return Limits(
        own_minor=own,
        granted_minor=sum(one.amount_minor for one in granted if one.state in GRANTED),
        currency=standards.policy.currency,
        above=tuple(
            (role.value, limit)
            for role in roles.PATH
            if (limit := roles.authority_minor(role, standards.policy)) > own
        ),
        kinds=tuple(kind.value for kind in Kind),
        reasons=standards.pack.grant_reasons,
    )


def find(house: House, user: User, approval_id: str) -> ShownApproval:
    """Return one approval; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = _open_to(house, user).filter(id=approval_id).first()
    if row is None:
        raise NotFound("approval", approval_id)
    return _shown(house, user, [row])[0]


def trail_of(user: User, approval_id: str) -> tuple[TrailStep, ...]:
    """Return everything that happened to an amount, in order (BI6)."""
    found = AuditEntry.objects.filter(
        workspace_id=user.workspace_id, subject=f"approval:{approval_id}"
    )
    names = _names(user.workspace_id)
    return tuple(
        TrailStep(
            seq=one.seq,
            at=one.at,
            who=names.get(one.actor.removeprefix("user:"), one.actor),
            action=one.action.removeprefix("approval_"),
            asked=str(json.loads(one.details).get("asked", "")),
        )
        for one in found.order_by("seq")
    )


def _asked_as(user: User) -> str:
    """Return as which role approvals reach a person: operations are asked with the managers."""
    rung = roles.rung_of(Role(user.role))
    return rung.value if rung else user.role


def _open_to(house: House, user: User) -> "QuerySet[Approval]":
    """Return the approvals of conversations that are open to a person."""
    found = Approval.objects.filter(workspace_id=user.workspace_id)
    return sight.heard_by(house, user, found)


def _in_folder(house: House, user: User, folder: Folder) -> "QuerySet[Approval]":
    found = _open_to(house, user)
    match folder:
        case Folder.UP_TO_ME:
            waiting = found.filter(state=State.PROPOSED.value, asked=_asked_as(user))
            return waiting.order_by("proposed_at")
        case Folder.MINE:
            return found.filter(proposed_by=f"user:{user.id}").order_by("-id")
        case Folder.OPEN:
            return found.filter(state__in=list(OPEN)).order_by("proposed_at")
        case Folder.PAST:
            return found.exclude(state__in=list(OPEN)).order_by("-proposed_at")


def _shown(house: House, user: User, rows: Sequence[Approval]) -> tuple[ShownApproval, ...]:
    if not rows:
        return ()
    standards = standards_cache(house).standards_of(user.workspace_id)
    talks = Conversation.objects.in_bulk({row.conversation_id for row in rows})
    contacts = Contact.objects.in_bulk({one.contact_id for one in talks.values()})
    people = {one.id: one for one in User.objects.filter(workspace_id=user.workspace_id)}
    waiting = {row.conversation_id for row in rows if row.state == State.PROPOSED}
    reader = _Reader(
        house=house,
        user=user,
        people=people,
        pack=standards.pack,
        granted=proposals.granted_in_each(waiting) if waiting else {},
    )
    return tuple(
        reader.shown(row, contacts[talks[row.conversation_id].contact_id], standards.policy)
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Whoever reads, and what is needed to say it in words.

    `granted` is what was granted in the conversations in which something waits.
    """

    house: House
    user: User
    people: dict[str, User]
    pack: Pack
    granted: Mapping[str, int]

    def shown(self, row: Approval, contact: Contact, policy: Policy) -> ShownApproval:
        proposer = self.people.get(proposals.proposer_id(row))
        reasons = {one.name: one.title for one in self.pack.grant_reasons}
        limit = (
            roles.limit_minor(proposer.authority_minor, Role(proposer.role), policy)
            if proposer
            else 0
        )
        is_sighted = roles.may(Role(self.user.role), Action.READ_TRANSCRIPT)
        return ShownApproval(
            id=row.id,
            conversation_id=row.conversation_id,
            who=inbox.name_of(self.house, contact.id, bytes(contact.name_sealed)),
            kind=row.kind,
            amount_minor=row.amount_minor,
            currency=row.currency,
            reason=reasons.get(row.reason, row.reason.replace("_", " ")),
            subject=self._said(row, "subject", bytes(row.subject_sealed)),
            note=self._said(row, "note", bytes(row.note_sealed)) if is_sighted else "",
            proposed_by=proposer.name if proposer else row.proposed_by.removeprefix("flow:"),
            proposed_at=row.proposed_at,
            asker_limit_minor=limit,
            state=row.state,
            asked=row.asked,
            due_at=row.due_at,
            decided_by=self._name(row.decided_by_id),
            decided_at=row.decided_at,
            answer=self._said(row, "answer", bytes(row.answer_sealed)) if is_sighted else "",
            reference=self._said(row, "reference", bytes(row.reference_sealed)),
            problem=row.problem,
            **self._may(row, policy),
        )

    def _may(self, row: Approval, policy: Policy) -> dict[str, bool]:
        role, state = Role(self.user.role), State(row.state)
        acts = roles.may(role, Action.ANSWER)
        is_own = proposals.proposer_id(row) == self.user.id
        is_proposed = acts and state is State.PROPOSED
        granted = self.granted.get(row.conversation_id, 0)
        is_answer_mine = acts and row.decided_by_id == self.user.id and not is_own
        # A flow has gone on with a refusal.
        was_refused_to_flow = bool(row.run_id) and state is State.DECLINED
        return {
            "may_approve": is_proposed
            and approvals.may_grant(
                role, row.amount_minor, granted, policy, own=self.user.authority_minor
            ),
            "may_decline": is_proposed
            and not is_own
            and approvals.may_decline(role, Role(row.asked)),
            "may_withdraw": acts and is_own and state in {State.PROPOSED, State.APPROVED},
            "may_reconsider": is_answer_mine
            and state in {State.APPROVED, State.DECLINED}
            and not was_refused_to_flow,
            "may_carry_out": acts and state is State.APPROVED,
            "may_be_paid_there": acts
            and state is State.APPROVED
            and refunding.pays(self.house, row),
        }

    def _name(self, user_id: str | None) -> str:
        found = self.people.get(user_id or "")
        return found.name if found else ""

    def _said(self, row: Approval, what: str, sealed: bytes) -> str:
        if not sealed:
            return ""
        return self.house.keyset.unseal(sealed, f"approval.{what}:{row.id}")


def _names(workspace_id: str) -> dict[str, str]:
    found = User.objects.filter(workspace_id=workspace_id)
    return dict(found.values_list("id", "name"))
