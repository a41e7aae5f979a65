"""What an ordeal happens to: the processes, their database, and what was answered with success."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from baton.config.clock import SystemClock
from baton.core import webhook_signature
from tests.faults import cable
from tests.faults.cable import Cable
from tests.faults.cluster import Server
from tests.faults.line import Line

SERVERS, WORKERS = 2, 4
_PORT = int(os.environ.get("BATON_PORT", "8724"))
_DATABASES = _PORT + 1_000
_WORDS = ("What time do you open?", "Where can I park?", "thanks", "Can I talk to a human?")
_PATIENCE = 240.0


@dataclass(slots=True, kw_only=True)
class Site:
    """The processes and how they reach their database; `primary` is written to."""

    folder: Path
    primary: Server
    lines: list[Line]
    url: str
    standby: Server | None = None
    cable: Cable | None = None
    token: str = ""
    secret: str = ""
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    answered: dict[str, list[str]] = field(default_factory=dict)  # by who wrote, in order
    troubles: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def start(self, name: str) -> None:
        """Start a process by its name, "server 0" or "worker 3"."""
        kind, place = name.split()
        command = "serve" if kind == "server" else "worker"
        environment = os.environ | {
            "BATON_HOME": str(self.folder / "home"),
            "BATON_DATABASE_URL": self.url,
            "BATON_READER": "plain",
            "BATON_BACKUP_FOLDER": "off",
            "BATON_PORT": str(_PORT + int(place)),
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "baton.config.cli", command],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill a process and start another in its place."""
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def write(self, client: httpx.Client, who: str, number: int) -> None:
        """Write as somebody, again and again until it is answered with success."""
        id_ = f"{who}-{number:06}"
        words = _WORDS[number % len(_WORDS)]
        body = json.dumps(
            {"type": "message.received", "data": {"from": who, "text": words}}
        ).encode()
        begun = time.monotonic()
        attempt = 0
        while time.monotonic() - begun < _PATIENCE:
            port = _PORT + (number + attempt) % SERVERS
            if self._is_taken(client, port, id_, body):
                self.waits.append(time.monotonic() - begun)
                self.answered.setdefault(who, []).append(id_)
                return
            attempt += 1
            time.sleep(0.05)  # noqa: TID251 - as a provider waits before it comes again
        raise SystemExit(f"{id_} was never answered")

    def _is_taken(self, client: httpx.Client, port: int, id_: str, body: bytes) -> bool:
        stamp = str(int(SystemClock().now().timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": stamp,
            "webhook-signature": webhook_signature.sign(id_, stamp, body, self.secret),
        }
        address = f"http://127.0.0.1:{port}/hooks/{self.token}"
        try:
            return client.post(address, content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def a_site(*, has_cable: bool, has_standby: bool) -> Iterator[Site]:
    """Set up a workspace on a PostgreSQL of its own, and start everybody."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="baton-ordeal-")))
        site = _built(stack, folder, has_cable=has_cable, has_standby=has_standby)
        _furnish(site)
        stack.callback(_end_all, site)
        for place in range(SERVERS):
            site.start(f"server {place}")
        for place in range(WORKERS):
            site.start(f"worker {place}")
        yield site


def _built(stack: ExitStack, folder: Path, *, has_cable: bool, has_standby: bool) -> Site:
    laid = None
    place: dict[str, object] = {}
    if has_cable:
        laid = cable.laid()
        stack.callback(laid.close)
        place = {"host": cable.FAR, "within": laid.within}
    primary = Server(folder=folder / "first", port=_DATABASES, **place)  # type: ignore[arg-type]
    standby = None
    primary.create()
    stack.callback(primary.stop)
    primary.start()
    if has_standby:
        standby = Server(folder=folder / "second", port=_DATABASES + 1, **place)  # type: ignore[arg-type]
        standby.copy(primary)
        stack.callback(standby.stop)
        standby.start()
        primary.follow(synchronously=True)
    servers = [one for one in (primary, standby) if one]
    lines: list[Line] = []
    ends = [(cable.FAR, one.port) for one in servers]
    if not has_cable:
        lines = [Line(one.port) for one in servers]
        for line in lines:
            stack.callback(line.close)
        ends = [("127.0.0.1", line.port) for line in lines]
    return Site(
        folder=folder, primary=primary, standby=standby, lines=lines, cable=laid, url=_url_of(ends)
    )


def _url_of(ends: list[tuple[str, int]]) -> str:
    """Return the address that names every server; the one that may be written to is taken."""
    hosts, ports = (",".join(str(one[place]) for one in ends) for place in (0, 1))
    return (
        f"postgresql://postgres@/postgres?host={hosts}&port={ports}&target_session_attrs=read-write"
    )


def _end_all(site: Site) -> None:
    for process in site.processes.values():
        process.kill()
        process.wait()


def _furnish(site: Site) -> None:
    from baton.config import boot  # noqa: PLC0415 - settings first

    settings = boot.boot(home=site.folder / "home", database_url=site.primary.socket_url())
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django comes first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.stories.founding import PLACE  # noqa: PLC0415
    from baton.services.workspace import inboxes, workspaces  # noqa: PLC0415
    from baton.store.models import Inbox  # noqa: PLC0415

    house = wiring.install(settings)
    workspace = workspaces.create(
        house, name="Ordeal", pack_name="fitness", place=PLACE, is_supervised=False
    )
    inbox = Inbox.objects.get(workspace_id=workspace.id)
    site.token, site.secret = inbox.token, inboxes.secret_of(house, inbox)
    connection.close()
