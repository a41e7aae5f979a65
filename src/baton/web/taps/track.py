"""Where an order is: how it stands, its way, and all that was scanned; a look changes nothing."""

from collections.abc import Sequence

from django.http import QueryDict

from baton.core.orders import OrderState, Scan, ScanState
from baton.services.orders import issues, parcels
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand, Tap
from baton.store.models import Order, Parcel
from baton.store.queries import orders
from baton.web.taps.route import Route, route_of
from baton.web.taps.sheet import Button, Caller, Moment, Sheet, Way
from baton.web.taps.words import say

_MOST_MOMENTS = 40


class TrackPage:
    """The page of an order."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return who bought it."""
        found = Order.objects.filter(workspace_id=tap.workspace_id, id=tap.subject).first()
        return found.contact_id if found else None

    def show(self, caller: Caller) -> Sheet:
        """Return how the order stands, and the way of each of its parcels."""
        order = Order.objects.get(workspace_id=caller.tap.workspace_id, id=caller.tap.subject)
        sent = orders.list_parcels(order.id)
        scanned = [(parcel, parcels.scans_of(parcel)) for parcel in sent]
        leading = next((one for one in scanned if one[0].state != ScanState.DELIVERED), None)
        leading = leading or (scanned[-1] if scanned else None)
        return Sheet(
            title=say(caller.front.manner, "track_title", number=order.number),
            good=_standing(caller, order, [parcel for parcel, _ in scanned]),
            rows=_rows(caller, order, sent),
            route=_route(leading),
            moments=_moments(caller, order, scanned),
            rule=say(caller.front.manner, "track_reported") if issues.is_reported(order) else "",
            buttons=_buttons(caller, order),
            ways=_ways(caller, order, sent),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Report that something is wrong: a person hears of it."""
        if posted.get("do") == "issue":
            issues.report(caller.house, caller.tap.workspace_id, caller.tap.subject)
        return ""


def _buttons(caller: Caller, order: Order) -> tuple[Button, ...]:
    if order.state == OrderState.CANCELLED or issues.is_reported(order):
        return ()
    return (Button(name="do", value="issue", label=say(caller.front.manner, "track_issue")),)


def _standing(caller: Caller, order: Order, sent: Sequence[Parcel]) -> str:
    manner = caller.front.manner
    if order.state in (OrderState.CANCELLED, OrderState.DELIVERED, OrderState.PACKED):
        return say(manner, f"order_{order.state}")
    coming = [one for one in sent if one.state not in ("", ScanState.DELIVERED)]
    if coming:
        return say(manner, f"parcel_{coming[-1].state}")
    return say(manner, f"order_{order.state}")


def _rows(caller: Caller, order: Order, sent: Sequence[Parcel]) -> tuple[tuple[str, str], ...]:
    manner = caller.front.manner
    rows = [(say(manner, "track_placed"), say(manner, "day", at=order.placed_at.isoformat()))]
    expected = [one.expected_at for one in sent if one.expected_at]
    if expected and order.state not in (OrderState.DELIVERED, OrderState.CANCELLED):
        day = say(manner, "day", at=max(expected).isoformat())
        rows.append((say(manner, "track_expected"), day))
    number = say(manner, "track_number")
    return (*rows, *((one.carrier or number, one.tracking) for one in sent if one.tracking))


def _route(leading: tuple[Parcel, tuple[Scan, ...]] | None) -> Route | None:
    if leading is None:
        return None
    parcel, scans = leading
    return route_of(scans, is_there=parcel.state == ScanState.DELIVERED)


def _moments(
    caller: Caller, order: Order, scanned: Sequence[tuple[Parcel, tuple[Scan, ...]]]
) -> tuple[Moment, ...]:
    manner, several = caller.front.manner, len(scanned) > 1
    found = [
        (
            scan.at,
            Moment(
                at=say(manner, "moment", at=scan.at.isoformat()),
                what=say(manner, f"scan_{scan.state}"),
                about=" · ".join(
                    part for part in (scan.place, parcel.tracking if several else "") if part
                ),
            ),
        )
        for parcel, scans in scanned
        for scan in scans
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    placed = Moment(
        at=say(manner, "moment", at=order.placed_at.isoformat()), what=say(manner, "order_placed")
    )
    return (*(moment for _at, moment in found[:_MOST_MOMENTS]), placed)


def _ways(caller: Caller, order: Order, sent: Sequence[Parcel]) -> tuple[Way, ...]:
    manner = caller.front.manner
    ways = [
        Way(label=say(manner, "track_carrier", carrier=one.carrier), url=one.page_url)
        for one in sent
        if one.page_url
    ]
    if order.page_url:
        ways.append(Way(label=say(manner, "track_order"), url=order.page_url))
    if order.state == OrderState.DELIVERED:
        url = one_tap.link(caller.house, Errand.RETURN, order.workspace_id, order.id)
        ways.append(Way(label=say(manner, "return_to"), url=url))
    return tuple(ways)
