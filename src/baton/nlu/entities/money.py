"""Sums of money: "$45", "45 quid", "GBP 12.50", "a tenner"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from baton.core.reading import Entity
from baton.nlu.entities.counting import SPELLED, number_of
from baton.nlu.entities.page import Page

KIND = "money"

_SYMBOLS = {
    "\xa3": "GBP",
    "\u20ac": "EUR",
    "\xa5": "JPY",
    "\u20b9": "INR",
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
}
_CODES = [
    "usd",
    "gbp",
    "eur",
    "aud",
    "cad",
    "nzd",
    "chf",
    "sek",
    "nok",
    "dkk",
    "pln",
    "jpy",
    "inr",
    "sgd",
    "hkd",
    "aed",
    "zar",
    "brl",
    "mxn",
]
_WORDS = {
    **dict.fromkeys(("pound", "pounds", "quid", "sterling"), "GBP"),
    **dict.fromkeys(("euro", "euros"), "EUR"),
    **dict.fromkeys(("yen",), "JPY"),
    **dict.fromkeys(("rupee", "rupees"), "INR"),
    **dict.fromkeys(("swiss franc", "swiss francs"), "CHF"),
    **{code: code.upper() for code in _CODES},
}
_DOLLARS = frozenset({"$", "dollar", "dollars", "buck", "bucks"})
_SMALL = {"p": "GBP", "pence": "GBP", "cent": "", "cents": ""}
_WITHOUT_MINOR = frozenset({"JPY"})
_SLANG = {"fiver": 5, "tenner": 10}

_NUMBER = r"([0-9]{1,3}(?:[,.][0-9]{3})+(?:[,.][0-9]{1,2})?|[0-9]{1,9}(?:[,.][0-9]{1,2})?)"
_BEFORE = re.compile(
    rf"(?<![\w$])(us\$|au?\$|ca?\$|nz\$|[\xa3$\u20ac\xa5\u20b9]|(?:{'|'.join(_CODES)})\b) ?"
    rf"{_NUMBER}(k\b)?(?![0-9])"
)
_UNIT = "|".join(sorted([*_WORDS, "dollars?", "bucks?", *_SMALL], reverse=True))
_AFTER = re.compile(
    rf"(?<![\w.,/:-]){_NUMBER}(k)? ?([\xa3\u20ac\u20b9\xa5$]|(?:{_UNIT})\b)(?![\w$]|\.m\b)"
)
_SPELT = re.compile(rf"\b({SPELLED}) (pounds?|quid|euros?|dollars?|bucks?|pence|cents)\b", re.ASCII)
_SPELT_UNITS = ("pound", "quid", "euro", "dollar", "buck", "pence", "cent", "fiver", "tenner")
_NOTE = re.compile(r"\b(?:a |1 )?(fiver|tenner)\b", re.ASCII)
# A pound is a weight too, above all in a gym.
_WEIGHT_BEFORE = re.compile(
    r"\b(?:lost|lose|losing|gain\w*|weigh\w*|lift\w*|bench\w*|squat\w*|deadlift\w*|shed|dropp?\w*|"
    r"curl\w*|press\w*)\b[^.!?\n]{0,20}$"
)
_WEIGHT_AFTER = re.compile(
    r"\s?(?:of (?:fat|muscle|weight|body)|heavier|lighter|overweight|dumb\w*|weights?|plates?)\b"
)
_PAID_BEFORE = re.compile(
    r"\b(?:pa(?:y|id|ying)|charged?|costs?|fees?|price|refund\w*|owe\w*|spen[dt]|bill\w*|deposit)\b"
)
_NEAR = 30
_DECIMALS = 3  # behind the last comma or stop: three are thousands, fewer are cents


def find(page: Page) -> Iterator[Entity]:
    """Yield the sums of a page."""
    text = page.lowered
    if page.has_digits:
        for found in _BEFORE.finditer(text):
            currency = _SYMBOLS.get(found[1]) or _currency_of(page, found[1])
            yield _sum(page, found, _amount(found[2], found[3]), currency)
        for found in _AFTER.finditer(text):
            yield from _unit_behind(page, found, _amount(found[1], found[2]), found[3])
    if not any(unit in text for unit in _SPELT_UNITS):
        return
    for found in _SPELT.finditer(text):
        yield from _unit_behind(page, found, Decimal(number_of(found[1])), found[2])
    for found in _NOTE.finditer(text):
        yield _sum(page, found, Decimal(_SLANG[found[1]]), "GBP")


def _unit_behind(page: Page, found: re.Match[str], amount: Decimal, unit: str) -> Iterator[Entity]:
    if unit in {"pound", "pounds"} and _is_weight(page, found):
        return
    if unit in _SMALL:
        currency = _SMALL[unit] or ("EUR" if "\u20ac" in page.text else page.region.dollar)
        yield _sum(page, found, amount / 100, currency)
        return
    yield _sum(page, found, amount, _SYMBOLS.get(unit) or _currency_of(page, unit))


def _is_weight(page: Page, found: re.Match[str]) -> bool:
    before = page.before(found.start(), _NEAR)
    if _WEIGHT_BEFORE.search(before) or _WEIGHT_AFTER.match(page.lowered, found.end()):
        return True
    return not (page.region.pounds_are_money or _PAID_BEFORE.search(before))


def _currency_of(page: Page, unit: str) -> str:
    return page.region.dollar if unit in _DOLLARS else _WORDS[unit]


def _amount(written: str, thousand: str | None) -> Decimal:
    """Return the number, whichever of comma and stop its writer puts before the cents."""
    place = max(written.rfind(","), written.rfind("."))
    has_decimals = place >= 0 and len(written) - place - 1 < _DECIMALS
    whole = written[:place] if has_decimals else written
    digits = whole.replace(",", "").replace(".", "")
    amount = Decimal(f"{digits}.{written[place + 1 :]}" if has_decimals else digits)
    return amount * 1000 if thousand else amount


def _sum(page: Page, found: re.Match[str], amount: Decimal, currency: str) -> Entity:
    places = 0 if currency in _WITHOUT_MINOR else 2
    return page.entity(KIND, found.start(), found.end(), f"{amount:.{places}f} {currency}")
