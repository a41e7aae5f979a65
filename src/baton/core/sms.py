"""How an SMS is counted: its alphabet, and in how many parts it travels.

3GPP TS 23.038: a part carries 160 signs of the GSM alphabet, or 70 of UCS-2 as soon as
one sign is foreign to it; several parts carry 153 or 67 each, since each says which it is.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")  # each takes the place of two
_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS_ALONE, _UCS_JOINED = 70, 67


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSize:
    """A text as an SMS: `length` in the alphabet's own units, `foreign` the signs outside GSM."""

    alphabet: str
    length: int
    parts: int
    foreign: str = ""


def size_of(text: str) -> SmsSize:
    """Return how a text travels as an SMS."""
    foreign = "".join(dict.fromkeys(sign for sign in text if sign not in _BASIC | _ESCAPED))
    if foreign:
        units = len(text.encode("utf-16-be")) // 2
        parts = _parts(units, _UCS_ALONE, _UCS_JOINED)
        return SmsSize(alphabet="UCS-2", length=units, parts=parts, foreign=foreign)
    length = sum(2 if sign in _ESCAPED else 1 for sign in text)
    parts = _parts(length, _GSM_ALONE, _GSM_JOINED)
    return SmsSize(alphabet="GSM-7", length=length, parts=parts)


def parts_of(text: str) -> int:
    """Return how many parts a text is sent in, and paid for; an empty one takes a part as well."""
    return size_of(text).parts


def _parts(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else -(-length // joined)
