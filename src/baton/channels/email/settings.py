"""How an email inbox is connected: a server that sends, a mailbox that is read, a signature."""

import re
from enum import StrEnum

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from baton.channels.email import addresses

SMTP = "smtp"
_SERVER_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,200}[a-z0-9])?")
_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_LEAST_BITS = 1024  # RFC 8301 forbids less, and asks for 2048
_MOST_PORT = 65_535


class Security(StrEnum):
    """How a connection is kept from others; `NONE` is for a server on this very machine."""

    TLS = "tls"  # from the first byte on: ports 465 and 993
    STARTTLS = "starttls"  # asked for before anything else is said: ports 587 and 143
    NONE = "none"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server and who asks it; without a host there is none, without a user nobody signs in."""

    host: str = ""
    port: int = 0
    security: Security = Security.TLS
    user: str = ""
    password: str = ""


class EmailSettings(msgspec.Struct, frozen=True, kw_only=True, tag=SMTP, tag_field="provider"):
    """A mailbox of the business.

    Attributes:
        sender: the address that contacts see and write to.
        from_name: the name beside it.
        outgoing: the SMTP server that takes what we send.
        incoming: the IMAP server whose folder is read; none where mail comes by the listener.
        folder: the mailbox's folder.
        dkim_selector, dkim_key: with which to sign (RFC 6376), a private key as PEM; "" where
            the server signs.
        reply_domain: a domain whose mail comes to our own listener, for answers and bounces
            that name their message; "" without.
    """

    sender: str
    from_name: str = ""
    outgoing: Server
    incoming: Server = Server()
    folder: str = "INBOX"
    dkim_selector: str = ""
    dkim_key: str = ""
    reply_domain: str = ""
    trusted_server: str = ""

    @property
    def domain(self) -> str:
        """The domain of the sender, which messages are named and signed by."""
        return self.sender.rpartition("@")[2]


def problems_with(settings: EmailSettings) -> dict[str, str]:
    """Return what cannot be used, by field of the form, in words for whoever fills it in."""
    problems = {}
    is_plain = settings.sender.isascii()  # others would need SMTPUTF8 of every server
    if not is_plain or addresses.parse_address(settings.sender) != settings.sender:
        problems["sender"] = "Write the address that contacts write to, as hello@example.com."
    if not settings.from_name.isprintable():
        problems["from_name"] = "Leave out line breaks and signs that cannot be seen."
    is_name = settings.folder.isascii() and settings.folder.isprintable()
    if not settings.folder.strip() or not is_name:
        problems["folder"] = "Name the folder in plain letters, as INBOX."
    if settings.reply_domain and addresses.host_of(settings.reply_domain) != settings.reply_domain:
        problems["reply_domain"] = "Write a domain alone, as reply.example.com."
    if settings.trusted_server and not _SERVER_NAME.fullmatch(settings.trusted_server):
        problems["trusted_server"] = "Copy the first word of the header, as mx.example.com."
    problems |= _server_problems(settings.outgoing, "smtp")
    if settings.incoming.host:
        problems |= _server_problems(settings.incoming, "imap")
    return problems | _signature_problems(settings)


def _server_problems(server: Server, name: str) -> dict[str, str]:
    problems = {}
    if server.host not in _HERE and addresses.host_of(server.host) != server.host:
        problems[f"{name}_host"] = "Write the server's name alone, as mail.example.com."
    if not 0 < server.port <= _MOST_PORT:
        problems[f"{name}_port"] = "A port is a number from 1 to 65535."
    if server.security is Security.NONE and server.host not in _HERE:
        problems[f"{name}_security"] = "Only a server on this very machine goes without TLS."
    if server.user and not server.password:
        problems |= {f"{name}_password": "Write the password that belongs to this user."}
    return problems


def _signature_problems(settings: EmailSettings) -> dict[str, str]:
    if not settings.dkim_selector and not settings.dkim_key:
        return {}
    if not _SELECTOR.fullmatch(settings.dkim_selector):
        return {"dkim_selector": "A selector is a short word, as baton1: the record's first part."}
    try:
        key = load_pem_private_key(settings.dkim_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return {"dkim_key": "Paste the whole private key, from -----BEGIN to -----, no password."}
    if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
        return {"dkim_key": f"The key must be an RSA key of at least {_LEAST_BITS} bits."}
    return {}
