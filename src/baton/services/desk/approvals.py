"""What people do with money and exceptions: propose, answer, take back, carry out (G11, G51).

Whoever has the authority grants with the one click that proposes; everything else goes up
its path. Each deed holds the contact's lane and checks the state that it finds, so of two
people who click at once the second is told what the first made of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from baton.core import approvals, roles, text
from baton.core.approvals import Move, State
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Role
from baton.flows.standing import Setting
from baton.services.conversation import proposals
from baton.services.conversation.proposals import Proposal
from baton.services.desk import desks
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.systems import refunding
from baton.services.workspace.standards import standards_cache
from baton.store.models import Approval, User


def propose(house: House, user: User, conversation_id: str, proposal: Proposal) -> str:
    """Propose something for the contact of an own conversation; return its id.

    Within one's own authority it is approved with that. Raises InvalidInput for what
    cannot be proposed, Conflict unless the conversation is one's own.
    """
    setting = standards_cache(house).setting_of(user.workspace_id)
    proposal = proposals.check(proposal, setting)
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        return propose_at(desk, setting, proposal)


def propose_at(desk: Desk, setting: Setting, proposal: Proposal) -> str:
    """Propose something that was checked, at a desk; see `propose`."""
    ledger, user, conversation = desk.ledger, desk.user, desk.conversation
    granted = proposals.granted_in(conversation.id)
    role, proposer = Role(user.role), proposals.proposing(user)
    own, policy = user.authority_minor, setting.policy
    if not approvals.may_grant(role, proposal.amount_minor, granted, policy, own=own):
        above = roles.rung_of(role) if own is not None else None
        return proposals.ask(ledger, setting, conversation, proposal, proposer, above=above)
    rung = roles.rung_of(role) or role
    row = replace(
        proposals.row_of(ledger, setting, conversation, proposal, proposer, asked=rung),
        state=State.APPROVED.value,
        decided_by_id=user.id,
        decided_at=ledger.now,
        due_at=None,
    )
    ledger.add(row)
    proposals.note_deed(ledger, row, desk.actor, "proposed", asked=rung.value)
    proposals.note_deed(ledger, row, desk.actor, "approved")
    return row.id


def approve(house: House, user: User, approval_id: str) -> None:
    """Grant what was proposed; nothing is carried out by that alone.

    Raises Forbidden for an amount beyond one's authority, Conflict when it was answered.
    """
    with _at(house, user, approval_id) as (desk, row):
        state = approvals.next_state(State(row.state), Move.APPROVE)
        proposals.refuse_over_return(row)
        _refuse_beyond_authority(house, desk, row)
        _decide(desk, row, state, "")
        proposals.note_deed(desk.ledger, row, desk.actor, "approved")
        _tell(desk, row, f"approved by {user.name}")


def decline(house: House, user: User, approval_id: str, answer: str) -> None:
    """Refuse what was proposed, and say why."""
    answer = _checked(answer, approvals.MAX_WORDS, "answer", "say why, for who asked")
    with _at(house, user, approval_id) as (desk, row):
        state = approvals.next_state(State(row.state), Move.DECLINE)
        if not approvals.may_decline(Role(user.role), Role(row.asked)):
            waits = f"decline this: it waits for a {row.asked}"
            raise Forbidden(waits, user.role)
        _decide(desk, row, state, answer)
        proposals.note_deed(desk.ledger, row, desk.actor, "declined")
        _tell(desk, row, f"declined by {user.name}")
        proposals.tell_run(desk.ledger, row, problem="declined")


def withdraw(house: House, user: User, approval_id: str) -> None:
    """Take back one's own proposal, as long as nothing was carried out."""
    with _at(house, user, approval_id) as (desk, row):
        if proposals.proposer_id(row) != user.id:
            message = "Only who proposed it can withdraw it; who is asked can decline it."
            raise Conflict(message)
        withdraw_at(desk, row)


def withdraw_at(desk: Desk, row: Approval) -> None:
    """Take a proposal back at a desk; raises Conflict when it was answered no, or carried out."""
    state = approvals.next_state(State(row.state), Move.WITHDRAW)
    _move(row, state=state.value, due_at=None, ended_at=desk.ledger.now)
    proposals.stop_waiting(desk.ledger, row)
    proposals.note_deed(desk.ledger, row, desk.actor, "withdrawn")


