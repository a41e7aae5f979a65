"""Actions of connected systems, called by flows: each at most once, its end told to its run.

The call goes out through the outbox, after the commit; what came of it comes back as a
fact in the contact's lane. An action that nothing offers fails at once, so that the flow
takes its way for failures instead of waiting for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from baton.core.json import Json
from baton.flows.effects import CallAction
from baton.runtime.ports import Done, Effect, Outcome, Refused
from baton.services import arrivals
from baton.services.calls import NOT_OFFERED, ActionPort, Call, Failed, Performed
from baton.services.conversation import intakes
from baton.services.facts import ActionReturned
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Run
from baton.store.rows import ContactRow, RunRow

CALL_ACTION = "call_action"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An action to be done: for which run, what, with what; `undo` takes it back."""

    run_id: str
    number: int
    action: str
    given: dict[str, Any]  # Json: msgspec reads no alias that holds itself
    undo: str


def call(ledger: Ledger, contact: ContactRow, row: RunRow, called: CallAction) -> None:
    """Put an action into the outbox."""
    key = f"action:{row.id}:{called.number}"
    order = Order(
        run_id=row.id,
        number=called.number,
        action=called.action,
        given=called.given,
        undo=called.undo,
    )
    body = ledger.house.keyset.seal(msgspec.json.encode(order).decode(), key)
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=row.workspace_id,
            lane=contact.lane,
            kind=CALL_ACTION,
            intent_key=key,
            body=body,
            due_at=ledger.now,
            repeatable=False,
        )
    )
    ledger.audit(row.workspace_id, "bot", "action_called", f"run:{row.id}", called=called.action)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDesk:
    """Carries called actions out; `perform` is what the sender calls for them."""

    house: House
    offered: Mapping[str, ActionPort]

    def perform(self, effect: Effect) -> Outcome:
        """Do an action and tell its run; what cannot be told for sure is not repeated."""
        order = _order_of(self.house, effect)
        port = self.offered.get(order.action)
        ended = port(self._call(effect, order)) if port else Failed(problem=NOT_OFFERED)
        match ended:
            case Performed():
                _tell(self.house, effect, order, dict(ended.result), "")
                return Done()
            case Failed():
                _tell(self.house, effect, order, {}, ended.problem)
                return Refused(reason=ended.problem[:200])
            case _:
                return ended

    def _call(self, effect: Effect, order: Order) -> Call:
        def settle(ended: Performed) -> None:
            _tell(self.house, effect, order, dict(ended.result), "")

        known = Run.objects.filter(id=order.run_id).values_list("contact_id", "flow")
        contact_id, flow = known.first() or ("", "")
        return Call(
            workspace_id=effect.workspace_id,
            contact_id=contact_id,
            by=f"flow:{flow}",
            given=intakes.filled(self.house, order.run_id, order.given),
            key=effect.intent_key,
            settle=settle,
        )


class Called(Protocol):
    """A call as it stands in the outbox."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def intent_key(self) -> str: ...
    @property
    def body(self) -> bytes: ...


def tell_end(house: House, called: Called, *, problem: str) -> None:
    """Tell the run of a call what a person found out: done ("" as the problem), or not."""
    _tell(house, called, _order_of(house, called), {}, problem)


def _order_of(house: House, called: Called) -> Order:
    plain = house.keyset.unseal(called.body, called.intent_key)
    return msgspec.json.decode(plain, type=Order)


def _tell(
    house: House, called: Called, order: Order, result: dict[str, Json], problem: str
) -> None:
    now = house.clock.now()
    fact = ActionReturned(run_id=order.run_id, number=order.number, result=result, problem=problem)
    arrival = arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=called.workspace_id,
        lane=called.lane,
        dedupe_key=f"returned:{called.intent_key}",
        received_at=now,
    )
    with house.engine.transaction():
        house.engine.inbox.append([arrival])
