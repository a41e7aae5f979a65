"""Raw identifiers in free text, found and replaced by stable tokens (P5, P9, invariant 10).

A token says what kind of thing stood there and is the same for the same thing,
so that two notes about one phone number can be joined without knowing it.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

Tokenise: TypeAlias = Callable[[str, str], str]
"""Turns (kind, raw value) into a token such as `[email:3f9a2c81]`."""

_MIN_PHONE_DIGITS = 8
_MAX_PHONE_DIGITS = 15  # ITU-T E.164
_MIN_CARD_DIGITS = 13
_HINT = 4  # digits: what people check a number by
_MAX_CARD_DIGITS = 19  # ISO/IEC 7812-1

_EMAIL = r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
# The number under which a clinic keeps somebody, told by the words before it.
_PATIENT = (
    r"(?i:\b(?:MRN|NHS(?: ?(?:no|number))?|(?:patient|chart|hospital) ?(?:id|no|number))\b"
    r"[.:#\s]{0,3}(?:is )?[A-Z]{0,3}-?\d(?:[\d -]{1,14}\d)?)(?!\w)"
)
_PATIENTS_NUMBER = re.compile(r"[A-Za-z]{0,3}-?\d[\d -]*\Z")
# In groups as banks print it, or in one word as people copy it.
_ACCOUNT = r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"
_ACCOUNT_IN_ONE = r"\b[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}\b"
# A birth date carries a year; "10/12 at 6:00" does not, and stays readable.
_DATE = r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\b"
# Runs of digits with the separators that people type; what they are is told by their count.
# Letters may stick to them ("tel02079460018"): that makes them no less a number.
_NUMBER = r"(?<![\d.])\+?\(?\d[\d\s().\-/]{5,30}\d(?!\d)"
# What stands in a text that was masked before. A token of digits alone is not told from a
# number that somebody put in brackets: it is masked once more.
_MASKED = r"\[[a-z]+:(?=\d*[a-f])[0-9a-f]{16}\]"
_TOKEN = re.compile(_MASKED)
_SIGN = re.compile(r"[\d@]")
"""There is no identifier without a digit or an @: most words are let through at a glance."""

# One pass over the text, so that a token is never itself taken for an identifier.
_IDENTIFIER = re.compile(
    f"(?P<token>{_MASKED})|(?P<patient>{_PATIENT})|(?P<email>{_EMAIL})|(?P<account>{_ACCOUNT}|{_ACCOUNT_IN_ONE})"
    f"|(?P<date>{_DATE})|(?P<number>{_NUMBER})"
)
_PATIENT_ALONE = re.compile(f"(?P<patient>{_PATIENT})")


def mask(text: str, tokenise: Tokenise) -> str:
    """Return the text with every identifier that can be recognised replaced by its token."""
    if _SIGN.search(text) is None:
        return text
    return _IDENTIFIER.sub(lambda found: _token_of(found, tokenise), text)


def mask_patients(text: str, tokenise: Tokenise) -> str:
    """Return the text with each patient's number replaced by its token, and nothing else (G17)."""
    if _SIGN.search(text) is None:
        return text
    return _PATIENT_ALONE.sub(lambda found: _token_of(found, tokenise), text)


def tokens_in(text: str) -> tuple[str, ...]:
    """Return the tokens that stand in a text."""
    return tuple(_TOKEN.findall(text))


def hint_of(address: str) -> str:
    """Return as much of a number or mailbox as tells it from others to who knows it already."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"…{address[-_HINT:]}" if len(address) > 2 * _HINT else "…"


def _token_of(found: re.Match[str], tokenise: Tokenise) -> str:
    written = found[0]
    match found.lastgroup:
        case "token":
            return written
        case "patient":
            number = _PATIENTS_NUMBER.search(written)
            return tokenise("patient", re.sub(r"[ -]", "", number[0] if number else "").upper())
        case "email":
            return tokenise("email", written.casefold())
        case "account":
            return tokenise("account", re.sub(r"\s", "", written).upper())
        case "date":
            return tokenise("date", written)
        case _:
            return _masked_number(written, tokenise)


def _masked_number(written: str, tokenise: Tokenise) -> str:
    digits = re.sub(r"\D", "", written)
    if _MIN_CARD_DIGITS <= len(digits) <= _MAX_CARD_DIGITS and _passes_luhn(digits):
        return tokenise("card", digits)
    if _MIN_PHONE_DIGITS <= len(digits) <= _MAX_PHONE_DIGITS:
        return tokenise("phone", digits)
    if len(digits) > _MAX_PHONE_DIGITS:
        return tokenise("number", digits)
    return written


def _passes_luhn(digits: str) -> bool:
    """Return whether a card number's check digit fits (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number  # noqa: PLR2004 - the digit sum of the double
    return total % 10 == 0
