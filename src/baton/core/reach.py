"""Which places may be asked: the public internet, and of one's own network what was named.

Staff type addresses of systems, providers and mail servers. Without this, whoever may type one
could ask what stands behind the firewall: databases, consoles, a cloud's own credentials.
"""

import ipaddress
from dataclasses import dataclass
from typing import TypeAlias

HERE = "localhost"
"""Named, this very machine may be asked by whoever says so: by no name that leads here unseen."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOLDING = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
)  # NAT64 everywhere (RFC 6052) and of a site (RFC 8215), and the first of all (RFC 4291, 2.5.5.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What of one's own network may be asked: hosts by name, and networks by number."""

    hosts: frozenset[str] = frozenset({HERE})
    networks: tuple[Network, ...] = ()

    def allows(self, host: str, number: str) -> bool:
        """Return whether a host that was found at a number may be asked there."""
        if is_public(number):
            return True
        address = ipaddress.ip_address(number.partition("%")[0])
        if any(address.version == one.version and address in one for one in self.networks):
            return True
        if address.is_loopback and HERE in self.hosts and _says_here(host):
            return True
        return host.lower() in self.hosts - {HERE}


def parse(text: str) -> Reach:
    """Read hosts and networks, joined by commas; "none" is nothing. Raises ValueError."""
    told = [one.strip().lower() for one in text.split(",") if one.strip()]
    if told == ["none"]:
        return Reach(hosts=frozenset())
    networks: list[Network] = []
    hosts = set()
    for one in told:
        if one[0].isdigit() or ":" in one:
            networks.append(ipaddress.ip_network(one))
        else:
            hosts.add(one)
    return Reach(hosts=frozenset(hosts), networks=tuple(networks))


def is_public(number: str) -> bool:
    """Return whether a number is of the public internet, and leads through no tunnel."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and _is_tunnel(address):
        return False  # what it leads to in the end is not for us to find out
    return address.is_global and not address.is_multicast


def _says_here(host: str) -> bool:
    """Return whether an address says itself that it is this machine's."""
    if host.lower() == HERE:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_tunnel(address: ipaddress.IPv6Address) -> bool:
    """Return whether a number holds one of the older kind, which may be a private one."""
    held = address.ipv4_mapped or address.sixtofour or address.teredo
    return held is not None or any(address in network for network in _HOLDING)
