"""How Shopify is connected: by the secret that its webhooks are signed with."""

import msgspec

KIND = "shopify"


class ShopifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing besides the secret has to be known."""
