"""A return from its wish to its end: taken in, decided, labelled, paid back, or withdrawn.

Whatever happens to the returns of a workspace is ordered by one lane, so that one piece never
comes back twice and no number is given twice. Nothing here lets money go: `services.conversation`
asks `refund_problem` before a refund is proposed, and tells `note_refunded` when it went.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db.models import IntegerField, Max
from django.db.models.functions import Cast

from baton.core import return_states, returns, text
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.return_states import Move, State
from baton.core.returns import Decision, Money, Outcome, Reason
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import keeping
from baton.services.people import telling
from baton.services.returns import claims, photos, rules
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Attachment, Order, OrderLine, OrderMoney, Return, ReturnItem
from baton.store.queries import people

LANE = "returns"
MAX_WORDS = 500
BY_RULES = "rules"
_LABEL_LASTS = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to send back: how many of which lines, why, and what they show.

    `source` is "form", "talk" or "desk"; without `items` it is all that is left of the order.
    """

    order_id: str
    reason: Reason
    source: str
    items: Mapping[str, int] | None = None
    words: str = ""
    photo_ids: tuple[str, ...] = ()


@contextmanager
def written(house: House, workspace_id: str) -> Iterator[Ledger]:
    """Hold the returns of a workspace, and write what was done at the end."""
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, LANE)
        ledger = Ledger(house, house.clock.now())
        yield ledger
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()


def get(workspace_id: str, return_id: str) -> Return:
    """Return a return of a workspace; raises NotFound."""
    found = Return.objects.filter(workspace_id=workspace_id, id=return_id).first()
    if found is None:
        raise NotFound("return", return_id)
    return found


def open_return(ledger: Ledger, contact_id: str, wish: Wish, *, by: str) -> Return:
    """Take a wish in; one of the same order that is not decided yet is gone on with.

    Raises InvalidInput for what cannot come back, NotFound for an order of somebody else.
    """
    contact_id = people.whole_of(contact_id)
    order = Order.objects.filter(id=wish.order_id, contact_id=contact_id).first()
    if order is None:
        raise NotFound("order", wish.order_id)
    words = text.clean(wish.words)[:MAX_WORDS]
    asked = Return.objects.filter(order_id=order.id, state=State.ASKED)
    row = asked.first() or _new(ledger, order, wish, by=by)
    row.reason = wish.reason.value
    row.words_sealed = ledger.house.keyset.seal(words, _place_of(row))
    row.save(update_fields=["reason", "words_sealed"])
    for photo_id in _own_photos(row, wish.photo_ids):
        photos.show(ledger, row, photo_id)
    return row


def decide(ledger: Ledger, row: Return) -> Decision:
    """Let the rules in force decide what was asked; what is decided stays decided."""
    state = State(row.state)
    if state is not State.ASKED:
        message = f"This return is {state.value} already."
        raise Conflict(message)
    in_force = rules.current(row.workspace_id)
    found = returns.decide(claims.claim_of(ledger, row, in_force.policy), in_force.policy)
    row.rules, row.outcome = in_force.version, found.outcome.value
    row.refund_minor = found.refund_minor
    row.findings = [{**asdict(one), "weight": one.weight.value} for one in found.findings]
    row.flags = ",".join(found.flags)
    row.is_unattended = found.money is Money.UNATTENDED
    row.is_sampled = found.outcome is Outcome.APPROVED and returns.is_sampled(
        row.id, in_force.policy
    )
    _move(ledger, row, _MOVES[found.outcome], by=BY_RULES, reasons=[f.rule for f in found.against])
    return found


