"""Where what customers wrote may be sent: over TLS, or to this very machine."""

import ipaddress
from urllib.parse import urlsplit

from baton.core.errors import InvalidInput

_MAX_LENGTH = 500


def check(url: str, *, field: str) -> str:
    """Return the address; raises InvalidInput for one that is unsafe or no address."""
    problem = _problem_with(url)
    if problem:
        raise InvalidInput({field: problem})
    return url


def host_of(url: str) -> str:
    """Return who is asked, for people: the host without path and query."""
    return urlsplit(url).hostname or ""


def is_here(url: str) -> bool:
    """Return whether an address is on this very machine."""
    return _is_here(host_of(url))


def _problem_with(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if not host or len(url) > _MAX_LENGTH or not url.isprintable() or " " in url:
        return f"write a whole address, such as https://nlu.example.com/read, not {url[:60]!r}"
    if parts.username or parts.password or parts.fragment:
        return "leave out user, password and fragment; secrets have a field of their own"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(host)):
        return None
    return "it must start with https://, unless it is on this very machine"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
