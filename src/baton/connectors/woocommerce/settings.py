"""How WooCommerce is connected: by its webhooks' secret; with a key, refunds are paid there."""

import re
from urllib.parse import urlsplit

import msgspec

KIND = "woocommerce"

_KEY, _SECRET = re.compile(r"ck_[A-Za-z0-9]{20,80}"), re.compile(r"cs_[A-Za-z0-9]{20,80}")
_SITE = re.compile(r"https://[A-Za-z0-9.-]{1,200}(?::\d{1,5})?(?:/[A-Za-z0-9._~-]{1,60}){0,4}")


class WooCommerceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`site` is the shop's address; without a key nothing is asked of it.

    `api_url` is where the REST API answers instead, "" for there.
    """

    site: str = ""
    consumer_key: str = ""
    consumer_secret: str = ""
    api_url: str = ""

    @property
    def base_url(self) -> str:
        """Where the REST API answers."""
        return self.api_url or self.site


def problems_with(settings: WooCommerceSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems: dict[str, str] = {}
    if not (settings.site or settings.consumer_key or settings.consumer_secret):
        return problems
    if not _SITE.fullmatch(settings.site) or not urlsplit(settings.site).hostname:
        problems["site"] = "Give the shop's address as https://shop.example, without what follows."
    if not _KEY.fullmatch(settings.consumer_key):
        problems["consumer_key"] = "A consumer key begins with ck_. Copy it whole."
    if not _SECRET.fullmatch(settings.consumer_secret):
        problems["consumer_secret"] = "A consumer secret begins with cs_. Copy it whole."  # noqa: S105
    return problems
