"""How a push inbox is set: the name above its notifications, and the keys that sign them."""

import re

import msgspec

from baton.channels.push.keys import VapidKey

WEB_PUSH = "web_push"
MAX_TITLE = 60
_EMAIL = re.compile(r"[^@\s]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class WebPushSettings(
    msgspec.Struct, frozen=True, kw_only=True, tag=WEB_PUSH, tag_field="provider"
):
    """What browsers and push services are told of us.

    Attributes:
        sender: the title of every notification.
        contact: the email address at which push services reach whoever runs this.
        keys: the newest first.
        allows_loopback: also reach a push service on this very machine, for tests; a browser
            says where its push service is, and must not make us call our own network.
    """

    sender: str
    contact: str
    keys: tuple[VapidKey, ...]
    allows_loopback: bool = False

    @property
    def public_key(self) -> str:
        """What a browser gives its permission to."""
        return self.keys[0].public

    def key_of(self, public: str) -> VapidKey | None:
        """Return the pair that a permission was given to; None once it is forgotten."""
        return next((one for one in self.keys if one.public == public), None)


def problems_with(settings: WebPushSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    problems = {}
    title = settings.sender.strip()
    if not title or len(title) > MAX_TITLE or _CONTROL.search(title):
        problems["sender"] = f"Write a title on one line, of at most {MAX_TITLE} characters."
    if not _EMAIL.fullmatch(settings.contact):
        problems["contact"] = "Write an email address at which push services can reach you."
    return problems