def settle(  # noqa: PLR0913 - what, how, for how much, by whom and why
    ledger: Ledger, row: Return, move: Move, *, by: str, refund_minor: int = 0, why: str = ""
) -> None:
    """Do what a person decided: approve with an amount, refuse, talk it over, or withdraw.

    Raises Conflict where it has moved on, InvalidInput for an amount beyond what was paid.
    """
    if move is Move.APPROVE:
        most = claims.bought_of(Order.objects.get(id=row.order_id)).left_minor
        if not 0 <= refund_minor <= most:
            raise InvalidInput({"amount": "Nothing above what was paid can be given back."})
        row.refund_minor = refund_minor
    _move(ledger, row, move, by=by, why=why)


def label(ledger: Ledger, row: Return, *, by: str) -> str:
    """Issue the prepaid label, once, and return the address of its page."""
    if not row.label:
        row.label = f"BTN{ledger.next_id()[-12:].upper()}"
        row.labelled_at = ledger.now
        _move(ledger, row, Move.LABEL, by=by, label=row.label)
    return label_url(ledger.house, row)


def void_label(ledger: Ledger, row: Return, *, by: str) -> None:
    """Take the label back."""
    voided = row.label
    row.label, row.labelled_at = "", None
    _move(ledger, row, Move.VOID_LABEL, by=by, label=voided)


def refund_problem(return_id: str, amount_minor: int, proposed_minor: int) -> str:
    """Return why a refund of a return may not be proposed, "" where it may."""
    row = Return.objects.filter(id=return_id).first()
    if row is None:
        return "there is no such return"
    state = State(row.state)
    return return_states.problem_with_refund(state, row.refund_minor, amount_minor, proposed_minor)


def goes_unattended(return_id: str) -> bool:
    """Return whether the rules in force then let the money go without a person (X3).

    Only for an order of our own store: elsewhere a person has to pay it back.
    """
    row = Return.objects.filter(id=return_id, is_unattended=True, decided_by=BY_RULES).first()
    return row is not None and Order.objects.filter(id=row.order_id, system_id="").exists()


def refund_number(number: str) -> str:
    """Return the number under which our own store notes a refund."""
    return f"RF-{number}"


def find_of_order(workspace_id: str, contact_id: str, number: str) -> Return | None:
    """Return the newest return of a contact's order, by the order's number, or None."""
    plain = keeping.plain(number)
    mine = Order.objects.filter(workspace_id=workspace_id, contact_id=people.whole_of(contact_id))
    orders = mine.filter(plain_number=plain).values("id")
    known = Return.objects.filter(order_id__in=orders).exclude(state=State.WITHDRAWN)
    return known.order_by("-id").first() if plain else None


def note_refunded(
    ledger: Ledger, return_id: str, amount_minor: int, *, by: str, approval_id: str
) -> None:
    """Note that the money of a return went; an order of our own store is paid back with it."""
    row = Return.objects.get(id=return_id)
    ledger.house.engine.lock_lane(row.workspace_id, LANE)
    row.refresh_from_db()
    if State(row.state) in return_states.MAY_BE_PAID:
        row.refunded_at = ledger.now
        _move(ledger, row, Move.REFUND, by=by, approval=approval_id, amount_minor=amount_minor)
    if not Order.objects.filter(id=row.order_id).exclude(system_id="").exists():
        OrderMoney.objects.get_or_create(
            order_id=row.order_id,
            reference=f"approval:{approval_id}",
            defaults={
                "id": ledger.next_id(),
                "workspace_id": row.workspace_id,
                "kind": "refunded",
                "amount_minor": amount_minor,
                "at": ledger.now,
            },
        )


def label_url(house: House, row: Return) -> str:
    """Return the address of the page of a return's label."""
    until = house.clock.now() + _LABEL_LASTS
    return one_tap.link(house, Errand.LABEL, row.workspace_id, row.id, until=until)


def form_url(house: House, order: Order) -> str:
    """Return the address of the form on which things of an order are sent back."""
    return one_tap.link(house, Errand.RETURN, order.workspace_id, order.id)


def words_of(house: House, row: Return) -> str:
    """Return what the contact wrote about it."""
    sealed = bytes(row.words_sealed)
    return house.keyset.unseal(sealed, _place_of(row)) if sealed else ""


