"""How Shopify is connected: by the secret of its webhooks; with a token, refunds are paid there.

An app's token either lasts (of the apps that a shop's admin made until the end of 2025), or is
asked for anew with the app's client id and secret, and lasts a day.
"""

import re

import msgspec

KIND = "shopify"

_SHOP = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_WHOLE = "Letters, digits, _ and -. Copy it whole."


class ShopifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`shop` is its name before ".myshopify.com"; without a token nothing is asked of it.

    Either `access_token`, one that lasts, or `client_id` and `client_secret` of an app.
    `api_url` is where the Admin API answers instead, "" for there.
    """

    shop: str = ""
    access_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    api_url: str = ""

    @property
    def base_url(self) -> str:
        """Where the Admin API answers."""
        return self.api_url or f"https://{self.shop}.myshopify.com"

    @property
    def may_ask(self) -> bool:
        """Whether the Admin API may be asked at all."""
        return bool(self.access_token or self.client_id)


def problems_with(settings: ShopifySettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems: dict[str, str] = {}
    if not (settings.shop or settings.access_token or settings.client_id or settings.client_secret):
        return problems
    if not _SHOP.fullmatch(settings.shop):
        problems["shop"] = "Give the name alone: mystore for mystore.myshopify.com."
    if settings.client_id or settings.client_secret:
        for name in ("client_id", "client_secret"):
            if not _TOKEN.fullmatch(getattr(settings, name)):
                problems[name] = _WHOLE
        if settings.access_token:
            problems["access_token"] = "Give either a token or the app's client id and secret."  # noqa: S105
    elif not _TOKEN.fullmatch(settings.access_token):
        problems["access_token"] = f"A token, or the app's client id and secret. {_WHOLE}"
    return problems
