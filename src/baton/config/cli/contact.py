"""Commands about one contact: the proof of what they permitted."""

import click

from baton.config import boot
from baton.config.cli.output import json_option, show


@click.group()
def contact() -> None:
    """One contact."""


@contact.command()
@click.argument("contact_id")
@json_option
def consents(contact_id: str, *, as_json: bool) -> None:
    """Print every permission that a contact gave or took back, with its proof, oldest first."""
    boot.boot()
    from baton.services import contact_desk  # noqa: PLC0415 - Django must be set up first

    for place, row in enumerate(contact_desk.proof_of(contact_id)):
        if place and not as_json:
            click.echo()
        show(row, as_json=as_json)
