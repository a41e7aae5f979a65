from datetime import UTC, datetime, timedelta

import pytest

from baton.core import costs
from baton.core.costs import Prices

PRICES = Prices(
    currency="USD", sms_part=11_800, whatsapp_template=4_000, whatsapp_promotion=25_000, email=100
)


@pytest.mark.parametrize(
    ("channel", "text", "is_promotional", "is_window_open", "cost"),
    [
        ("sms", "a" * 160, False, False, 11_800),
        ("sms", "a" * 161, False, True, 23_600),
        ("whatsapp", "Hello", False, False, 4_000),
        ("whatsapp", "Hello", False, True, 0),
        ("whatsapp", "Hello", True, True, 25_000),
        ("email", "Hello", True, False, 100),
        ("webchat", "Hello", True, False, 0),
    ],
)
def test_each_channel_has_its_own_way_to_charge(
    *, channel: str, text: str, is_promotional: bool, is_window_open: bool, cost: int
) -> None:
    found = costs.cost_of(
        text, channel, PRICES, is_promotional=is_promotional, is_window_open=is_window_open
    )
    assert found == cost


def test_the_window_is_open_for_a_day_after_the_contact_wrote() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert costs.is_window_open(now - timedelta(hours=23, minutes=59), now)
    assert not costs.is_window_open(now - timedelta(hours=24), now)
    assert not costs.is_window_open(None, now)
