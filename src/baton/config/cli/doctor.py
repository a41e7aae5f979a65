"""`baton doctor`: what this installation has and lacks, and what to do about it."""

import sys
from dataclasses import asdict

import click

from baton.config import boot
from baton.config.cli.output import json_option, show


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Look at everything that Baton stands on; ends with 1 when something is broken."""
    settings = boot.boot()
    from baton.config import doctor as examining  # noqa: PLC0415 - Django must be set up first
    from baton.config.doctor.findings import State  # noqa: PLC0415

    is_broken = False
    for one in examining.examine(settings):
        is_broken = is_broken or one.state is State.FAILS
        if as_json:
            show(asdict(one), as_json=True)
            continue
        click.echo(f"{one.state:<6} {one.name}: {one.found}")
        if one.remedy:
            click.echo(f"       -> {one.remedy}")
    sys.exit(1 if is_broken else 0)
