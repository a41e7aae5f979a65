"""Telephone numbers in one form, E.164, so that one person has one address."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.core import get_global
from phonenumbers import NumberParseException, PhoneNumberFormat

_MAX_SHORT = 16
_HALF_A_YEAR = timedelta(days=182)
# Letters stand on telephone keys too, but in an address they are a mistake.
_DIALLED = re.compile(r"[+0-9 ().\u00a0/-]{3,40}")


def parse_number(raw: str, region: str = "") -> str | None:
    """Return a number as E.164 ("+447700900123"), or None for what can be none.

    `region` (ISO 3166) reads national numbers. A number need not be in use: ranges open
    faster than tables are updated, and the provider has the last word.
    """
    if not _DIALLED.fullmatch(raw.strip()):
        return None
    try:
        parsed = phonenumbers.parse(raw.strip(), region or None)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def address_of(raw: str, region: str = "") -> str | None:
    """Return the address of who sent an SMS: E.164, or a short code or a name as it stands."""
    if number := parse_number(raw, region):
        return number
    short = raw.strip()
    is_plain = short.replace(" ", "").replace("-", "").isalnum() and short.isascii()
    return short if is_plain and len(short) <= _MAX_SHORT else None


def zone_of(number: str, *, now: datetime) -> str:
    """Return the zone of a number in E.164 whose whole country has one clock, "" for others.

    What the rest of a number says of a place is not taken: people keep theirs when they move.
    """
    try:
        code = phonenumbers.parse(number).country_code
    except NumberParseException:
        return ""
    return _zone_of_country(code or 0, region_of(number), now.date())


@lru_cache(maxsize=512)  # asking the machine for its zones takes a twentieth of a second
def _zone_of_country(code: int, region: str, day: date) -> str:
    # Half a second of tables, which only contacts with a number need.
    from phonenumbers import timezone  # noqa: PLC0415

    of_country = phonenumbers.PhoneNumber(country_code=code, national_number=0)
    known = set(timezone.time_zones_for_geographical_number(of_country)) & available_timezones()
    noon = datetime.combine(day, time(12), UTC)
    moments = (noon, noon + _HALF_A_YEAR)  # on one side of summer time, and on the other
    clocks = {
        tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments) for zone in known
    }
    if len(clocks) != 1:
        return ""
    # Of several names for one clock, the one that the country goes by.
    own = get_global("territory_zones").get(region, ())
    return own[0] if len(own) == 1 else min(known)


def region_of(number: str) -> str:
    """Return the country (ISO 3166) that a number in E.164 belongs to, "" when none is known."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return ""
    # A number of no known range still tells its country by how it begins.
    code = parsed.country_code or 0
    return phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        code
    )
