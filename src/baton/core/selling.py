"""Words that sell: out of place below a receipt, whoever wrote them (TP6, P16)."""

import re

# In the languages that packs are written in. "Free" alone is none: places are free, and so
# is moving a class.
_SELLING = re.compile(
    r"\d+\s?(?:%|percent|por ciento)\s*(?:off|discount|de descuento)"
    r"|\b(?:special offer|limited[- ]time|promo(?:tion)?(?: code)?|discount(?:s|ed)?|coupon"
    r"|voucher|best deal|great deal|sale ends|on sale|upgrade now|buy (?:now|one)"
    r"|don'?t miss out|last chance"
    r"|oferta especial|descuento|promoci[oó]n|cup[oó]n|rebajas|[uú]ltima oportunidad)\b",
    re.IGNORECASE,
)


def find(text: str) -> re.Match[str] | None:
    """Return the first words of a text that sell something, or None."""
    return _SELLING.search(text)
