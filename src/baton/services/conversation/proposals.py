"""What costs money or breaks a rule is proposed first, and waits for a person (invariant 9).

Whoever proposes it, a row is kept and somebody with the authority is asked, on a clock:
agent, senior, manager. Who does not answer in time is passed over, and after the last one
it expires. Nothing here carries anything out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import msgspec
from django.db.models import Sum

from baton.core import approvals, roles, routing, text
from baton.core.approvals import GRANTED, OPEN, Kind, Move, State
from baton.core.errors import Conflict, InvalidInput
from baton.core.json import Json
from baton.core.roles import Role
from baton.flows.effects import CallAction
from baton.flows.standing import Setting
from baton.runtime.ports import Effect
from baton.services import arrivals, notices
from baton.services.facts import ActionReturned, ApprovalDue
from baton.services.ledger import Ledger
from baton.services.returns import taking
from baton.services.workspace.standards import standards_cache
from baton.store.models import Approval, User
from baton.store.queries import people
from baton.store.rows import ApprovalRow, ConversationRow, RunRow

CARRY_OUT = "carry_out_approval"
BY_RULES = "rules"
"""Who granted what a workspace lets go by its return policy alone (X3)."""
_BY_FLOW = "flow:"
_BY_USER = "user:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody wants granted; `reason` is a code of the pack, `subject` an order or so.

    With a `return_id` it pays for that return, and for no more than that allows.
    """

    kind: Kind
    amount_minor: int
    reason: str
    subject: str = ""
    note: str = ""
    return_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposer:
    """Who proposes it: "user:<id>", or "flow:<name>" with the call that its run waits for."""

    name: str
    run_id: str | None = None
    call_number: int = 0


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be carried out."""

    approval_id: str


def check(proposal: Proposal, setting: Setting) -> Proposal:
    """Return a proposal as it is kept; raises InvalidInput that names what is wrong with it."""
    subject, note = text.clean(proposal.subject), text.clean(proposal.note)
    problems = approvals.problems_with(proposal.kind, proposal.amount_minor)
    if proposal.reason not in {one.name for one in setting.pack.grant_reasons}:
        problems["reason"] = "choose one of the reasons"
    if len(subject) > approvals.MAX_SUBJECT:
        problems["subject"] = f"write {approvals.MAX_SUBJECT} characters at most"
    if len(note) > approvals.MAX_WORDS:
        problems["note"] = f"write {approvals.MAX_WORDS} characters at most"
    if problem := _problem_with_return(proposal):
        problems["amount"] = problem
    if problems:
        raise InvalidInput(problems)
    return replace(proposal, subject=subject, note=note)


def ask(  # noqa: PLR0913 - what, where, by whom, and from where on the path
    ledger: Ledger,
    setting: Setting,
    conversation: ConversationRow,
    proposal: Proposal,
    proposer: Proposer,
    *,
    above: Role | None = None,
) -> str:
    """Keep a proposal, and ask the first on the path who may grant it; return its id.

    Of somebody whose own limit is lower than that of their role, it goes `above` that one.
    """
    total = proposal.amount_minor + granted_in(conversation.id)
    staffed = _staffed(conversation.workspace_id)
    asked = approvals.next_asked(total, setting.policy, staffed, above=above)
    row = row_of(ledger, setting, conversation, proposal, proposer, asked=asked.role)
    ledger.add(row)
    note_deed(ledger, row, _actor_of(proposer), "proposed", asked=asked.role.value)
    _ask(ledger, row, asked.role, lane=conversation.lane, of=conversation)
    return row.id


def row_of(  # noqa: PLR0913 - what, where, by whom, and who is asked
    ledger: Ledger,
    setting: Setting,
    conversation: ConversationRow,
    proposal: Proposal,
    proposer: Proposer,
    *,
    asked: Role,
) -> ApprovalRow:
    """Return a new proposal as a row."""
    approval_id = ledger.next_id()
    return ApprovalRow(
        id=approval_id,
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        kind=proposal.kind.value,
        amount_minor=proposal.amount_minor,
        currency=setting.policy.currency,
        reason=proposal.reason,
        subject_sealed=seal(ledger, "subject", approval_id, proposal.subject),
        note_sealed=seal(ledger, "note", approval_id, proposal.note),
        proposed_by=proposer.name,
        proposed_at=ledger.now,
        run_id=proposer.run_id,
        call_number=proposer.call_number,
        state=State.PROPOSED.value,
        return_id=proposal.return_id,
        asked=asked.value,
        due_at=setting.hours.after(ledger.now, setting.policy.approval_window),
    )


def propose_for_run(
    ledger: Ledger, conversation: ConversationRow, row: RunRow, called: CallAction
) -> None:
    """Propose what a flow asks for; its run hears of the end as of any action's.

    What cannot be proposed fails at once, so that the flow goes its way for failures.
    """
    setting = standards_cache(ledger.house).setting_of(conversation.workspace_id)
    proposer = Proposer(name=f"{_BY_FLOW}{row.flow}", run_id=row.id, call_number=called.number)
    try:
        wanted = _proposal_of(Kind(called.action), called.given)
        proposal = check(_about_return(wanted, conversation), setting)
    except InvalidInput as error:
        named = ", ".join(sorted(error.fields))
        ledger.audit(
            row.workspace_id, "bot", "approval_not_proposed", f"run:{row.id}", problems=named
        )
        problem = f"not to be proposed: {named}"
        _return(ledger, proposer, conversation.workspace_id, conversation.lane, problem=problem)
        return
    if taking.goes_unattended(proposal.return_id):
        _grant_by_rules(ledger, setting, conversation, proposal, proposer)
    else:
        ask(ledger, setting, conversation, proposal, proposer)


def order(ledger: Ledger, row: Approval | ApprovalRow, *, lane: str) -> None:
    """Put what was approved into the outbox; it goes again only after it has failed."""
    key = f"approval:{row.id}:{ledger.now.isoformat()}"
    body = ledger.house.keyset.seal(msgspec.json.encode(Order(approval_id=row.id)).decode(), key)
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=row.workspace_id,
            lane=lane,
            kind=CARRY_OUT,
            intent_key=key,
            body=body,
            due_at=ledger.now,
            repeatable=False,
        )
    )


def pass_over(ledger: Ledger, setting: Setting, lane: str, fact: ApprovalDue) -> None:
    """Ask the next on the path, since whoever was asked did not answer; after the last, end it."""
    row = Approval.objects.filter(
        id=fact.approval_id, state=State.PROPOSED.value, asked=fact.asked
    ).first()
    if row is None:
        return
    late = Role(row.asked)
    if approvals.is_last(late):
        state = approvals.next_state(State(row.state), Move.EXPIRE)
        Approval.objects.filter(id=row.id).update(
            state=state.value, ended_at=ledger.now, due_at=None
        )
        note_deed(ledger, row, "system", "expired")
        tell_proposer(ledger, row, "expired, for nobody answered")
        tell_run(ledger, row, problem="nobody answered in time")
    else:
        total = row.amount_minor + granted_in(row.conversation_id)
        staffed = _staffed(row.workspace_id)
        asked = approvals.next_asked(total, setting.policy, staffed, above=late)
        due_at = setting.hours.after(ledger.now, setting.policy.approval_window)
        Approval.objects.filter(id=row.id).update(asked=asked.role.value, due_at=due_at)
        row.asked, row.due_at = asked.role.value, due_at
        note_deed(ledger, row, "system", "passed_on", asked=asked.role.value)
        _ask(ledger, row, asked.role, lane=lane)
    ledger.ring(f"workspace:{row.workspace_id}")


def wait_again(ledger: Ledger, setting: Setting, row: Approval, lane: str) -> None:
    """Let what was answered wait once more, for whoever was asked before."""
    row.due_at = setting.hours.after(ledger.now, setting.policy.approval_window)
    Approval.objects.filter(id=row.id).update(due_at=row.due_at)
    _set_timer(ledger, row, lane)


def stop_waiting(ledger: Ledger, row: Approval) -> None:
    """Ask nobody any more."""
    ledger.cancel_timer(row.workspace_id, _key(row.id))


def granted_in(conversation_id: str) -> int:
    """Return how much was granted in a conversation so far, in minor units."""
    return granted_in_each([conversation_id]).get(conversation_id, 0)


def granted_in_each(conversation_ids: Collection[str]) -> dict[str, int]:
    """Return how much was granted in some conversations, leaving out where nothing was."""
    rows = Approval.objects.filter(conversation_id__in=conversation_ids, state__in=list(GRANTED))
    sums = rows.values("conversation_id").annotate(total=Sum("amount_minor"))
    return dict(sums.values_list("conversation_id", "total"))


def tell_proposer(ledger: Ledger, row: Approval | ApprovalRow, answer: str) -> None:
    """Bring an answer back to the person who asked; a flow has nobody to tell."""
    user_id = proposer_id(row)
    if user_id:
        what = approvals.render_amount(Kind(row.kind), row.amount_minor, row.currency)
        notices.tell(
            ledger,
            row.workspace_id,
            (user_id,),
            notices.Kind.APPROVAL_ANSWERED,
            details=f"{what.capitalize()}: {answer}",
            conversation_id=row.conversation_id,
        )


def tell_run(
    ledger: Ledger,
    row: Approval,
    *,
    result: Mapping[str, Json] | None = None,
    problem: str = "",
) -> None:
    """Tell the run that waits for it what it came to; one that a person proposed has none."""
    lane = people.lane_of_run(row.run_id) if row.run_id else None
    if lane is not None:
        proposer = Proposer(name=row.proposed_by, run_id=row.run_id, call_number=row.call_number)
        _return(ledger, proposer, row.workspace_id, lane, result=result, problem=problem)


def proposer_id(row: Approval | ApprovalRow) -> str:
    """Return the user who proposed it, "" for a flow."""
    by = row.proposed_by
    return by.removeprefix(_BY_USER) if by.startswith(_BY_USER) else ""


def proposing(user: User) -> Proposer:
    """Return a person as who proposes."""
    return Proposer(name=f"{_BY_USER}{user.id}")


def note_deed(
    ledger: Ledger, row: Approval | ApprovalRow, actor: str, deed: str, **details: Json
) -> None:
    """Write a step of an amount's way into the audit chain: all of them are its trail (BI6)."""
    ledger.audit(
        row.workspace_id,
        actor,
        f"approval_{deed}",
        f"approval:{row.id}",
        conversation=row.conversation_id,
        kind=row.kind,
        amount_minor=row.amount_minor,
        currency=row.currency,
        reason=row.reason,
        **details,
    )


