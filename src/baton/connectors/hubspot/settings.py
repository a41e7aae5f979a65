"""How a HubSpot account is reached: by the token of a private app that may read contacts."""

import re

import msgspec

KIND = "hubspot"
API = "https://api.hubapi.com"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,250}")


class HubspotSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The app's access token; `api_url` is where the API answers.

    With `keeps_traits` the properties of contacts that the README names are written too.
    """

    access_token: str
    keeps_traits: bool = False
    api_url: str = API


def problems_with(settings: HubspotSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if _TOKEN.fullmatch(settings.access_token):
        return {}
    return {"access_token": "An access token has letters, digits, _ and -. Copy it whole."}
