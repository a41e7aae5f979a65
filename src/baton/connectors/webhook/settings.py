"""How a system that posts JSON proves who it is."""

import re
from enum import StrEnum

import msgspec

KIND = "webhook"

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
_PREFIX = re.compile(r"[A-Za-z0-9=_-]{0,20}")


class Proof(StrEnum):
    """What proves who posts."""

    STANDARD = "standard"
    """The three headers of https://www.standardwebhooks.com."""
    HMAC = "hmac"
    """A header that holds the HMAC-SHA256 of the body."""
    ITSELF = "secret"
    """A header that holds the secret itself."""


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one system signs; `header` and `prefix` are for those that are no standard.

    `prefix` stands before the digest (GitHub's "sha256="), which is in hex or base 64.
    """

    proof: str = Proof.STANDARD.value
    header: str = ""
    prefix: str = ""


def problems_with(settings: WebhookSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = {}
    if settings.proof not in set(Proof):
        problems["proof"] = "Choose how the system signs."
    elif settings.proof != Proof.STANDARD and not _HEADER.fullmatch(settings.header):
        problems["header"] = "Name the header, as X-Signature."
    if not _PREFIX.fullmatch(settings.prefix):
        problems["digest_prefix"] = "At most 20 letters, digits, or any of = _ -"
    return problems
