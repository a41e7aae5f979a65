"""Cal.com's webhooks: believed by their signature, and read as bookings."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baton.connectors import DisbelievedError, Hook, UnreadableError
from baton.connectors.calcom.hooks import CalcomHooks
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.records import BookingRecord

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECRET = "a secret of Cal.com's"
TOLD = [
    json.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("*.json"))
]
HOOKS = CalcomHooks()


def _hook(body: bytes, secret: str = SECRET) -> Hook:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Hook(body=body, headers={"x-cal-signature-256": digest}, url="")


def test_the_signature_proves_the_body() -> None:
    body = json.dumps(TOLD[0]).encode()
    heard = HOOKS.hear(_hook(body), SECRET, now=NOW)
    assert json.loads(heard.body) == TOLD[0]
    assert heard.reference == HOOKS.hear(_hook(body), SECRET, now=NOW).reference
    hook = _hook(body)
    changed = Hook(body=body + b" ", headers=hook.headers, url="")
    unsigned = Hook(body=body, headers={}, url="")
    for false in (_hook(body, "another"), changed, unsigned):
        with pytest.raises(DisbelievedError):
            HOOKS.hear(false, SECRET, now=NOW)
    with pytest.raises(UnreadableError):
        HOOKS.hear(_hook(b"{"), SECRET, now=NOW)


@pytest.mark.req("AP1")
def test_a_booking_is_one_through_all_its_states() -> None:
    [created], [moved], [cancelled] = (HOOKS.records(one, received_at=NOW) for one in TOLD)
    assert isinstance(created, BookingRecord)
    assert isinstance(moved, BookingRecord)
    assert isinstance(cancelled, BookingRecord)
    assert created.reference == moved.reference == cancelled.reference
    assert created.stamp < moved.stamp < cancelled.stamp
    assert [one.state for one in (created, moved, cancelled)] == [
        State.BOOKED,
        State.BOOKED,
        State.CANCELLED,
    ]
    assert moved.starts_at == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    assert (created.person.email, created.person.phone) == ("john.doe@example.com", "+447700900123")
    assert moved.page_url == "https://app.cal.com/booking/3xAmPl3uIdAfterMoving"


def test_what_tells_no_whole_booking_is_nothing_and_what_does_not_fit_is_refused() -> None:
    for event in ("BOOKING_REQUESTED", "BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED"):
        assert HOOKS.records({**TOLD[0], "triggerEvent": event}, received_at=NOW) == ()
    odd: Json
    for odd in ([], {}, {**TOLD[0], "payload": {"uid": 7}}):
        with pytest.raises(UnreadableError):
            HOOKS.records(odd, received_at=NOW)
