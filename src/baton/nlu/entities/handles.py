"""E-mail addresses and phone numbers: found, so that nobody asks again; never kept as values.

A phone number is here what `core.privacy` masks as one: eight to fifteen digits. A number
that was found but not masked, or the other way round, would surprise whoever reads it.
"""

import re
from collections.abc import Iterator

from baton.core.reading import Entity
from baton.nlu.entities.page import Page

EMAIL = "email"
PHONE = "phone"

_LOCAL = re.compile(r"[\w.+'-]{1,64}")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LONGEST_LOCAL = 64
_NUMBER = re.compile(r"(?<![\w.#])(?:\+|\(|\b)[0-9][0-9 ().\-/\n]{5,26}[0-9](?![0-9])", re.ASCII)
_MIN_DIGITS = 8
_MAX_DIGITS = 15  # ITU-T E.164


def find_emails(page: Page) -> Iterator[Entity]:
    """Yield the e-mail addresses of a page."""
    text = page.text
    at = text.find("@")
    while at >= 0:
        # Backward from the sign, so that a long run of letters is walked once.
        local = _LOCAL.match(text[max(0, at - _LONGEST_LOCAL) : at][::-1])
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            yield page.entity(EMAIL, at - local.end(), domain.end(), "")
        at = text.find("@", at + 1)


def find_phones(page: Page) -> Iterator[Entity]:
    """Yield the phone numbers of a page."""
    if not page.has_digits:
        return
    for found in _NUMBER.finditer(page.text):
        digits = sum(map(str.isdecimal, found[0]))
        if _MIN_DIGITS <= digits <= _MAX_DIGITS:
            yield page.entity(PHONE, found.start(), found.end(), "")
