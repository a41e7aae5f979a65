"""How a Square account is reached: by a token that may read customers and services."""

import re

import msgspec

KIND = "square"
LIVE = "https://connect.squareup.com"
TRIAL = "https://connect.squareupsandbox.com"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


class SquareSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The seller's access token; `api_url` is where the API answers, its sandbox for trials."""

    access_token: str
    api_url: str = LIVE


def problems_with(settings: SquareSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if _TOKEN.fullmatch(settings.access_token):
        return {}
    return {"access_token": "An access token has letters, digits, _ and -. Copy it whole."}
