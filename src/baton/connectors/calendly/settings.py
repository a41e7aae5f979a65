"""How a Calendly account is connected: by the key that its webhooks are signed with."""

import msgspec

KIND = "calendly"


class CalendlySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing besides the signing key has to be known."""
