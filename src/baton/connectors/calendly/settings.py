"""How a Calendly account is connected: by its webhooks' key, and a token where we may cancel."""

import re

import msgspec

KIND = "calendly"
API = "https://api.calendly.com"

_TOKEN = re.compile(r"[A-Za-z0-9._-]{20,1000}")


class CalendlySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Its webhooks tell all that is kept; with an `access_token` bookings are cancelled there.

    `api_url` is where the API answers.
    """

    access_token: str = ""
    api_url: str = API


def problems_with(settings: CalendlySettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if not settings.access_token or _TOKEN.fullmatch(settings.access_token):
        return {}
    return {"access_token": "A token has letters, digits, points, _ and -. Copy it whole."}
