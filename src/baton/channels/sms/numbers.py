"""Telephone numbers in one form, E.164, so that one person has one address."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_MAX_SHORT = 16
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
