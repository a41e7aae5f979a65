"""How Shopify is connected: by the secret of its webhooks; with a token, refunds are paid there."""

import re

import msgspec

KIND = "shopify"

_SHOP = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


class ShopifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`shop` is its name before ".myshopify.com"; without a token nothing is asked of it.

    `api_url` is where the Admin API answers instead, "" for there.
    """

    shop: str = ""
    access_token: str = ""
    api_url: str = ""

    @property
    def base_url(self) -> str:
        """Where the Admin API answers."""
        return self.api_url or f"https://{self.shop}.myshopify.com"


def problems_with(settings: ShopifySettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems: dict[str, str] = {}
    if not (settings.shop or settings.access_token):
        return problems
    if not _SHOP.fullmatch(settings.shop):
        problems["shop"] = "Give the name alone: mystore for mystore.myshopify.com."
    if not _TOKEN.fullmatch(settings.access_token):
        problems["access_token"] = "A token has letters, digits, _ and -. Copy it whole."  # noqa: S105
    return problems
