"""Where a calendar's feed lies, and how often it is looked at."""

from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

KIND = "ics"

_MINUTES = (5, 24 * 60)
_MAX_URL = 1_000
_MAX_SECRET = 200


class IcsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A feed; `user` and `password` prove who asks (basic), if its server wants to know.

    `allows_loopback` reaches a feed on this very machine too, for tests.
    """

    url: str
    user: str = ""
    password: str = ""
    minutes: int = 15
    allows_loopback: bool = False

    @property
    def every(self) -> timedelta:
        """How long after a look the next one is due."""
        return timedelta(minutes=self.minutes)

    @property
    def address(self) -> str:
        """The feed's address as it is asked for; calendars write webcal for https."""
        scheme, separator, rest = self.url.partition("://")
        return f"https{separator}{rest}" if scheme == "webcal" else self.url


def problems_with(settings: IcsSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = {}
    least, most = _MINUTES
    if not _is_address(settings):
        problems["url"] = "Give an address that begins with https:// or webcal://."
    if not least <= settings.minutes <= most:
        problems["minutes"] = f"Choose between {least} and {most} minutes."
    if max(len(settings.user), len(settings.password)) > _MAX_SECRET:
        problems["password"] = f"It has more than {_MAX_SECRET} characters."
    return problems


def _is_address(settings: IcsSettings) -> bool:
    try:
        parts = urlsplit(settings.address)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = settings.address.isascii() and settings.address.isprintable()
    schemes = ("https", "http") if settings.allows_loopback else ("https",)
    short = len(settings.url) <= _MAX_URL and " " not in settings.url
    return is_whole and plain and short and not parts.username and parts.scheme in schemes
