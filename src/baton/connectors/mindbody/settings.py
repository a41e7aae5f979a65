"""How a Mindbody site is connected: by its webhooks' key, and a staff login where we may act."""

import re

import msgspec

KIND = "mindbody"
API = "https://api.mindbodyonline.com"
_MAX_WORD = 40
_MAX_LOGIN = 200
_KEY = re.compile(r"[A-Za-z0-9-]{8,80}")
_SITE = re.compile(r"-?[0-9]{1,12}")


class MindbodySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a site is understood, and how bookings are changed there.

    A class is told of without its name: it is called `class_word`, with who gives it. With an
    `api_key` of the Public API, a `site_number` and a staff member's `username` and
    `password`, bookings are confirmed, moved and cancelled there. `api_url` is where it answers.
    """

    class_word: str = "Class"
    api_key: str = ""
    site_number: str = ""
    username: str = ""
    password: str = ""
    api_url: str = API


def problems_with(settings: MindbodySettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = {}
    if not 1 <= len(settings.class_word.strip()) <= _MAX_WORD:
        problems["class_word"] = f"Say in at most {_MAX_WORD} letters what contacts call a class."
    given = (settings.api_key, settings.site_number, settings.username, settings.password)
    if not any(given):
        return problems
    if not _KEY.fullmatch(settings.api_key):
        problems["api_key"] = "A key has letters, digits and -. Copy it whole, or leave it empty."
    if not _SITE.fullmatch(settings.site_number):
        problems["site_number"] = "A site has a number, as 123456."
    for name, value in (("username", settings.username), ("password", settings.password)):
        if not 1 <= len(value) <= _MAX_LOGIN:
            problems[name] = "The key alone changes nothing there: a staff member's login does."
    return problems
