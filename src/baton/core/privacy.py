"""Raw identifiers in free text, found and replaced by stable tokens (P5, P9, invariant 10).

A token says what kind of thing stood there and is the same for the same thing,
so that two notes about one phone number can be joined without knowing it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

Tokenise: TypeAlias = Callable[[str, str], str]
"""Turns (kind, raw value) into a token such as `[email:3f9a2c81]`."""

_MIN_PHONE_DIGITS = 8
_MAX_PHONE_DIGITS = 15  # ITU-T E.164
_MIN_CARD_DIGITS = 13
_HINT = 4  # digits: what people check a number by
_MAX_CARD_DIGITS = 19  # ISO/IEC 7812-1
_SHORTEST_PART = 3  # letters of a name that is told from other words

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
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
# In words, and of a year in which somebody who writes may have been born: "3 March 2026" is an
# appointment, and stays readable.
_BORN = (
    rf"(?i:\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?),? (?:19\d\d|200\d|201[0-5])\b)"
)
# Told by the words before it, or written as in Britain. Its letters are capitals, as on the
# plate: "registration is open" is none.
_PLATES_SIGNS = r"[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){0,2}"
_PLATE = (
    r"\b(?:(?i:number ?plate|licen[cs]e plate|plate|registration|reg)\b(?i: (?:no|number))?"
    r"[.:#\s]{1,3}(?:is )?(?=[A-Z0-9 -]{0,9}[0-9])(?=[A-Z0-9 -]{0,9}[A-Z])"
    rf"{_PLATES_SIGNS}|[A-Z]{{2}}\d{{2}} ?[A-Z]{{3}})(?!\w)"
)
# What a state gave somebody, told by the words before it.
_DOCUMENTS_SIGNS = r"(?:[A-Za-z]{1,3}|[A-Z]{2} )?\d[A-Za-z0-9]*(?: \d[A-Za-z0-9]*){0,4}(?: [A-Z])?"
_DOCUMENT = (
    r"\b(?i:passport|national insurance|driving licence|driver'?s license|tax id)\b"
    rf"(?i: (?:no|number))?[.:#\s]{{0,3}}(?:is )?{_DOCUMENTS_SIGNS}(?!\w)"
)
# A house's number before the street or behind it; which words are streets in small letters too,
# and which only as names are written: "1 tennis court" is no address.
_NO_NAME = (
    r"(?!(?i:the|a|an|for|on|of|to|my|in|at|this|that|by|and|or|more|min|minutes?|hours?|days?)\b)"
)
_STREETS = "street|road|avenue|terrace|crescent|boulevard|blvd"
_STREETS_AS_NAMES = "Lane|Drive|Close|Court|Square|Place|Way|Ave|St|Rd|Dr"
_STREET = (
    rf"\b\d{{1,5}}[A-Za-z]?,? (?:(?:{_NO_NAME}[^\W\d_][\w'.-]{{0,20}} ){{1,3}}(?i:{_STREETS})"
    rf"|(?:[A-Z][\w'.-]{{0,20}} ){{1,3}}(?:{_STREETS_AS_NAMES}))\b"
    r"|\b(?i:calle|avenida|avda\.?|rue) (?:[^\W\d_][\w'.-]{0,20} ){1,4}\d{1,4}\b"
    r"|\b[^\W\d_][\w-]{2,24}(?i:straße|strasse|gasse|platz|allee) \d{1,4}[a-z]?\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)
# What somebody says they are called; names that are known are given to `mask`.
_NAME = (
    r"\b(?i:my (?:full )?name(?: is|'s)|i am called) "
    r"(?!(?i:on|in|not|the|a|under|still|wrong|misspelled|spelled)\b)"
    r"[^\W\d_][\w'-]{0,30}(?: [A-Z][\w'-]{0,30}){0,2}"
)
_NAMED = re.compile(r"(?i:\A.*?(?: is|'s|called) )")
# Runs of digits with the separators that people type; what they are is told by their count.
# Letters may stick to them ("tel02079460018"): that makes them no less a number.
_NUMBER = r"(?<![\d.])\+?\(?\d[\d\s().\-/]{5,30}\d(?!\d)"
# What stands in a text that was masked before. A token of digits alone is not told from a
# number that somebody put in brackets: it is masked once more.
_MASKED = r"\[[a-z]+:(?=\d*[a-f])[0-9a-f]{16}\]"
_TOKEN = re.compile(_MASKED)
_DOCUMENTS_END = re.compile(rf"(?:(?<!\w){_DOCUMENTS_SIGNS})\Z")
_PLATES_END = re.compile(rf"(?:(?<!\w){_PLATES_SIGNS})\Z")
_SIGN = re.compile(r"[\d@]|(?i:my (?:full )?name|i am called)")
"""There is no identifier without one of these: most words are let through at a glance."""

# One pass over the text, so that a token is never itself taken for an identifier.
_IDENTIFIER = re.compile(
    f"(?P<token>{_MASKED})|(?P<patient>{_PATIENT})|(?P<document>{_DOCUMENT})|(?P<plate>{_PLATE})"
    f"|(?P<name>{_NAME})|(?P<email>{_EMAIL})|(?P<account>{_ACCOUNT}|{_ACCOUNT_IN_ONE})"
    f"|(?P<date>{_DATE}|{_BORN})|(?P<street>{_STREET})|(?P<number>{_NUMBER})"
)
_REFERENCE = re.compile(r"(?:[a-z_]+:)?[0-9a-f]{32}")
_PATIENT_ALONE = re.compile(f"(?P<patient>{_PATIENT})")


def mask(text: str, tokenise: Tokenise, *, names: Sequence[str] = ()) -> str:
    """Return the text with every identifier that can be recognised replaced by its token.

    `names` are those of people who are known: whole in any letters, their parts as names are
    written, so that "may" stays where May is meant no more than the month.
    """
    for name in names:
        pattern = _name_pattern(name)
        if pattern and pattern.search(text):
            text = pattern.sub(tokenise("name", " ".join(name.casefold().split())), text)
    if _SIGN.search(text) is None:
        return text
    return _IDENTIFIER.sub(lambda found: _token_of(found, tokenise), text)


def is_reference(text: str) -> bool:
    """Return whether a text is the program's own word for a thing: its kind and id, or an id."""
    return _REFERENCE.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _name_pattern(name: str) -> re.Pattern[str] | None:
    whole = re.escape(" ".join(name.split())).replace(r"\ ", r"\s+")
    parts = [re.escape(part) for part in name.split() if len(part) >= _SHORTEST_PART]
    alone = "".join(f"|{part}" for part in parts)
    return re.compile(rf"(?<!\w)(?:(?i:{whole}){alone})(?!\w)") if whole else None


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
    kind, written = found.lastgroup or "", found[0]
    return _READ.get(kind, _masked_number)(written, tokenise)


