"""When a further channel comes early."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.core.widening import STEADY_AFTER, unsteady

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FRESH, OLD = NOW - timedelta(days=3), NOW - STEADY_AFTER


@pytest.mark.req("C17", "X32", "GV11")
@pytest.mark.parametrize(
    ("changed_at", "connected", "wanted", "named"),
    [
        ({"faq": FRESH}, {"webchat"}, "email", ()),  # the first one, and then its fallback
        ({"faq": FRESH}, {"webchat", "sms"}, "email", ("faq",)),
        ({"faq": OLD}, {"webchat", "sms"}, "email", ()),
        ({"faq": OLD, "b": FRESH, "a": FRESH}, {"sms", "email"}, "voice", ("a", "b")),
        ({"old": FRESH, "new": NOW}, {"sms", "email"}, "voice", ("new", "old")),
        ({"faq": FRESH}, {"webchat", "email"}, "email", ()),  # a second mailbox is no channel more
        ({}, {"sms", "email"}, "voice", ()),
    ],
)
def test_a_further_channel_waits_for_steady_flows(
    changed_at: dict[str, datetime], connected: set[str], wanted: str, named: tuple[str, ...]
) -> None:
    assert unsteady(changed_at, connected, wanted, now=NOW) == named
