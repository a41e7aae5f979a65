"""How any other helpdesk is reached: by one address and a token."""

import re
from urllib.parse import urlsplit

import msgspec

KIND = "helpdesk"

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]{1,200}(?::\d{1,5})?(?:/[A-Za-z0-9._~-]{1,60}){0,6}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,400}")
_QUEUES = re.compile(r"[a-z][a-z0-9_]{0,59}(?:, ?[a-z][a-z0-9_]{0,59}){0,19}")


class HelpdeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets are opened under `url` for what is handed over to `queues`, a list with commas.

    `api_url` is where it answers instead, "" for there.
    """

    url: str
    api_token: str
    queues: str
    api_url: str = ""

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return self.api_url or self.url

    @property
    def takes(self) -> frozenset[str]:
        """The queues whose conversations become tickets."""
        return frozenset(one.strip() for one in self.queues.split(","))


def problems_with(settings: HelpdeskSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems: dict[str, str] = {}
    if not _ADDRESS.fullmatch(settings.url) or not urlsplit(settings.url).hostname:
        problems["url"] = "Give an address as https://help.example/baton, without what follows."
    if not _TOKEN.fullmatch(settings.api_token):
        problems["api_token"] = "A token has 16 to 400 letters, digits and . _ ~ + / = -."  # noqa: S105
    if not _QUEUES.fullmatch(settings.queues):
        problems["queues"] = "Name queues by their short names, with commas: returns, billing."
    return problems
