"""How a Cal.com account is connected: by its webhook's secret, and a key where we may cancel."""

import re

import msgspec

KIND = "calcom"
API = "https://api.cal.com"

_KEY = re.compile(r"cal_[A-Za-z0-9_]{8,200}")


class CalcomSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each webhook tells a booking's whole state; with an `api_key` flows may cancel bookings.

    `api_url` is where the API answers.
    """

    api_key: str = ""
    api_url: str = API


def problems_with(settings: CalcomSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if not settings.api_key or _KEY.fullmatch(settings.api_key):
        return {}
    return {"api_key": "A key begins with cal_. Copy it whole, or leave it empty."}