def reconsider(house: House, user: User, approval_id: str) -> None:
    """Take back one's own answer, as long as nothing was carried out: it waits again."""
    with _at(house, user, approval_id) as (desk, row):
        if row.decided_by_id != user.id:
            message = "Only who answered can take the answer back."
            raise Conflict(message)
        if proposals.proposer_id(row) == user.id:
            # Granted by proposing it: nobody was asked, so there is nobody for whom it could wait.
            message = "This is your own proposal. Withdraw it, and propose it anew."
            raise Conflict(message)
        if row.run_id and row.state == State.DECLINED:
            message = "The flow has gone on with this answer; propose it anew instead."
            raise Conflict(message)
        state = approvals.next_state(State(row.state), Move.RECONSIDER)
        _move(
            row,
            state=state.value,
            decided_by_id=None,
            decided_at=None,
            answer_sealed=b"",
            ended_at=None,
        )
        setting = standards_cache(house).setting_of(user.workspace_id)
        proposals.wait_again(desk.ledger, setting, row, desk.conversation.lane)
        proposals.note_deed(desk.ledger, row, desk.actor, "reconsidered")
        _tell(desk, row, f"{user.name} took the answer back; it waits again")


def carry_out(house: House, user: User, approval_id: str, reference: str) -> None:
    """Have something carried out that was approved, under a number of the system that does it.

    Without a number, a return of a connected shop's order is paid back there.
    """
    hint = "write the number that it has in your payment or order system"
    with _at(house, user, approval_id) as (desk, row):
        if reference.strip() or not refunding.pays(house, row):
            reference = _checked(reference, approvals.MAX_REFERENCE, "reference", hint)
        state = approvals.next_state(State(row.state), Move.CARRY_OUT)
        proposals.refuse_over_return(row)
        sealed = proposals.seal(desk.ledger, "reference", row.id, reference)
        _move(
            row,
            state=state.value,
            carried_out_by_id=user.id,
            reference_sealed=sealed,
            problem="",
        )
        proposals.note_deed(desk.ledger, row, desk.actor, "carried_out")
        proposals.order(desk.ledger, row, lane=desk.conversation.lane)


@contextmanager
def _at(house: House, user: User, approval_id: str) -> Iterator[tuple[Desk, Approval]]:
    """Hold the lane of whom it is about, and load it afresh."""
    known = Approval.objects.filter(id=approval_id, workspace_id=user.workspace_id)
    conversation_id = known.values_list("conversation_id", flat=True).first()
    if conversation_id is None:
        raise NotFound("approval", approval_id)
    with desks.at_desk(house, user, conversation_id) as desk:
        yield desk, Approval.objects.get(id=approval_id)


def _refuse_beyond_authority(house: House, desk: Desk, row: Approval) -> None:
    policy = standards_cache(house).standards_of(row.workspace_id).policy
    granted = proposals.granted_in(row.conversation_id)
    role = Role(desk.user.role)
    own = desk.user.authority_minor
    if approvals.may_grant(role, row.amount_minor, granted, policy, own=own):
        return
    limit = approvals.render_sum(roles.limit_minor(own, role, policy), row.currency)
    beyond = f"grant this: with what was granted here before, it is beyond {limit}"
    raise Forbidden(beyond, role.value)


def _decide(desk: Desk, row: Approval, state: State, answer: str) -> None:
    sealed = proposals.seal(desk.ledger, "answer", row.id, answer) if answer else b""
    _move(
        row,
        state=state.value,
        decided_by_id=desk.user.id,
        decided_at=desk.ledger.now,
        answer_sealed=sealed,
        due_at=None,
        ended_at=desk.ledger.now if state is State.DECLINED else None,
    )
    proposals.stop_waiting(desk.ledger, row)


def _move(row: Approval, **changes: object) -> None:
    """Change a row that is still as it was found; raises Conflict when it is not."""
    found = Approval.objects.filter(id=row.id, state=row.state)
    if found.update(**changes) != 1:
        message = "A colleague was faster. Look at it again."
        raise Conflict(message)
    for name, value in changes.items():
        setattr(row, name, value)


def _tell(desk: Desk, row: Approval, answer: str) -> None:
    """Bring an answer back to who asked, unless they gave it themselves."""
    if proposals.proposer_id(row) != desk.user.id:
        proposals.tell_proposer(desk.ledger, row, answer)


def _checked(words: str, limit: int, field: str, hint: str) -> str:
    words = text.clean(words)
    if not words:
        raise InvalidInput({field: hint})
    if len(words) > limit:
        raise InvalidInput({field: f"write {limit} characters at most"})
    return words
