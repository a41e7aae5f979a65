"""Commands about the keys that everything is sealed with: how they stand, and a new one."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.store.keyset_file import KeysetFile
from baton.store.runtime_store.sqlite import DatabaseInUse, exclusive

if TYPE_CHECKING:
    from baton.services.house import House

_BY_SERVER = (
    "The server that has this database seals everything anew by itself, within minutes; "
    "see how far it is with `baton keys list`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    house: "House"
    file: KeysetFile
    is_free: bool  # whether this process may write


@click.group()
def keys() -> None:
    """The keys that everything is sealed with."""


@keys.command(name="list")
@json_option
def list_keys(*, as_json: bool) -> None:
    """Print each key: since when, whether it seals, and how much it sealed."""
    with _opened() as one:
        from baton.services.privacy import rotating  # noqa: PLC0415 - Django must be set up first

        for place, key in enumerate(rotating.standing(one.file, one.house.keyset.primary)):
            if place and not as_json:
                click.echo()
            show(asdict(key), as_json=as_json)


@keys.command()
@json_option
def rotate(*, as_json: bool) -> None:
    """Make a new key and seal everything anew with it, while Baton works.

    When it is interrupted, `baton keys reseal` goes on. Ends with 1 when something did not open.
    """
    with _opened() as one:
        from baton.services.privacy import rotating  # noqa: PLC0415 - Django must be set up first

        if one.is_free:
            number = rotating.add_key(one.house, one.file)
            reseal_all(one.house, number, as_json=as_json)
        else:
            number = one.file.add_key(one.house.clock.now())
            show({"key": number, "resealed": "by the server"}, as_json=as_json)
            click.echo(_BY_SERVER, err=True)


@keys.command()
@json_option
def reseal(*, as_json: bool) -> None:
    """Seal with the key in use what older keys hold still; goes on where it was interrupted.

    Ends with 1 when something did not open: it was changed, or its key is gone.
    """
    with _opened() as one:
        if not one.is_free:
            raise click.ClickException(_BY_SERVER)
        reseal_all(one.house, one.house.keyset.primary, as_json=as_json)


@keys.command()
@json_option
def retire(*, as_json: bool) -> None:
    """Forget keys that seal nothing any more; backups from before need their own keyset.json."""
    with _opened() as one:
        from baton.services.privacy import rotating  # noqa: PLC0415 - Django must be set up first

        if not one.is_free:
            message = "Stop the server first: it has this database."
            raise click.ClickException(message)
        show({"retired": rotating.retire(one.house, one.file)}, as_json=as_json)


@keys.command()
@json_option
def check(*, as_json: bool) -> None:
    """Open everything that is sealed; ends with 1 when something was changed."""
    with _opened() as one:
        from baton.services.privacy import rotating  # noqa: PLC0415 - Django must be set up first

        counts: dict[str, int] = {}
        broken = rotating.broken_seals(one.house, told=counts.__setitem__)
        show({"values": sum(counts.values()), "broken": broken}, as_json=as_json)
    sys.exit(1 if broken else 0)


def reseal_all(house: "House", number: int, *, as_json: bool) -> None:
    """Seal everything with the key in use; raises ClickException when something did not open."""
    from baton.services.privacy import rotating  # noqa: PLC0415 - Django must be set up first

    def told(place: str, done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{done:,} values, in {place}", err=True, nl=False)

    ended = rotating.reseal(house, told=told)
    if sys.stderr.isatty():
        click.echo("", err=True)
    broken = [*ended.broken]
    show({"key": number, "resealed": ended.done, "broken": broken}, as_json=as_json)
    if broken:
        message = (
            f"{len(broken)} values did not open and stay as they were: they were changed, or their "
            "key is gone. The older key stays too. See docs/operate.md, and a backup."
        )
        raise click.ClickException(message)


@contextlib.contextmanager
def _opened() -> Iterator[_Opened]:
    """Open the house; an embedded database that a server has can be looked at meanwhile."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first

    with contextlib.ExitStack() as held:
        is_free = True
        if settings.database_url.startswith("sqlite"):
            try:
                held.enter_context(exclusive(settings.home / "baton.sqlite3"))
            except DatabaseInUse:
                is_free = False
        if is_free:
            boot.migrate()
        house = wiring.install(settings)
        yield _Opened(house=house, file=wiring.keyset_file(settings), is_free=is_free)
