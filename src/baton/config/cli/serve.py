"""Commands that run Baton: serve, worker, migrate, demo."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING

import click
import uvicorn

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import only_process
from baton.config.settings import Part, Settings
from baton.config.variables import unknown_names
from baton.core.json import Json

if TYPE_CHECKING:
    from baton.services.house import House

DEMO_SEED = 7
DEMO_WEEKS = 5
DEMO_PACK = "fitness"
_ROLE_HELP = "web: no worker; worker: only /healthz and /readyz; all unless BATON_ROLE is set."
_PACK_HELP = "Whose demo is made, where there is none yet: that of a pack, as retail."


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 unless BATON_HOST says otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; 8000 unless BATON_PORT is set.")
@click.option("--role", type=click.Choice([one.value for one in Part]), help=_ROLE_HELP)
@click.option("--demo", is_flag=True, help="Offer one-click sign-in and play a day's traffic.")
@click.option("--pack", default=DEMO_PACK, show_default=True, help=_PACK_HELP)
def serve(host: str | None, port: int | None, role: str | None, pack: str, *, demo: bool) -> None:
    """Serve console, API, widget and worker in one process, or a part of them."""
    given = {"BATON_HOST": host, "BATON_PORT": port and str(port), "BATON_ROLE": role}
    os.environ.update({name: value for name, value in given.items() if value})
    if demo:
        os.environ["BATON_DEMO"] = "1"
    settings = boot.boot()
    _warn_of_unknown()
    _require_ground(settings)
    with only_process(settings), _bound(settings) as bound:
        if settings.part is Part.WORKER:
            place = f"http://{settings.host}:{settings.port}"
            click.echo(f"Baton works; its state is at {place}/healthz  (stop with Ctrl+C)")
        else:
            house = _make_ready(settings, pack)
            click.echo(f"Baton serves on {settings.base_url}  (stop with Ctrl+C)")
            _tell_first_link(house)
        uvicorn.Server(_serving()).run(sockets=[bound])


def _serving() -> uvicorn.Config:
    return uvicorn.Config(
        "baton.config.asgi:application",
        log_config=None,  # written as all other lines are
        log_level="warning",
        access_log=False,
        server_header=False,  # nobody is told what answers
        timeout_graceful_shutdown=5,
    )


def _make_ready(settings: Settings, pack: str) -> "House":
    """Bring the database up, and what a server looks after at every start."""
    boot.migrate()
    # Also without the demo: a keyset that is not the database's is told before all else.
    house = _install(settings)
    if settings.demo:
        click.echo("The demo is made ready; the first time, its reader is trained as well.")
        made = _ensure_demo(house, seed=DEMO_SEED, pack=pack, weeks=DEMO_WEEKS)
        show(made, as_json=False)
    _plan_daily_checks(house)
    _erase_again(house, settings)
    return house


@click.command()
@click.option("--name", default="", help="How this worker calls itself in claims.")
def worker(name: str) -> None:
    """Run a worker of its own, without a port; see `serve --role worker` for one with health."""
    os.environ["BATON_ROLE"] = Part.WORKER
    settings = boot.boot()
    _warn_of_unknown()
    _require_ground(settings)
    from baton.config import daily_backup, wiring  # noqa: PLC0415 - Django must be set up first
    from baton.config.serving import CrewThreads, process_name  # noqa: PLC0415

    house = wiring.install(settings)
    stop = threading.Event()

    def halt(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    def tell() -> None:
        wiring.settle()
        click.echo(f"{owner} works; stop with Ctrl+C")

    signal.signal(signal.SIGTERM, halt)
    signal.signal(signal.SIGINT, halt)
    owner = name or process_name()
    click.echo("The reader is being made ready; the first time takes a minute or two.")
    with wiring.hearing_others(house):
        crew = CrewThreads(house, owner=owner, on_ready=tell, is_alone=True)
        crew.start()
        daily_backup.start(settings, house, stop)
        stop.wait()
        crew.stop()


def _warn_of_unknown() -> None:
    if unknown := unknown_names(os.environ):
        names = ", ".join(unknown)
        click.echo(f"Warning: nothing reads {names}; `baton settings` lists all.", err=True)


def _require_ground(settings: Settings) -> None:
    if settings.part is not Part.ALL and settings.database_url.startswith("sqlite"):
        raise click.ClickException(
            "SQLite serves one process, which `baton serve` is. Set BATON_DATABASE_URL to a "
            "postgresql:// address to run servers and workers of their own."
        )
    if settings.part is Part.WORKER and boot.is_behind():
        raise click.ClickException(
            "The database is not at this version's schema yet. Start a web server of this version "
            "first, or run baton migrate."
        )


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; data stays."""
    settings = boot.boot()
    with only_process(settings):
        boot.migrate(verbosity=1)


@click.command()
@json_option
@click.option("--seed", default=DEMO_SEED, show_default=True, help="Another seed, another history.")
@click.option("--pack", default=DEMO_PACK, show_default=True, help=_PACK_HELP)
@click.option("--weeks", default=DEMO_WEEKS, show_default=True, help="Before its last three days.")
def demo(seed: int, pack: str, weeks: int, *, as_json: bool) -> None:
    """Make the demo workspace with people and weeks of history, if there is none."""
    settings = boot.boot()
    with only_process(settings):
        boot.migrate()
        made = _ensure_demo(_install(settings), seed=seed, pack=pack, weeks=weeks)
        show(made, as_json=as_json)


def _install(settings: Settings) -> "House":
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first

    return wiring.install(settings)


def _plan_daily_checks(house: "House") -> None:
    from baton.services.workspace import daily_check  # noqa: PLC0415 - Django must be set up first
    from baton.services.workspace.standards import standards_cache  # noqa: PLC0415

    daily_check.plan_all(house, standards_cache(house).setting_of)


def _erase_again(house: "House", settings: Settings) -> None:
    """Let nobody come back with a backup who was erased since it was made."""
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.privacy import erasing  # noqa: PLC0415

    done = erasing.erase_again(house, wiring.manifest(settings))
    if done.erased:
        click.echo(f"{done.erased} contacts whom a backup had brought back are erased again.")
    if done.held:
        click.echo(
            f"{done.held} contacts who were erased are back with a backup, and a legal hold that "
            "came with them keeps them. They are erased once somebody lifts it: Contacts."
        )


def _tell_first_link(house: "House") -> None:
    """Say where the first workspace is made, as long as there is none."""
    from baton.services.desk import founding  # noqa: PLC0415 - Django must be set up first

    if link := founding.find_link(house):
        click.echo("There is no workspace yet. Make it in your browser; this link works once:")
        click.echo(f"  {link}")


def _ensure_demo(house: "House", *, seed: int, pack: str, weeks: int) -> dict[str, Json]:
    from baton.config.demo import history, script  # noqa: PLC0415 - Django must be set up first

    if pack not in script.list_packs():
        known = ", ".join(script.list_packs())
        raise click.ClickException(f"There is no demo of the pack {pack!r}; there are {known}.")
    return history.ensure(house, seed=seed, pack=pack, before=weeks)


@contextlib.contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    """Hold the port: that another program has it is told now, not after the demo was made."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
        except OSError as refused:
            raise click.ClickException(
                f"Cannot listen on {settings.host} port {settings.port}: {refused.strerror}. "
                "Choose another port with --port or BATON_PORT."
            ) from refused
        yield bound
