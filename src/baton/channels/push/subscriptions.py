"""Where one browser is reached: what it tells when it permits notifications (RFC 8291).

All of it comes from a stranger. It is kept as the address of a contact, as JSON with its
keys in one order, so that the same permission is the same address.
"""

from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from baton.channels.push import keys
from baton.core.errors import InvalidInput

MAX_URL = 2_000
_AUTH_BYTES = 16
_HOSTS_OF_HERE = frozenset({"localhost", "127.0.0.1"})


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's permission.

    Attributes:
        endpoint: where its push service takes messages for it.
        p256dh, auth: the browser's public key, and the secret that only it has besides us.
        key: our public key, to which it gave the permission.
        page: the page of the business on which it did, where a click leads.
    """

    endpoint: str
    p256dh: str
    auth: str
    key: str
    page: str

    @property
    def audience(self) -> str:
        """The origin of its push service."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_here(self) -> bool:
        """Whether its push service is on this very machine, as in tests."""
        return urlsplit(self.endpoint).hostname in _HOSTS_OF_HERE


def check(one: Subscription, *, origin: str, allows_loopback: bool) -> Subscription:
    """Return a permission that can be used; raises InvalidInput.

    `origin` is that of the page which told of it, "" where nobody says.
    """
    problems = {}
    if not _is_service(one.endpoint) and not (allows_loopback and one.is_here):
        problems["endpoint"] = "it must be the address of a push service, by https"
    if not _is_point(one.p256dh) or not _is_secret(one.auth):
        problems["keys"] = "they are no keys of a browser"
    if not _is_page(one.page, origin):
        problems["page"] = "it must be the page that asks"
    if problems:
        raise InvalidInput(problems)
    return one


def render(one: Subscription) -> str:
    """Return a permission as the address of its contact."""
    return msgspec.json.encode(one, order="deterministic").decode()


def read(address: str) -> Subscription | None:
    """Read `render` back; None for what is no such address."""
    try:
        return msgspec.json.decode(address, type=Subscription)
    except msgspec.DecodeError:
        return None


def _is_service(url: str) -> bool:
    """Return whether an address can be one of a push service; where it leads is asked later."""
    host = _host_of(url)
    is_name = "." in host and not host.replace(".", "").isdecimal() and ":" not in host
    return url.startswith("https://") and is_name


def _is_page(url: str, origin: str) -> bool:
    parts = urlsplit(url) if _host_of(url) else None
    if parts is None or parts.scheme not in ("https", "http"):
        return False
    return not origin or f"{parts.scheme}://{parts.netloc}" == origin


def _host_of(url: str) -> str:
    """Return the host of a plain address, "" for what is none."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    is_plain = len(url) <= MAX_URL and url.isascii() and url.isprintable() and " " not in url
    if not is_plain or parts.username is not None or parts.fragment:
        return ""
    return host or ""


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.decode(text))
    except ValueError:
        return False
    return True


def _is_secret(text: str) -> bool:
    try:
        return len(keys.decode(text)) == _AUTH_BYTES
    except ValueError:
        return False
