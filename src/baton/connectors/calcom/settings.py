"""How a Cal.com account is connected: by the secret that its webhook signs with, and no more."""

import msgspec

KIND = "calcom"


class CalcomSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing besides the secret has to be known: each webhook tells a booking's whole state."""
