"""What was approved is carried out once: an effect, done by whatever offers its kind.

A person does it where it is done, and the number that it has there is kept; without one, a
refund is paid back by the connected shop that keeps its order. What that refuses, or leaves in
doubt, is put on people's list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from baton.core import approvals, routing
from baton.core.approvals import Kind, Move, State
from baton.core.json import Json
from baton.flows.effects import CreateTask
from baton.runtime.ports import Done, Effect, Outcome, Refused, Unknown
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.conversation import proposals, tasks
from baton.services.conversation.actions import Called
from baton.services.conversation.proposals import Order
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.returns import taking
from baton.services.systems import refunding
from baton.store.models import Approval, Conversation
from baton.store.queries import turns

_MAX_PROBLEM = 200
_LOOKED_AT_WITHIN = timedelta(hours=24)  # RT12: money is back within a day


def record_by_hand(call: Call, /) -> Performed:
    """Take a person's word that they did it, under the number that they gave."""
    return Performed(result={"reference": call.given["reference"]})


BY_HAND: Mapping[str, ActionPort] = {kind.value: record_by_hand for kind in Kind}
"""Every kind, carried out by people themselves."""


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return what carries out each kind: people, and for refunds the shop too."""

    def refund(call: Call, /) -> Ended:
        if call.given["reference"]:
            return record_by_hand(call)
        return refunding.pay(house, str(call.given["approval"]))

    return {**BY_HAND, Kind.REFUND.value: refund}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDesk:
    """Carries out what was approved; `perform` is what the sender calls for it."""

    house: House
    offered: Mapping[str, ActionPort]

    def perform(self, effect: Effect) -> Outcome:
        """Do it, and keep what came of it; what cannot be told for sure is not repeated."""
        found = _order_of(self.house, effect.body, effect.intent_key)
        row = Approval.objects.get(id=found)
        if row.state != State.BEING_DONE:
            return Refused(reason=f"not to be done: it is {row.state}")
        ended = self.offered[row.kind](self._call(row, effect))
        return self._concluded(row, ended)

    def _call(self, row: Approval, effect: Effect) -> Call:
        contacts = Conversation.objects.filter(id=row.conversation_id)
        return Call(
            workspace_id=effect.workspace_id,
            contact_id=contacts.values_list("contact_id", flat=True).get(),
            by=_by(row),
            given=self._given(row),
            key=effect.intent_key,
        )

    def _given(self, row: Approval) -> Mapping[str, Json]:
        return {
            "approval": row.id,
            "amount": row.amount_minor,
            "currency": row.currency,
            "subject": self._said(row, "subject", bytes(row.subject_sealed)),
            "reference": self._said(row, "reference", bytes(row.reference_sealed)),
        }

    def _said(self, row: Approval, what: str, sealed: bytes) -> str:
        return self.house.keyset.unseal(sealed, f"approval.{what}:{row.id}")

    def _concluded(self, row: Approval, ended: Ended) -> Outcome:
        match ended:
            case Performed():
                with self.house.engine.transaction():
                    _keep(self.house, row, Move.CONCLUDE, result=ended.result)
                return Done()
            case Failed():
                problem = ended.problem[:_MAX_PROBLEM]
                with self.house.engine.transaction():
                    _keep(self.house, row, Move.FAIL, problem=problem)
                return Refused(reason=problem)
            case Unknown():
                with self.house.engine.transaction():
                    ledger = Ledger(self.house, self.house.clock.now())
                    _give_to_people(ledger, row, f"look whether it was paid: {ended.reason}")
                    ledger.flush()
                return ended
            case _:
                return ended


def settle(house: House, called: Called, *, problem: str) -> None:
    """Keep what a person found out of one in doubt: done ("" as the problem), or not.

    Must run inside a transaction.
    """
    row = Approval.objects.get(id=_order_of(house, called.body, called.intent_key))
    if row.state == State.BEING_DONE:
        _keep(house, row, Move.FAIL if problem else Move.CONCLUDE, problem=problem)


def _by(row: Approval) -> str:
    return f"user:{row.carried_out_by_id}" if row.carried_out_by_id else proposals.BY_RULES


def _order_of(house: House, body: bytes, key: str) -> str:
    return msgspec.json.decode(house.keyset.unseal(body, key), type=Order).approval_id


def _keep(
    house: House,
    row: Approval,
    move: Move,
    *,
    result: Mapping[str, Json] | None = None,
    problem: str = "",
) -> None:
    state = approvals.next_state(State(row.state), move)
    ledger = Ledger(house, house.clock.now())
    is_done = state is State.DONE
    Approval.objects.filter(id=row.id).update(
        state=state.value, problem=problem, ended_at=ledger.now if is_done else None
    )
    proposals.note_deed(ledger, row, "system", "done" if is_done else "failed")
    if not is_done:
        _give_to_people(ledger, row, problem)
    if is_done:
        if result:
            _keep_number(ledger, row, result)
        if row.return_id:
            taking.note_refunded(
                ledger,
                row.return_id,
                row.amount_minor,
                by=_by(row),
                approval_id=row.id,
            )
        proposals.tell_run(ledger, row, result=result)
    if not is_done or row.carried_out_by_id != proposals.proposer_id(row):
        proposals.tell_proposer(ledger, row, "carried out" if is_done else problem)
    ledger.ring(f"workspace:{row.workspace_id}")
    ledger.flush()


def _keep_number(ledger: Ledger, row: Approval, result: Mapping[str, Json]) -> None:
    """Keep the number that a shop gave to what it paid, sealed as one that a person gives."""
    sealed = proposals.seal(ledger, "reference", row.id, str(result.get("reference", "")))
    Approval.objects.filter(id=row.id).update(reference_sealed=sealed)


def _give_to_people(ledger: Ledger, row: Approval, problem: str) -> None:
    """Put what was not carried out on the list of whoever serves its conversation."""
    found = turns.find_conversation(row.conversation_id)
    if found is None or found.conversation is None:
        return
    what = approvals.render_amount(Kind(row.kind), row.amount_minor, row.currency)
    wanted = CreateTask(
        title=f"{what.capitalize()} was not carried out: {problem}"[:_MAX_PROBLEM],
        queue=found.conversation.queue or routing.GENERAL,
        due_after=_LOOKED_AT_WITHIN,
    )
    tasks.add(ledger, found.conversation, row.kind, wanted)
