"""A network of its own for a database, at the end of a cable that can be pulled.

A line of our own (`line.py`) still acknowledges what it takes. A real cut does not: nothing
comes back, not even that nothing will, and both ends wait as long as they were told to. Needs
Linux and root. Everything happens in networks that nobody else is in and that end with us.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_INSIDE = "BATON_ORDEAL_INSIDE"
NEAR, FAR = "10.77.0.1", "10.77.0.2"


def enter(module: str) -> None:
    """Run this command anew in a network of its own, unless it is in one."""
    if os.environ.get(_INSIDE):
        return
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        raise SystemExit("pulling a cable needs Linux, root, and the programs unshare and ip")
    os.environ[_INSIDE] = "1"
    command = ["unshare", "--net", sys.executable, "-m", module, *sys.argv[1:]]
    os.execvp(command[0], command)  # noqa: S606 - no shell is needed


@dataclass(slots=True, kw_only=True)
class Cable:
    """The cable between this network and the other; each but ours lives as long as its holder.

    It goes through a switch in a third one. There it is pulled: who lives at an end of it sees
    a link that is up, and a device that knows its link to be down would try again sooner.
    """

    _switch: "subprocess.Popen[bytes]"
    _other: "subprocess.Popen[bytes]"

    @property
    def within(self) -> Sequence[str]:
        """A command that runs another one in the other network."""
        return _within(self._other.pid)

    def pull(self) -> None:
        """Let nothing through, and tell nobody."""
        _run(*_within(self._switch.pid), "ip", "link", "set", "to-far", "nomaster")

    def plug(self) -> None:
        """Let everything through again."""
        _run(*_within(self._switch.pid), "ip", "link", "set", "to-far", "master", "switch")

    def close(self) -> None:
        """Let the other networks go."""
        for holder in (self._other, self._switch):
            holder.kill()
            holder.wait()


def laid() -> Cable:
    """Lay a cable into a new network; `enter` comes first."""
    switch, other = _network(), _network()
    _run("ip", "link", "set", "lo", "up")
    _run(*_within(other.pid), "ip", "link", "set", "lo", "up")
    _run(*_within(switch.pid), "ip", "link", "add", "switch", "type", "bridge")
    _run(*_within(switch.pid), "ip", "link", "set", "switch", "up")
    _join(switch, os.getpid(), "near", NEAR)
    _join(switch, other.pid, "far", FAR)
    return Cable(_switch=switch, _other=other)


def _join(switch: "subprocess.Popen[bytes]", whose: int, end: str, address: str) -> None:
    """Lay a wire from the switch into a process's network, and give that end an address."""
    here, there = _within(switch.pid), _within(whose)
    port = f"to-{end}"
    wire = ("type", "veth", "peer", "name", end, "netns", str(whose))
    _run(*here, "ip", "link", "add", port, *wire)
    _run(*here, "ip", "link", "set", port, "master", "switch")
    _run(*here, "ip", "link", "set", port, "up")
    _run(*there, "ip", "addr", "add", f"{address}/24", "dev", end)
    _run(*there, "ip", "link", "set", end, "up")


def _network() -> "subprocess.Popen[bytes]":
    """Return the holder of a new network: it says a word once it lives there."""
    holder = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "echo; read -r _"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    return holder


def _within(pid: int) -> tuple[str, ...]:
    return ("nsenter", "-t", str(pid), "--net", "--")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
