"""A whole installation for tests: a real SQLite file, a real house, a clock moved by hand."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from django.db.models import F
from starlette.applications import Starlette

from baton.config import boot, serving, wiring
from baton.config.clock import Clock, VirtualClock
from baton.config.serving import Front
from baton.config.settings import Part
from baton.config.wiring import Crew
from baton.core.roles import Role
from baton.services.house import House
from baton.services.workspace import inboxes, workspaces
from baton.services.workspace.standards import StandardsCache, standards_cache
from baton.services.workspace.workspaces import Place
from baton.store.crypto import keyset_from
from baton.store.models import Inbox, Location, User, Workspace
from tests.support.engines import default_database, sqlite_settings
from tests.support.once import made_once
from tests.support.standards import loaded

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_KEYSET = keyset_from(b"tests")
_FILE = "template.sqlite3"
PASSWORD = "correct horse battery"
PLACE = Place(
    name="Canal Street",
    address="12 Canal Street",
    phone="+1 555 0100",
    map_url="https://maps.example/canal",
    timezone="UTC",
    week={day: [["06:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One business on one server that is not serving yet."""

    house: House
    clock: Clock
    workspace: Workspace
    inbox: Inbox
    agent: User
    secret: str
    crew: Crew
    app: Starlette

    def step(self, seconds: float = 3) -> None:
        """Let time pass, and everything that is due by then happen."""
        self.pass_time(seconds)
        self.crew.loop.run_idle()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and nothing happen yet."""
        assert isinstance(self.clock, VirtualClock)
        self.clock.advance(timedelta(seconds=seconds))


def migrated_database(factory: pytest.TempPathFactory) -> Path:
    """Return a database of the newest schema with nothing in it; everybody's, to be copied."""
    return made_once(factory, "migrated", _migrate) / _FILE


def _migrate(folder: Path) -> None:
    with default_database(sqlite_settings(folder / _FILE)):
        boot.migrate()


def make_template(factory: pytest.TempPathFactory) -> Path:
    """Return a database with one business and its first member of staff in it."""
    path = Path(shutil.copy(migrated_database(factory), factory.mktemp("template")))
    with default_database(sqlite_settings(path)):
        house = wiring.build_house(_KEYSET, VirtualClock(START), seed=1)
        workspace = workspaces.create(
            house,
            name="Northside Gym",
            pack_name="fitness",
            place=PLACE,
            policy={"coalesce_window": "1s"},
            is_supervised=False,
        )
        workspaces.create_user(
            house,
            workspace.id,
            email="maya@gym.example",
            name="Maya Ortiz",
            role=Role.MANAGER,
            password=PASSWORD,
        )
    return path


def copy_of(template: Path, folder: Path) -> dict[str, object]:
    """Return a fresh copy of the template, as an entry for Django's DATABASES."""
    return sqlite_settings(Path(shutil.copy(template, folder / "baton.sqlite3")))


def untouched_of(template: Path, folder: Path) -> StandardsCache:
    """Return what a server knows of the template's business before a test changes a thing."""
    with default_database(copy_of(template, folder)):
        return loaded(wiring.build_house(_KEYSET, VirtualClock(START), seed=2))


def install(
    clock: Clock, *, known: StandardsCache | None = None, has_crew: bool = False
) -> Installation:
    """Build an installation on a copy of the template as the default database."""
    house = wiring.build_house(_KEYSET, clock, seed=2)
    if known is not None:
        standards_cache(house).begin_with(known)
    inbox = Inbox.objects.get()
    return Installation(
        house=house,
        clock=clock,
        workspace=Workspace.objects.get(),
        inbox=inbox,
        agent=User.objects.get(),
        secret=inboxes.secret_of(house, inbox),
        crew=wiring.crew_of(house, owner="test"),
        app=serving.create_application(
            lambda: house, front=Front(part=Part.ALL if has_crew else Part.WEB)
        ),
    )


def staff_at_any_hour(gym: Installation, *skills: str) -> None:
    """Let somebody be there at any hour, so that what is handed over waits in the queue.

    A server that runs already hears of it: it keeps a workspace until its revision changes.
    """
    User.objects.update(skills=list(skills))
    Location.objects.update(hours={})
    Workspace.objects.filter(id=gym.workspace.id).update(revision=F("revision") + 1)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on a free port of this machine and return its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=3, ws="none"
    )
    server = uvicorn.Server(config)
    ready = threading.Event()
    original = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await original(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign] # the only way to learn the port in time
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        assert ready.wait(30)
        (listening,) = server.servers
        host, port = listening.sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        app.state.gatehouse.close_streams()
        server.should_exit = True
        thread.join()
