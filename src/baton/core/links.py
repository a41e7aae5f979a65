"""Which addresses a short link may lead to, and whether somebody or something opened it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

MAX_TARGET = 2_000
_PREFETCH = ("purpose", "sec-purpose", "x-moz", "x-purpose")
# Previews, scanners of mailboxes and crawlers say who they are; browsers name none of these.
_MACHINES = (
    "bot", "crawl", "spider", "slurp", "preview", "facebookexternalhit", "whatsapp/",
    "skypeuripreview", "google-safety", "safelinks", "barracuda", "proofpoint", "mimecast",
    "python-", "curl/", "wget/", "go-http-client", "okhttp", "headless",
)  # fmt: skip


def may_lead_to(url: str) -> bool:
    """Return whether an address of a flow may stand behind a short link: a plain web page."""
    if len(url) > MAX_TARGET or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc


def is_by_person(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request looks like somebody's click; `headers` are in lower case.

    A look ahead, a preview and a scan of the mailbox are none. What does not say who it is
    counts as a machine.
    """
    agent = headers.get("user-agent", "").lower()
    looks_ahead = any("prefetch" in headers.get(name, "").lower() for name in _PREFETCH)
    is_machine = not agent or any(word in agent for word in _MACHINES)
    return method == "GET" and not looks_ahead and not is_machine
