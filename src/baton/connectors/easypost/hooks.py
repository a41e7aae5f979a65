"""EasyPost's webhooks: believed by their signature; each a tracker with all that was scanned.

https://docs.easypost.com/docs/trackers
"""

import hashlib
import hmac
import unicodedata
from datetime import datetime

import msgspec

from baton.connectors import (
    Heard,
    Hook,
    UnreadableError,
    heard_whole,
    moment_of,
    page_of,
    require_digest,
    told_as,
    utc_of,
)
from baton.core.json import Json
from baton.core.orders import Scan, ScanState
from baton.core.records import Record, TrackingRecord, stamp_at

HEADER = "X-Hmac-Signature"

_WHOSE = "EasyPost's"
_PREFIX = "hmac-sha256-hex="
_STATES = {
    "pre_transit": ScanState.LABELLED,
    "in_transit": ScanState.IN_TRANSIT,
    "out_for_delivery": ScanState.OUT_FOR_DELIVERY,
    "available_for_pickup": ScanState.READY_FOR_PICKUP,
    "delivered": ScanState.DELIVERED,
    "return_to_sender": ScanState.RETURNING,
    "failure": ScanState.LOST,
    "cancelled": ScanState.CANCELLED,
}
_BY_DETAIL = {
    "delivery_exception": ScanState.FAILED,
    "refused": ScanState.RETURNING,
    "return": ScanState.RETURNING,
    "lost": ScanState.LOST,
    "damaged": ScanState.LOST,
}
"""What tells more than the status beside it."""

_MOST = 300


class _Place(msgspec.Struct):
    city: str | None = None
    state: str | None = None
    country: str | None = None


class _Detail(msgspec.Struct):
    datetime: datetime
    status: str = ""
    status_detail: str | None = None
    message: str | None = None
    tracking_location: _Place | None = None


class _Tracker(msgspec.Struct):
    id: str
    tracking_code: str
    updated_at: datetime
    carrier: str | None = None
    est_delivery_date: str | None = None
    public_url: str | None = None
    tracking_details: list[_Detail] | None = None


class _Event(msgspec.Struct):
    description: str
    result: _Tracker


class EasyPostHooks:
    """The connector: it hears, and says what a webhook tells."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        secret = unicodedata.normalize("NFKD", proof).encode()
        digest = hmac.new(secret, hook.body, hashlib.sha256).hexdigest()
        require_digest(hook, HEADER, f"{_PREFIX}{digest}")
        return heard_whole(hook)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return what a carrier scanned; none for what is of no tracker."""
        if not isinstance(said, dict):
            raise UnreadableError(f"it does not fit {_WHOSE} form: it is no object")
        if not str(said.get("description", "")).startswith("tracker."):
            return ()
        return (_tracking(told_as(said, _Event, _WHOSE).result),)


def _tracking(of: _Tracker) -> TrackingRecord:
    found = [_scan(one) for one in (of.tracking_details or [])[-_MOST:]]
    return TrackingRecord(
        reference=of.id,
        stamp=stamp_at(utc_of(of.updated_at)),
        tracking=of.tracking_code,
        scans=tuple(one for one in found if one),
        carrier=of.carrier or "",
        page_url=page_of(of.public_url),
        expected_at=moment_of(of.est_delivery_date),
    )


def _scan(of: _Detail) -> Scan | None:
    state = _BY_DETAIL.get(of.status_detail or "") or _STATES.get(of.status)
    if state is None:
        return None
    place = of.tracking_location or _Place()
    parts = filter(None, (place.city, place.state, place.country))
    return Scan(at=utc_of(of.datetime), state=state, place=", ".join(parts), words=of.message or "")
