"""How a command comes to the house and the one workspace that it works on."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from baton.config import boot
from baton.config.settings import Settings
from baton.store.runtime_store.sqlite import DatabaseInUse, exclusive

if TYPE_CHECKING:
    from baton.services.house import House


workspace_option = click.option(
    "--workspace", default="", help="Its name or id; not needed when there is only one."
)


@contextlib.contextmanager
def opened(named: str, *, alone: bool, meanwhile: str = "") -> Iterator[tuple["House", str]]:
    """Install the house and find the workspace; who writes holds the embedded database alone.

    `meanwhile` says what else can be done while another process has that database.
    """
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.workspace import lessons  # noqa: PLC0415

    with contextlib.ExitStack() as held:
        if alone and settings.database_url.startswith("sqlite"):
            try:
                held.enter_context(exclusive(settings.home / "baton.sqlite3"))
            except DatabaseInUse as error:
                raise click.ClickException(f"{error.message} {meanwhile}".rstrip()) from error
            boot.migrate()
        yield wiring.install(settings), lessons.workspace_named(named).id


@contextlib.contextmanager
def only_process(settings: Settings) -> Iterator[None]:
    """Hold the embedded database alone; PostgreSQL is shared by any number of processes."""
    if not settings.database_url.startswith("sqlite"):
        yield
        return
    try:
        with exclusive(settings.home / "baton.sqlite3"):
            yield
    except DatabaseInUse as error:
        raise click.ClickException(error.message) from error