_TOLD = {
    Move.REFUND: "return_refunded",
    Move.REFUSE: "return_refused",
    Move.WITHDRAW: "return_withdrawn",
}
_MOVES = {
    Outcome.APPROVED: Move.APPROVE,
    Outcome.SPECIALIST: Move.PASS_ON,
    Outcome.REFUSED: Move.REFUSE,
}


def _new(ledger: Ledger, order: Order, wish: Wish, *, by: str) -> Return:
    lines = list(OrderLine.objects.filter(order_id=order.id).order_by("id"))
    left = claims.left_of(order)
    wanted = left if wish.items is None else wish.items
    chosen = [(line, wanted.get(line.id, 0)) for line in lines if wanted.get(line.id, 0) > 0]
    if not chosen:
        # Nothing is left: the rules say so, of everything that was bought.
        chosen = [] if wish.items is not None else [(line, line.quantity) for line in lines]
    if wish.items is not None and not chosen:
        raise InvalidInput({"items": "Choose what you send back."})
    if any(count > line.quantity for line, count in chosen):
        raise InvalidInput({"items": "That is more than you bought."})
    row = Return.objects.create(
        id=ledger.next_id(),
        workspace_id=order.workspace_id,
        number=_next_number(order.workspace_id),
        contact_id=order.contact_id,
        order_id=order.id,
        reason=wish.reason.value,
        source=wish.source,
        state=State.ASKED.value,
        currency=order.currency,
        asked_at=ledger.now,
    )
    ReturnItem.objects.bulk_create(
        ReturnItem(
            id=ledger.next_id(),
            workspace_id=row.workspace_id,
            return_id=row.id,
            line_id=line.id,
            title=line.title,
            sku=line.sku,
            category=line.category,
            quantity=count,
            unit_minor=line.price_minor,
        )
        for line, count in chosen
    )
    ledger.audit(row.workspace_id, by, "return_asked", f"return:{row.id}", number=row.number)
    return row


def _own_photos(row: Return, photo_ids: tuple[str, ...]) -> list[str]:
    """Return those of some files that are of the contact whose return it is."""
    mine = Attachment.objects.filter(workspace_id=row.workspace_id, contact_id=row.contact_id)
    return list(mine.filter(id__in=photo_ids).order_by("id").values_list("id", flat=True))


def _next_number(workspace_id: str) -> str:
    mine = Return.objects.filter(workspace_id=workspace_id)
    return str((mine.aggregate(last=Max(Cast("number", IntegerField())))["last"] or 0) + 1)


def _move(ledger: Ledger, row: Return, move: Move, *, by: str, **details: Json) -> None:
    row.state = return_states.next_state(State(row.state), move).value
    if move in (Move.APPROVE, Move.REFUSE, Move.PASS_ON):
        row.decided_at, row.decided_by = ledger.now, by
    row.save()
    if move in _TOLD:
        _tell(ledger, row, _TOLD[move])
    ledger.audit(
        row.workspace_id,
        by,
        f"return_{row.state}" if move is not Move.VOID_LABEL else "return_label_voided",
        f"return:{row.id}",
        number=row.number,
        rules=row.rules,
        refund_minor=row.refund_minor,
        **{name: value for name, value in details.items() if value},
    )


def _tell(ledger: Ledger, row: Return, event: str) -> None:
    """Tell flows, and who keeps a record of the contact elsewhere, how a return ended."""
    facts: dict[str, Json] = {
        "order": Order.objects.values_list("number", flat=True).get(id=row.order_id),
        "topic": row.reason,
        "amount": row.refund_minor,
    }
    # A refused one may be talked over, and refused again.
    key = f"return:{row.id}:{event}:{ledger.now.isoformat()}"
    telling.tell(ledger.house, row.contact_id, event, facts, key=key)


def _place_of(row: Return) -> str:
    return f"return.words:{row.id}"