def _masked_number(written: str, tokenise: Tokenise) -> str:
    digits = re.sub(r"\D", "", written)
    if _MIN_CARD_DIGITS <= len(digits) <= _MAX_CARD_DIGITS and _passes_luhn(digits):
        return tokenise("card", digits)
    if _MIN_PHONE_DIGITS <= len(digits) <= _MAX_PHONE_DIGITS:
        return tokenise("phone", digits)
    if len(digits) > _MAX_PHONE_DIGITS:
        return tokenise("number", digits)
    return written


def _masked_account(written: str, tokenise: Tokenise) -> str:
    account = re.sub(r"\s", "", written).upper()
    return tokenise("account" if _passes_mod_97(account) else "number", account)


def _masked_name(written: str, tokenise: Tokenise) -> str:
    said = _NAMED.match(written)
    cue = said[0] if said else ""
    return cue + tokenise("name", written[len(cue) :].casefold())


def _behind(kind: str, signs: re.Pattern[str]) -> Callable[[str, Tokenise], str]:
    """Return what makes a token of the signs at the end, which a word before them told of."""

    def masked(written: str, tokenise: Tokenise) -> str:
        found = signs.search(written)
        value = found[0] if found else written
        return tokenise(kind, re.sub(r"[ -]", "", value).upper())

    return masked


def _passes_mod_97(account: str) -> bool:
    """Return whether an IBAN's check digits fit (ISO 13616: the whole is 1 modulo 97)."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _passes_luhn(digits: str) -> bool:
    """Return whether a card number's check digit fits (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number  # noqa: PLR2004 - the digit sum of the double
    return total % 10 == 0


_READ: Mapping[str, Callable[[str, Tokenise], str]] = {
    "token": lambda written, _tokenise: written,
    "patient": _behind("patient", _PATIENTS_NUMBER),
    "document": _behind("document", _DOCUMENTS_END),
    "plate": _behind("plate", _PLATES_END),
    "name": _masked_name,
    "email": lambda written, tokenise: tokenise("email", written.casefold()),
    "account": _masked_account,
    "date": lambda written, tokenise: tokenise("date", written),
    "street": lambda written, tokenise: tokenise("address", " ".join(written.split()).casefold()),
    "number": _masked_number,
}
"""What makes a token of each group of the pattern."""
