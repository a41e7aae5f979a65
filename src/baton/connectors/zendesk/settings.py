"""How a Zendesk account is reached: by its name, an agent's email and an API token."""

import re

import msgspec

KIND = "zendesk"

_SITE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOKEN = re.compile(r"[A-Za-z0-9]{20,120}")
_EMAIL = re.compile(r"[^\s@/:]{1,100}@[^\s@/:]{1,100}")
_QUEUES = re.compile(r"[a-z][a-z0-9_]{0,59}(?:, ?[a-z][a-z0-9_]{0,59}){0,19}")


class ZendeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets are opened for what is handed over to `queues`, a list with commas.

    `site` is the account's name before ".zendesk.com"; `api_url` is where the API answers
    instead, "" for there.
    """

    site: str
    email: str
    api_token: str
    queues: str
    api_url: str = ""

    @property
    def base_url(self) -> str:
        """Where the API answers."""
        return self.api_url or f"https://{self.site}.zendesk.com"

    @property
    def takes(self) -> frozenset[str]:
        """The queues whose conversations become tickets."""
        return frozenset(one.strip() for one in self.queues.split(","))


def problems_with(settings: ZendeskSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems: dict[str, str] = {}
    if not _SITE.fullmatch(settings.site):
        problems["site"] = "Give the name alone: mystore for mystore.zendesk.com."
    if not _EMAIL.fullmatch(settings.email):
        problems["email"] = "Give the email of an agent who may use the API."
    if not _TOKEN.fullmatch(settings.api_token):
        problems["api_token"] = "An API token has letters and digits. Copy it whole."  # noqa: S105
    if not _QUEUES.fullmatch(settings.queues):
        problems["queues"] = "Name queues by their short names, with commas: returns, billing."
    return problems
