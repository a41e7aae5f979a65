"""Resolution: what a return means, and how sure a close is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import resolution
from baton.core.policy import Policy
from baton.core.resolution import Closing, Thread, Verification

POLICY = Policy()
CLOSED = datetime.fromisoformat("2026-03-02T10:00Z")
WINDOW = POLICY.recontact_window
SECOND = timedelta(seconds=1)


def closed(request_type: str = "hours", *, is_confirmed: bool = False) -> Closing:
    return Closing(resolved_at=CLOSED, is_confirmed=is_confirmed, request_type=request_type)


@pytest.mark.req("K3", "X9", "U15", "FQ19")
@pytest.mark.parametrize(
    ("closing", "request_type", "after", "thread"),
    [
        (None, "hours", timedelta(0), Thread.OPEN),
        (Closing(resolved_at=None), "hours", timedelta(days=90), Thread.CONTINUE),
        (closed(), "hours", timedelta(0), Thread.REOPEN),
        (closed(), "hours", WINDOW, Thread.REOPEN),
        (closed(), "hours", WINDOW + SECOND, Thread.OPEN),
        (closed(), "", WINDOW, Thread.REOPEN),  # unreadable: most likely about the same
        (closed(), "", WINDOW + SECOND, Thread.OPEN),
        (closed(), "billing", timedelta(0), Thread.OPEN),
        (closed(""), "billing", timedelta(0), Thread.OPEN),
        (closed(is_confirmed=True), "hours", timedelta(hours=1), Thread.REOPEN),
    ],
)
def test_what_a_message_does(
    closing: Closing | None, request_type: str, after: timedelta, thread: Thread
) -> None:
    found = resolution.decide_thread(closing, request_type, POLICY, now=CLOSED + after)
    assert found is thread


@pytest.mark.req("K4", "FQ19", "U15")
@pytest.mark.parametrize(
    ("closing", "after", "expected"),
    [
        (Closing(resolved_at=None), WINDOW * 2, Verification.OPEN),
        (Closing(resolved_at=None, is_confirmed=True), WINDOW, Verification.OPEN),
        (closed(), timedelta(0), Verification.ASSUMED),
        (closed(), WINDOW - SECOND, Verification.ASSUMED),
        (closed(), WINDOW, Verification.VERIFIED),
        (closed(is_confirmed=True), timedelta(0), Verification.VERIFIED),
    ],
)
def test_how_sure_a_close_is(closing: Closing, after: timedelta, expected: Verification) -> None:
    assert resolution.verification(closing, POLICY, now=CLOSED + after) is expected


@given(st.booleans(), st.integers(0, 300), st.integers(0, 300))
def test_a_close_only_gets_surer(
    is_confirmed: bool,  # noqa: FBT001 - drawn
    hours: int,
    more: int,
) -> None:
    order = list(Verification)
    closing = closed(is_confirmed=is_confirmed)
    first, later = (
        resolution.verification(closing, POLICY, now=CLOSED + timedelta(hours=passed))
        for passed in (hours, hours + more)
    )
    assert order.index(first) <= order.index(later)
