"""What flows may ask of orders: where is mine? The contact's own, and nobody else's (P4)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta

from rapidfuzz.distance import DamerauLevenshtein

from baton.core.json import Json
from baton.core.orders import OrderState
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.services.orders import keeping, telling
from baton.store.models import Order, Parcel
from baton.store.queries import people

_STILL_ASKED_ABOUT = timedelta(days=30)
"""How long after it came somebody who asks without a number may mean an order."""

_SLIPS = 1
_LEAST_FOR_SLIPS = 4
_MOST = 200


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on orders, by the names under which flows call them."""
    return {"find_order": lambda call: _find(house, call)}


def _find(house: House, call: Call) -> Ended:
    """Return where an order is: the one of a number, else the one that they may mean."""
    whole = people.whole_of(call.contact_id)
    own = Order.objects.filter(workspace_id=call.workspace_id, contact_id=whole)
    known = list(own.order_by("-placed_at", "-id")[:_MOST])
    asked = keeping.plain(str(call.given.get("number", "") or ""))
    found = _by_number(known, asked) if asked else _meant(house, known)
    if found is None:
        return Failed(problem="no order of theirs is known by that" if asked else "none is open")
    done = Performed(result=_told_of(house, found))
    call.settle(done)
    return done


def _by_number(known: Sequence[Order], asked: str) -> Order | None:
    """Return the order of a number, or the only one that is a slip of the finger away."""
    same = [one for one in known if one.plain_number == asked]
    if same:
        return same[0]
    if len(asked) < _LEAST_FOR_SLIPS:
        return None
    near = [
        one
        for one in known
        if DamerauLevenshtein.distance(one.plain_number, asked, score_cutoff=_SLIPS) <= _SLIPS
    ]
    return near[0] if len(near) == 1 else None


def _meant(house: House, known: Sequence[Order]) -> Order | None:
    """Return the newest order that is still to come, else the one that came last."""
    over = (OrderState.DELIVERED, OrderState.CANCELLED)
    coming = [one for one in known if one.state not in over]
    since = house.clock.now() - _STILL_ASKED_ABOUT
    came = [one for one in known if one.delivered_at and one.delivered_at >= since]
    return next(iter(coming or came), None)


def _told_of(house: House, order: Order) -> dict[str, Json]:
    parcel = Parcel.objects.filter(order_id=order.id).exclude(state="").order_by("-id").first()
    expected = parcel.expected_at if parcel else None
    return {
        "order": order.number,
        "order_state": order.state,
        "parcel_state": parcel.state if parcel else "",
        "track_url": telling.track_url(house, order),
        **({"expected_at": expected.astimezone(UTC).isoformat()} if expected else {}),
    }
