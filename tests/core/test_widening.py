"""When a further channel comes early."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.core.widening import STEADY_AFTER, unsteady

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FRESH, OLD = NOW - timedelta(days=3), NOW - STEADY_AFTER


@pytest.mark.req("C17", "X32")
@pytest.mark.parametrize(
    ("changed_at", "connected", "named"),
    [
        ({"faq": FRESH}, {"webchat"}, ()),  # the first one, and then its fallback
        ({"faq": FRESH}, {"webchat", "sms"}, ("faq",)),
        ({"faq": OLD}, {"webchat", "sms"}, ()),
        ({"faq": OLD, "b": FRESH, "a": FRESH}, {"sms", "email"}, ("a", "b")),
        ({"old": FRESH, "new": NOW}, {"sms", "email"}, ("new", "old")),
        ({}, {"sms", "email"}, ()),
    ],
)
def test_a_further_channel_waits_for_steady_flows(
    changed_at: dict[str, datetime], connected: set[str], named: tuple[str, ...]
) -> None:
    assert unsteady(changed_at, connected, now=NOW) == named
