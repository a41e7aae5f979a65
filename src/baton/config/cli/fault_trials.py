"""`baton simulate --faults`: does every promise hold, whatever fails, and in whatever order?"""

import logging
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton.config import boot
from baton.config.cli.output import show
from baton.core.json import Json

if TYPE_CHECKING:
    from baton.config.faults.search import Finding, Search

USUAL_SEEDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsAsked:
    """Which seeds are played, each for how many steps."""

    seed: int
    seeds: int
    steps: int


def show_faults(asked: FaultsAsked, *, as_json: bool) -> None:
    """Play seeds, tell which broke a law and how; ends with 1 when one did."""
    with tempfile.TemporaryDirectory(prefix="baton-faults-") as home:
        boot.boot(home=Path(home), database_url="sqlite://")
        logging.disable(logging.CRITICAL)  # what fails here was made to
        from django.db import connection  # noqa: PLC0415 - Django comes first

        from baton.config.faults import search  # noqa: PLC0415 - as above

        boot.migrate()
        with search.search_in(connection.connection) as found:
            findings = _play(found, asked, as_json=as_json)
    row: dict[str, Json] = {
        "first_seed": asked.seed,
        "seeds": asked.seeds,
        "steps": asked.steps,
        "violations": [finding.as_row() for finding in findings],
    }
    if as_json:
        show(row, as_json=True)
    else:
        last = asked.seed + asked.seeds - 1
        click.echo(
            f"seeds {asked.seed} to {last}, {asked.steps:,} steps each: {len(findings)} broke a law"
        )
    sys.exit(1 if findings else 0)


def _play(found: "Search", asked: FaultsAsked, *, as_json: bool) -> list["Finding"]:
    findings = []
    seeds = range(asked.seed, asked.seed + asked.seeds)
    with click.progressbar(seeds, label="seeds", file=sys.stderr, hidden=as_json) as bar:
        for seed in bar:
            played = found.play(seed, asked.steps)
            if played.broken is not None:
                findings.append(found.explain(played, asked.steps))
                if not as_json:
                    click.echo(findings[-1].render())
    return findings
