"""What people do with returns: decide what the rules left to them, label, pay back, look again.

Each deed holds the returns of the workspace; one that costs money is an approval like any
other, proposed for the return and bound to what that allows.
"""

from collections.abc import Callable

from baton.core.approvals import Kind
from baton.core.approvals import State as GrantState
from baton.core.errors import Conflict, InvalidInput
from baton.core.return_states import MAY_BE_PAID, Move, State
from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import proposals
from baton.services.conversation.proposals import Proposal
from baton.services.desk import approvals, desks, pairs
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.returns import taking
from baton.services.systems import refunding
from baton.services.workspace.standards import standards_cache
from baton.store.models import Approval, Order, Return, User
from baton.store.queries import people

MAX_WHY = 300
_RULES_MET, _OTHER = "rules_met", "other"
_OPEN = (GrantState.PROPOSED.value, GrantState.APPROVED.value)


def approve(house: House, user: User, return_id: str, refund_minor: int) -> None:
    """Accept a return that the rules left to people, with what is paid back for it."""
    _settle(house, user, return_id, Move.APPROVE, refund_minor=refund_minor)


def refuse(house: House, user: User, return_id: str, why: str) -> None:
    """Refuse a return, and say why."""
    _settle(house, user, return_id, Move.REFUSE, why=_checked(why))


def look_again(house: House, user: User, return_id: str) -> None:
    """Let people decide a return once more that was refused or accepted."""
    _settle(house, user, return_id, Move.PASS_ON)


def withdraw(house: House, user: User, return_id: str, why: str) -> None:
    """End a return: nothing comes back."""
    _settle(house, user, return_id, Move.WITHDRAW, why=_checked(why))


def issue_label(house: House, user: User, return_id: str) -> None:
    """Issue the prepaid label."""
    _at(house, user, return_id, lambda ledger, row, by: taking.label(ledger, row, by=by))


def void_label(house: House, user: User, return_id: str) -> None:
    """Take the label back."""
    _at(house, user, return_id, lambda ledger, row, by: taking.void_label(ledger, row, by=by))


def refund(house: House, user: User, return_id: str, reference: str = "") -> None:
    """Pay a return back with one click: grant what is proposed, or propose it, and carry it out.

    An order of our own store is paid back under a number of ours; for any other the
    `reference` is the number that it has in the shop or at its payment provider. Without one, a
    shop that takes refunds from here pays it. What is beyond one's authority is proposed, and
    waits for whoever may grant it. Raises Conflict where it is not to be paid, InvalidInput
    without a number.
    """
    inbox.require(user, Action.ANSWER)
    row = taking.get(user.workspace_id, return_id)
    if is_ours(row):
        reference = taking.refund_number(row.number)
    if not reference.strip() and not refunding.shop_of(house, row.id):
        raise InvalidInput({"reference": "Write the number that the refund has in your shop."})
    paying = Approval.objects.get(id=_proposed(house, user, row))
    if paying.state == GrantState.PROPOSED:
        if paying.proposed_by == f"user:{user.id}":
            return  # beyond their own authority: it waits for whoever may grant it
        approvals.approve(house, user, paying.id)
    approvals.carry_out(house, user, paying.id, reference)


def judge(house: House, user: User, return_id: str, verdict: str) -> None:
    """Say whether the rules were right to accept what a person looks at later (RT18)."""
    inbox.require(user, Action.REVIEW)
    if verdict not in ("right", "wrong"):
        raise InvalidInput({"verdict": "Say whether it was right."})

    def deed(ledger: Ledger, row: Return, by: str) -> None:
        if not row.is_sampled:
            message = "This return is not one of those to be looked at."
            raise Conflict(message)
        row.audit, row.audited_at, row.audited_by_id = verdict, ledger.now, user.id
        row.save(update_fields=["audit", "audited_at", "audited_by_id"])
        ledger.audit(row.workspace_id, by, "return_audited", f"return:{row.id}", verdict=verdict)

    _at(house, user, return_id, deed)


def is_ours(row: Return) -> bool:
    """Return whether it is about an order of our own store."""
    return Order.objects.filter(id=row.order_id, system_id="").exists()


def refund_of(row: Return) -> Approval | None:
    """Return the newest refund that was proposed for a return."""
    found = Approval.objects.filter(return_id=row.id, kind=Kind.REFUND.value)
    return found.order_by("-id").first()


def _proposed(house: House, user: User, row: Return) -> str:
    """Return the refund of a return that waits, else propose it."""
    found = refund_of(row)
    if found is not None and found.state in _OPEN:
        return found.id
    if State(row.state) not in MAY_BE_PAID:
        message = f"A return that is {row.state} is not paid back."
        raise Conflict(message)
    conversation_id = pairs.newest_of(people.whole_of(row.contact_id))
    if conversation_id is None:
        message = "There is no conversation with this contact yet: write to them first."
        raise Conflict(message)
    setting = standards_cache(house).setting_of(user.workspace_id)
    order = Order.objects.values_list("number", flat=True).get(id=row.order_id)
    known = {one.name for one in setting.pack.grant_reasons}
    proposal = Proposal(
        kind=Kind.REFUND,
        amount_minor=row.refund_minor,
        reason=_RULES_MET if _RULES_MET in known else _OTHER,
        subject=order,
        note=f"Return {row.number}.",
        return_id=row.id,
    )
    with desks.at_desk(house, user, conversation_id) as desk:
        return approvals.propose_at(desk, setting, proposals.check(proposal, setting))


def _settle(  # noqa: PLR0913 - what, by whom, for how much and why
    house: House,
    user: User,
    return_id: str,
    move: Move,
    *,
    refund_minor: int = 0,
    why: str = "",
) -> None:
    def deed(ledger: Ledger, row: Return, by: str) -> None:
        _refuse_while_paying(row, move)
        taking.settle(ledger, row, move, by=by, refund_minor=refund_minor, why=why)

    _at(house, user, return_id, deed)


def _refuse_while_paying(row: Return, move: Move) -> None:
    """Raise Conflict where a refund was granted that would be left without its return."""
    paying = refund_of(row)
    granted = (GrantState.APPROVED.value, GrantState.BEING_DONE.value)
    if move in (Move.WITHDRAW, Move.PASS_ON) and paying is not None and paying.state in granted:
        message = "Its refund is granted. Take that back first, under Approvals."
        raise Conflict(message)


def _at(
    house: House, user: User, return_id: str, deed: Callable[[Ledger, Return, str], object]
) -> None:
    inbox.require(user, Action.ANSWER)
    with taking.written(house, user.workspace_id) as ledger:
        deed(ledger, taking.get(user.workspace_id, return_id), f"user:{user.id}")


def _checked(why: str) -> str:
    why = why.strip()
    if not why or len(why) > MAX_WHY:
        raise InvalidInput({"why": f"Say why, in {MAX_WHY} characters at most."})
    return why