def seal(ledger: Ledger, what: str, approval_id: str, words: str) -> bytes:
    """Seal what a person wrote about it."""
    return ledger.house.keyset.seal(words, f"approval.{what}:{approval_id}")


def _proposal_of(kind: Kind, given: Mapping[str, Json]) -> Proposal:
    """Read what a flow gave; raises InvalidInput for what is of a wrong type."""
    amount = given.get("amount", 0)
    words = {name: given.get(name, "") for name in ("reason", "subject", "note")}
    wrong = {n: "must be text" for n, value in words.items() if not isinstance(value, str)}
    if isinstance(amount, bool) or not isinstance(amount, int):
        wrong["amount"] = "must be a whole number of minor units"
        amount = 0
    if wrong:
        raise InvalidInput(wrong)
    return Proposal(
        kind=kind,
        amount_minor=amount,
        **{name: str(value) for name, value in words.items()},
    )


def refuse_over_return(row: Approval) -> None:
    """Raise Conflict where the return that it pays for is not to be paid any more."""
    if row.return_id and (problem := taking.refund_problem(row.return_id, 0, 0)):
        raise Conflict(f"{problem.capitalize()}.")


def _grant_by_rules(
    ledger: Ledger,
    setting: Setting,
    conversation: ConversationRow,
    proposal: Proposal,
    proposer: Proposer,
) -> None:
    """Grant and carry out at once what the workspace lets go by rule; every step is noted."""
    row = row_of(ledger, setting, conversation, proposal, proposer, asked=Role.AGENT)
    reference = taking.refund_number(proposal.subject)
    row = msgspec.structs.replace(
        row,
        state=State.BEING_DONE.value,
        decided_at=ledger.now,
        due_at=None,
        reference_sealed=seal(ledger, "reference", row.id, reference),
    )
    ledger.add(row)
    note_deed(ledger, row, _actor_of(proposer), "proposed", asked="")
    note_deed(ledger, row, BY_RULES, "approved")
    note_deed(ledger, row, BY_RULES, "carried_out")
    order(ledger, row, lane=conversation.lane)


