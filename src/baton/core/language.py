"""The language in which a contact is written to: said by somebody, never guessed.

Whoever knows it best is believed. What another system or a file tells fills a gap, or
replaces what one of them told; it never replaces the word of the contact or of a person
who talked with them. Of these two the newer word counts.
"""

import re
from enum import StrEnum

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")


class Teller(StrEnum):
    """Who said which language it is; stored with it and shown to people."""

    CONTACT = "contact"
    PERSON = "person"
    SYSTEM = "system"
    IMPORT = "import"


_SURE = frozenset({Teller.CONTACT, Teller.PERSON})


def parse(raw: str) -> str | None:
    """Return a language as "es" or "es-MX", however it is spelt; None for what is none."""
    language, _, region = raw.strip().replace("_", "-").partition("-")
    spelt = f"{language.lower()}-{region.upper()}" if region else language.lower()
    return spelt if _LANGUAGE.fullmatch(spelt) else None


def replaces(teller: Teller, known_from: str) -> bool:
    """Return whether a word on a contact's language counts more than what is known.

    `known_from` is the `Teller` of what is known, "" for nothing.
    """
    return teller in _SURE or known_from not in _SURE


def is_same(one: str, other: str) -> bool:
    """Return whether two are one language, wherever they are spoken: "es" and "es-MX"."""
    return one == other or _spoken(one) == _spoken(other)


def _spoken(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
