"""Email addresses in one form, so that one person has one address."""

import re
from email.headerregistry import Address
from email.utils import parseaddr

import idna

_MAX = 254  # RFC 5321, section 4.5.3.1: 256 with its angle brackets
_LOCAL = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,64}")
_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{2,63}")


def parse_address(raw: str) -> str | None:
    """Return an address in lower case with its domain in ASCII, None for what is none.

    The part before the @ is lowered as well: RFC 5321 lets a host tell cases apart, none of
    note does, and people write their own address either way. Quoted ones are refused.
    """
    local, at, domain = raw.strip().rpartition("@")
    if not at or len(raw) > _MAX or not _LOCAL.fullmatch(local) or _has_lone_dot(local):
        return None
    host = host_of(domain)
    return f"{local.lower()}@{host}" if host and "." in host else None


def host_of(domain: str) -> str | None:
    """Return a domain in lower case and ASCII, None for what is none."""
    try:
        host = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None
    return host if _HOST.fullmatch(host) else None


def named(name: str, address: str) -> str:
    """Return a mailbox as a header shows it, with a name before the address."""
    local, _, domain = address.rpartition("@")
    return str(Address(display_name=name, username=local, domain=domain))


def first_of(header: str) -> tuple[str, str]:
    """Return the name and the address that stand first in a header, "" for what is missing."""
    try:
        name, address = parseaddr(header)
    except RecursionError:  # comments in comments in comments
        return "", ""
    return name, parse_address(address) or ""


def _has_lone_dot(local: str) -> bool:
    return local.startswith(".") or local.endswith(".") or ".." in local