def _problem_with_return(proposal: Proposal) -> str:
    """Return why a return does not allow it, "" where it does, or where it pays for none."""
    if not proposal.return_id or proposal.kind not in approvals.MONEY:
        return ""
    same = Approval.objects.filter(return_id=proposal.return_id)
    paying = same.filter(
        kind__in=[kind.value for kind in approvals.MONEY],
        state__in=[state.value for state in OPEN | GRANTED],
    )
    proposed = paying.aggregate(total=Sum("amount_minor"))["total"] or 0
    return taking.refund_problem(proposal.return_id, proposal.amount_minor, proposed)


def _about_return(proposal: Proposal, conversation: ConversationRow) -> Proposal:
    """Return a flow's proposal bound to the return of the order that it names, if there is one."""
    found = taking.find_of_order(
        conversation.workspace_id, conversation.contact_id, proposal.subject
    )
    return replace(proposal, return_id=found.id) if found else proposal


def _ask(
    ledger: Ledger,
    row: Approval | ApprovalRow,
    asked: Role,
    *,
    lane: str,
    of: ConversationRow | None = None,
) -> None:
    _set_timer(ledger, row, lane)
    people_asked = (
        notices.serving(row.workspace_id, (of.queue if of else "") or routing.GENERAL)
        if asked is Role.AGENT
        else notices.in_role(row.workspace_id, asked) or notices.deciding(row.workspace_id)
    )
    what = approvals.render_amount(Kind(row.kind), row.amount_minor, row.currency)
    notices.tell(
        ledger,
        row.workspace_id,
        people_asked,
        notices.Kind.APPROVAL_ASKED,
        details=what.capitalize(),
        conversation_id=row.conversation_id,
        contact_id=of.contact_id if of else "",
    )
    ledger.ring(f"workspace:{row.workspace_id}")


