"""AfterShip's webhooks: believed by their signature; each a tracking with all its checkpoints.

https://www.aftership.com/docs/tracking/webhook/webhook-overview
"""

from datetime import datetime

import msgspec

from baton.connectors import (
    Heard,
    Hook,
    Moment,
    UnreadableError,
    heard_whole,
    moment_of,
    page_of,
    require_body_digest,
    told_as,
)
from baton.core.json import Json
from baton.core.orders import Scan, ScanState
from baton.core.records import Record, TrackingRecord, stamp_at

HEADER = "AfterShip-Hmac-SHA256"

_WHOSE = "AfterShip's"
_STATES = {
    "InfoReceived": ScanState.LABELLED,
    "InTransit": ScanState.IN_TRANSIT,
    "OutForDelivery": ScanState.OUT_FOR_DELIVERY,
    "AvailableForPickup": ScanState.READY_FOR_PICKUP,
    "AttemptFail": ScanState.FAILED,
    "Delivered": ScanState.DELIVERED,
    "Exception": ScanState.LOST,
}
_BY_SUBTAG = {
    "Exception_002": ScanState.FAILED,  # the customer moved
    "Exception_003": ScanState.RETURNING,  # the customer refused it
    **dict.fromkeys(
        ("Exception_004", "Exception_005", "Exception_016", "Exception_017", "Exception_019"),
        ScanState.IN_TRANSIT,  # delayed, and still coming
    ),
    "Exception_007": ScanState.FAILED,  # the address is wrong
    **dict.fromkeys(("Exception_008", "Exception_010", "Exception_011"), ScanState.RETURNING),
    "Exception_020": ScanState.CANCELLED,
}
"""What tells more than the tag beside it."""

_MOST = 300


class _Point(msgspec.Struct):
    latitude: float | None = None
    longitude: float | None = None


class _Checkpoint(msgspec.Struct):
    checkpoint_time: str | None = None
    tag: str = ""
    subtag: str | None = None
    message: str | None = None
    location: str | None = None
    city: str | None = None
    state: str | None = None
    coordinate: _Point | None = None


class _Tracking(msgspec.Struct):
    id: str
    tracking_number: str
    updated_at: Moment
    slug: str | None = None
    order_id: str | None = None
    expected_delivery: str | None = None
    courier_tracking_link: str | None = None
    checkpoints: list[_Checkpoint] | None = None


class _Event(msgspec.Struct):
    event: str
    msg: _Tracking


class AfterShipHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        require_body_digest(hook, HEADER, proof)
        return heard_whole(hook)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return what a carrier scanned; none for what is of no tracking."""
        if not isinstance(said, dict):
            raise UnreadableError(f"it does not fit {_WHOSE} form: it is no object")
        if said.get("event") != "tracking_update":
            return ()
        return (_tracking(told_as(said, _Event, _WHOSE).msg),)


def _tracking(of: _Tracking) -> TrackingRecord:
    found = [_scan(one) for one in (of.checkpoints or [])[-_MOST:]]
    return TrackingRecord(
        reference=of.id,
        stamp=stamp_at(of.updated_at),
        tracking=of.tracking_number,
        scans=tuple(one for one in found if one),
        carrier=(of.slug or "").replace("-", " ").title(),
        order=of.order_id or "",
        page_url=page_of(of.courier_tracking_link),
        expected_at=moment_of(of.expected_delivery),
    )


def _scan(of: _Checkpoint) -> Scan | None:
    state = _BY_SUBTAG.get(of.subtag or "") or _STATES.get(of.tag)
    at = moment_of(of.checkpoint_time)
    if state is None or at is None:
        return None
    point = of.coordinate or _Point()
    return Scan(
        at=at,
        state=state,
        place=of.location or ", ".join(filter(None, (of.city, of.state))),
        words=of.message or "",
        latitude=point.latitude,
        longitude=point.longitude,
    )
