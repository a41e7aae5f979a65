"""How an SMS is counted: its alphabet, and in how many parts it travels.

3GPP TS 23.038: a part carries 160 signs of the GSM alphabet, or 70 of UCS-2 as soon as
one sign is foreign to it; several parts carry 153 or 67 each, since each says which it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")  # each takes the place of two
_ALPHABET = _BASIC | _ESCAPED
_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS_ALONE, _UCS_JOINED = 70, 67

MAX_CHARACTERS = 1_600
"""The longest text that providers take, in as many parts as it needs (Twilio's error 21617)."""

_ASKED = r"\b(?:reply|text|answer|responda|responde|antworten sie|répondez|rispondi)\s+"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSize:
    """A text as an SMS: `length` in the alphabet's own units, `foreign` the signs outside GSM."""

    alphabet: str
    length: int
    parts: int
    foreign: str = ""


def render(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """Return a text as a phone shows it: buttons become words, unless it names them itself.

    A text written for SMS says "Reply 1 to confirm" and wants no list below it. A key that
    merely occurs ("1 June") does not name a choice, unless all of them occur.
    """
    if not choices or _names(text, tuple([key for key, _label in choices])):
        return text
    offers = [f"{key} {label}" if key != label else label for key, label in choices]
    return f"{text}\nReply: {', '.join(offers)}"


def size_of(text: str) -> SmsSize:
    """Return how a text travels as an SMS."""
    if not _ALPHABET.issuperset(text):
        foreign = "".join(sign for sign in dict.fromkeys(text) if sign not in _ALPHABET)
        units = len(text.encode("utf-16-be")) // 2
        parts = _parts(units, _UCS_ALONE, _UCS_JOINED)
        return SmsSize(alphabet="UCS-2", length=units, parts=parts, foreign=foreign)
    length = len(text)
    if not _ESCAPED.isdisjoint(text):
        length += sum(map(text.count, _ESCAPED))
    parts = _parts(length, _GSM_ALONE, _GSM_JOINED)
    return SmsSize(alphabet="GSM-7", length=length, parts=parts)


def parts_of(text: str) -> int:
    """Return how many parts a text is sent in, and paid for; an empty one takes a part as well."""
    return size_of(text).parts


def _names(text: str, keys: tuple[str, ...]) -> bool:
    each, asked = _spotters(keys)
    for spotter in each:
        if not spotter.search(text):
            return asked.search(text) is not None
    return True


@lru_cache(maxsize=256)  # a flow offers the same choices to all whom it asks
def _spotters(keys: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """Return what spots each key in a text, and what spots that any of them is asked for."""
    ends = [rf"{re.escape(key)}(?!\w)" for key in keys]
    each = tuple([re.compile(rf"(?<!\w){end}", re.IGNORECASE) for end in ends])
    return each, re.compile(rf"{_ASKED}(?:{'|'.join(ends)})", re.IGNORECASE)


def _parts(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else -(-length // joined)