def _set_timer(ledger: Ledger, row: Approval | ApprovalRow, lane: str) -> None:
    if row.due_at is None:
        return
    ledger.set_timer(
        arrivals.timer_of(
            ApprovalDue(approval_id=row.id, conversation_id=row.conversation_id, asked=row.asked),
            ledger.house.keyset,
            workspace_id=row.workspace_id,
            lane=lane,
            key=_key(row.id),
            due_at=row.due_at,
        )
    )


def _key(approval_id: str) -> str:
    return f"approval:{approval_id}"


def _actor_of(proposer: Proposer) -> str:
    return "bot" if proposer.run_id else proposer.name


def _staffed(workspace_id: str) -> frozenset[Role]:
    there = User.objects.filter(workspace_id=workspace_id, is_active=True)
    found = (roles.rung_of(Role(one)) for one in there.values_list("role", flat=True).distinct())
    return frozenset(rung for rung in found if rung)


def _return(  # noqa: PLR0913 - an envelope has this much written on it
    ledger: Ledger,
    proposer: Proposer,
    workspace_id: str,
    lane: str,
    *,
    result: Mapping[str, Json] | None = None,
    problem: str = "",
) -> None:
    run_id, number = proposer.run_id or "", proposer.call_number
    fact = ActionReturned(run_id=run_id, number=number, result=dict(result or {}), problem=problem)
    arrival = arrivals.arrival_of(
        fact,
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=lane,
        dedupe_key=f"returned:approval:{run_id}:{number}",
        received_at=ledger.now,
    )
    ledger.house.engine.inbox.append([arrival])
