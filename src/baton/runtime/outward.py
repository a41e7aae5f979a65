"""Connections to the world: a name is looked up once, judged, and connected to as it was judged.

A name that answers otherwise the second time leads nowhere else, since there is no second time.
"""

import socket
from collections.abc import Iterable

from baton.core.reach import Reach

Option = tuple[int, int, int | bytes]
_reach = Reach()


class ForbiddenPlace(OSError):  # noqa: N818 - it reads as the outcome that it is
    """A place that may not be asked: in one's own network, and not named in BATON_OWN_NETWORK."""


def permit(reach: Reach) -> None:
    """Let so much of one's own network be asked by this process; said once, at its start."""
    global _reach  # noqa: PLW0603 - a process stands in one network
    _reach = reach


def numbers_of(host: str, port: int) -> list[str]:
    """Return at which numbers a host may be asked, best first.

    Raises ForbiddenPlace when one of them may not be asked, and OSError for an unknown name.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(type(error).__name__) from None
    numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not all(_reach.allows(host, number) for number in numbers):
        raise ForbiddenPlace(host)
    return numbers


def connect(
    host: str, port: int, *, timeout: float | None, options: Iterable[Option] = ()
) -> socket.socket:
    """Return a connection to a host that may be asked; raises OSError as `numbers_of` does."""
    trouble = OSError(f"nothing is known of {host}")
    for number in numbers_of(host, port):
        try:
            opened = socket.create_connection((number, port), timeout)
        except OSError as error:
            trouble = error
            continue
        for option in options:
            opened.setsockopt(*option)
        return opened
    raise trouble
