"""What may happen to a site; each returns when it is over."""

import random
import time
from collections.abc import Callable

from tests.faults.site import Site

_SPANS = (2.0, 6.0, 12.0, 20.0)  # shorter and longer than what either end waits for
_SLOW_SECONDS = 0.15
_WATCHMAN_SECONDS = 1.0

Trouble = Callable[[Site, random.Random], None]


def kill(site: Site, source: random.Random) -> None:
    """A process dies and is started anew."""
    site.kill(source.choice(sorted(site.processes)))


def restart(site: Site, source: random.Random) -> None:  # noqa: ARG001 - the shape of every trouble
    """The database's machine loses its power, and comes back."""
    site.primary.lose_power()
    site.primary.start()


def slow(site: Site, source: random.Random) -> None:
    """Each word to and from the database takes long."""
    for line in site.lines:
        line.slow(_SLOW_SECONDS)
    _last(source)
    _heal(site)


def stall(site: Site, source: random.Random) -> None:
    """The line stands still, then goes on."""
    for line in site.lines:
        line.stand_still()
    _last(source)
    _heal(site)


def cut(site: Site, source: random.Random) -> None:
    """The line breaks, and nobody can connect for a while."""
    for line in site.lines:
        line.cut()
    _last(source)
    _heal(site)


def cable(site: Site, source: random.Random) -> None:
    """The cable is pulled, and plugged in again: nobody is told of either."""
    assert site.cable is not None
    site.cable.pull()
    _last(source)
    site.cable.plug()


def failover(site: Site, source: random.Random) -> None:
    """The database's machine dies for good, and its stand-by is made the one to write to.

    Whoever was to follow the new one would be set up by a person; so it happens once, and
    later turns kill a process instead.
    """
    if site.standby is None:
        kill(site, source)
        return
    site.primary.lose_power()
    time.sleep(_WATCHMAN_SECONDS)  # noqa: TID251 - until whoever watches it is sure
    site.standby.promote()
    site.primary, site.standby = site.standby, None


TROUBLES: dict[str, Trouble] = {
    one.__name__: one for one in (kill, restart, slow, stall, cut, cable, failover)
}


def _heal(site: Site) -> None:
    for line in site.lines:
        line.heal()


def _last(source: random.Random) -> None:
    time.sleep(source.choice(_SPANS))  # noqa: TID251 - real networks
