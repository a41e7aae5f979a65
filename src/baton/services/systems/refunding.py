"""Refunds that people confirmed, paid back in the shop that keeps the order (RT4, RT12, BI6).

Each try looks first: what a try paid whose answer was lost is found by its mark, and nothing is
paid twice. Of a try that nobody can tell the end of, a person says what came of it.
"""

import hashlib

from baton.connectors import PaidState, Payback, RefundPort, UnreadableError
from baton.core.approvals import Kind
from baton.core.json import Json
from baton.runtime.ports import Again, Park, Unknown
from baton.services.calls import Ended, Failed, Performed
from baton.services.house import House
from baton.services.systems import asking, kinds, systems
from baton.store.models import Approval, ConnectedSystem, Order, Return

_NOT_OFFERED = "no connected shop pays this back: pay it there, and write its number down"


def shop_of(house: House, return_id: str) -> str:
    """Return the name of the shop that pays a return back by itself, "" where none does."""
    order = _order_of(return_id)
    system = _system_of(order) if order else None
    offers = system is not None and kinds.refunds_of(systems.settings_of(house, system))
    return system.name if system and offers else ""


def pays(house: House, row: Approval) -> bool:
    """Return whether what was approved can be paid back by a shop itself."""
    return row.kind == Kind.REFUND and bool(shop_of(house, row.return_id))


def pay(house: House, approval_id: str) -> Ended:
    """Pay back what was approved for a return; runs outside of any transaction."""
    row = Approval.objects.get(id=approval_id)
    order = _order_of(row.return_id)
    system = _system_of(order) if order else None
    port = kinds.refunds_of(systems.settings_of(house, system)) if system else None
    if order is None or port is None:
        return Failed(problem=_NOT_OFFERED)
    if order.currency != row.currency:
        return Failed(problem=f"it was approved in {row.currency}, and paid in {order.currency}")
    payback = Payback(
        order=order.reference,
        amount=f"{row.amount_minor // 100}.{row.amount_minor % 100:02d}",
        currency=row.currency,
        mark=f"baton{hashlib.sha256(row.id.encode()).hexdigest()[:24]}",
    )
    try:
        entered = _entered(port)
        return entered if isinstance(entered, Failed) else _paid(entered, payback)
    except UnreadableError as error:
        return Failed(problem=f"nothing was paid: {error}")


def _entered(port: RefundPort) -> RefundPort | Failed:
    """Return the port with a pass of its shop, where it needs one for each time."""
    asked = port.enter()
    if asked is None:
        return port
    given = asking.answers_to({"pass": asked})
    if isinstance(given, Again | Park):
        return Failed(problem=f"nothing was paid: {given.reason}")
    return port.entered(given["pass"])


def _paid(port: RefundPort, payback: Payback) -> Ended:
    """Look, and pay what is not paid yet."""
    seen = asking.answers_to({"order": port.look(payback)})
    if isinstance(seen, Again | Park):
        return Failed(problem=f"nothing was paid: {seen.reason}")
    if seen["order"] is None:
        return Failed(problem="nothing was paid: the shop knows no such order any more")
    stands = port.stands(payback, seen["order"])
    if stands.number or stands.problem:
        return _ended(stands)
    done = asking.answers_to({"paid": port.pay(payback, seen["order"])})
    if isinstance(done, Park):
        return Failed(problem=f"nothing was paid: {done.reason}")
    if isinstance(done, Again):
        return _looked_up(port, payback, done.reason)
    return _told(port, payback, done["paid"])


def _told(port: RefundPort, payback: Payback, said: Json) -> Ended:
    """Return what an answer says; one that nobody can read is looked up."""
    try:
        return _ended(port.paid(said))
    except UnreadableError as error:
        return _looked_up(port, payback, str(error))


def _looked_up(port: RefundPort, payback: Payback, reason: str) -> Ended:
    """Return what came of a try whose answer was lost: it is seen in the shop, or in doubt."""
    seen = asking.answers_to({"order": port.look(payback)})
    if not isinstance(seen, Again | Park) and seen["order"] is not None:
        try:
            stands = port.stands(payback, seen["order"])
        except UnreadableError:
            return Unknown(reason=reason)
        if stands.number:
            return _ended(stands)
    return Unknown(reason=reason)


def _ended(stands: PaidState) -> Ended:
    if stands.problem:
        return Failed(problem=f"nothing was paid: {stands.problem}")
    return Performed(result={"reference": stands.number})


def _order_of(return_id: str) -> Order | None:
    found = Return.objects.filter(id=return_id).values_list("order_id", flat=True).first()
    return Order.objects.filter(id=found).exclude(system_id="").first() if found else None


def _system_of(order: Order) -> ConnectedSystem | None:
    return ConnectedSystem.objects.filter(id=order.system_id, is_connected=True).first()
