"""Words that sell: out of place below a receipt, whoever wrote them (TP6, P16)."""

import re
from functools import lru_cache

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

# Each way to sell has one of these in it: most texts are let through at a glance.
_STEMS = (
    "%", "percent", "por ciento", "offer", "limited", "promo", "discount", "coupon", "voucher",
    "deal", "sale", "upgrade", "buy", "miss out", "chance", "oferta", "descuento", "cup", "rebajas",
    "ltima",
)  # fmt: skip


@lru_cache(maxsize=512)  # a campaign's words are asked about once for each who gets them
def find(text: str) -> re.Match[str] | None:
    """Return the first words of a text that sell something, or None."""
    if text.isascii():  # where a capital and its small letter are one, and nothing else is
        small = text.lower()
        for stem in _STEMS:
            if stem in small:
                break
        else:
            return None
    return _SELLING.search(text)
