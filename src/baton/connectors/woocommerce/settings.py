"""How WooCommerce is connected: by the secret that its webhooks are signed with."""

import msgspec

KIND = "woocommerce"


class WooCommerceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing besides the secret has to be known."""
