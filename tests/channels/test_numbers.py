"""What a number tells of where its owner is: a country with one clock, and no more."""

from datetime import UTC, datetime

import pytest

from baton.channels.sms import numbers


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+447700900123", "Europe/London"),  # four names for one clock
        ("+353851234567", "Europe/Dublin"),
        ("+390612345678", "Europe/Rome"),
        ("+919812345678", "Asia/Kolkata"),
        ("+14155550123", ""),  # many clocks, and people keep their number when they move
        ("+61412345678", ""),
        ("+34612345678", ""),  # the Canaries are an hour behind
        ("555", ""),
        ("BRAND", ""),
    ],
)
def test_a_number_tells_a_zone_only_where_its_country_has_one_clock(number: str, zone: str) -> None:
    assert numbers.zone_of(number, now=datetime(2026, 3, 2, tzinfo=UTC)) == zone
