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
    """The cable between this network and the other, which lives as long as `_holder`."""

    _holder: "subprocess.Popen[bytes]"

    @property
    def within(self) -> Sequence[str]:
        """A command that runs another one in the other network."""
        return ("nsenter", "-t", str(self._holder.pid), "--net", "--")

    def pull(self) -> None:
        """Let nothing through, and tell nobody."""
        _run("ip", "link", "set", "near", "down")

    def plug(self) -> None:
        """Let everything through again."""
        _run("ip", "link", "set", "near", "up")

    def close(self) -> None:
        """Let the other network go."""
        self._holder.kill()
        self._holder.wait()


def laid() -> Cable:
    """Lay a cable into a new network; `enter` comes first."""
    _run("ip", "link", "set", "lo", "up")
    # It says a word once it has moved, and lives until its input ends.
    holder = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "echo; read -r _"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    cable = Cable(_holder=holder)
    _run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
    _run("ip", "link", "set", "far", "netns", str(holder.pid))
    _run("ip", "addr", "add", f"{NEAR}/24", "dev", "near")
    _run("ip", "link", "set", "near", "up")
    for command in (
        ("ip", "link", "set", "lo", "up"),
        ("ip", "addr", "add", f"{FAR}/24", "dev", "far"),
        ("ip", "link", "set", "far", "up"),
    ):
        _run(*cable.within, *command)
    return cable


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
