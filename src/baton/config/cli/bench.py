"""`baton bench`: measures, in a process of its own a database, and prints JSON."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from baton.config import boot
from baton.config.bench import deciding, peeking, purchases, rivals, servers
from baton.config.cli.output import show
from baton.config.settings import READERS

DATABASES = ("sqlite", "postgresql")
PARTS = ("banking77", "clinc150", "sentiment", "pack")


@click.group()
def bench() -> None:
    """Measure speed and memory against a floor of the same run."""


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--messages", default=6_000, show_default=True, help="How many messages to send.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
@click.option(
    "--reader",
    type=click.Choice(READERS),
    default="plain",
    show_default=True,
    help="By words alone, or by meaning too where words leave a doubt.",
)
def inbound(messages: int, database: tuple[str, ...], reader: str, *, as_json: bool) -> None:
    """Messages a second on one core, from ingress to the reply in the outbox."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "inbound", messages, reader=reader)
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--messages", default=6_000, show_default=True, help="How many messages each way.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def sealing(messages: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """What encryption and tokens cost of the messages a second, the same run without them."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "sealing", messages, reader="plain")
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--values", default=1_000_000, show_default=True, help="How many are sealed anew.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def rotation(values: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """What a rotation loses that is killed five times, and how many values a second it does."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "rotation", values, reader="plain")
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with banking77/ and clinc150/.",
)
@click.option("--part", type=click.Choice(PARTS), multiple=True, help="Default: all.")
def nlu(data: Path, part: tuple[str, ...], *, as_json: bool) -> None:
    """How well and how fast messages are read, beside what a user would assemble."""
    for name in part or PARTS:
        command = [sys.executable, "-m", "baton.config.bench.reading", str(data), name]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise click.ClickException(f"the measurement failed:\n{done.stderr[-2000:]}")
        for line in done.stdout.splitlines():
            show(json.loads(line), as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with banking77/ and clinc150/.",
)
@click.option("--tickets", default=50_000, show_default=True, help="How many are assessed.")
def assess(data: Path, tickets: int, *, as_json: bool) -> None:
    """How well requests are found without labels, beside k-means, and how fast tickets are."""
    for part in ("clinc150", "banking77", "speed"):
        module = "baton.config.bench.assessing"
        command = [sys.executable, "-m", module, str(data), part, str(tickets)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise click.ClickException(f"the measurement failed:\n{done.stderr[-2000:]}")
        show(json.loads(done.stdout), as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--pack", "name", default="fitness", show_default=True, help="Whose reader hears.")
@click.argument(
    "suite", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def stops(suite: tuple[Path, ...], name: str, *, as_json: bool) -> None:
    """How many messages of a SUITE file stop, with each miss and each false stop listed."""
    from baton.config.bench import stops as measure  # noqa: PLC0415 - a reader is dear to load
    from baton.nlu.reader import LocalReader  # noqa: PLC0415
    from baton.services.workspace import packs  # noqa: PLC0415

    pack = packs.load_pack(name)
    reader = LocalReader(pack)
    for path in suite:
        for row in measure.measured(measure.load(path), pack, reader):
            show({"suite": path.stem, **row}, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--waiting", default=1_000_000, show_default=True, help="How many runs wait.")
@click.option("--due", default=100_000, show_default=True, help="How many are due at once.")
@click.option("--jobs", default=2_000, show_default=True, help="Due jobs of each other queue.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def timers(waiting: int, due: int, jobs: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """Waiting runs a second that their time takes through the interpreter into the outbox.

    Beside it: bare writes, and procrastinate and DBOS with the same reminder.
    """
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "timers", waiting, due)
                found = rivals.measured(url, Path(folder), jobs) if jobs else {}
            if found:
                row |= found
                row["times_ahead"] = round(int(str(row["rate_per_s"])) / max(found.values()), 1)
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--messages", default=3_000, show_default=True, help="How many are sent.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def send(messages: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """Messages a second through the policy to a provider on loopback, beside bare posts."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "send", messages)
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--conversations", default=20_000, show_default=True, help="How many are open.")
@click.option("--consoles", default=50, show_default=True, help="How many agents look on.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def inbox(conversations: int, consoles: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """How fast the inbox opens, and how soon every open console shows a change."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "inbox", conversations, consoles, reader="plain")
            show(row, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--contacts", default=1_000_000, show_default=True, help="How many are scored.")
@click.option("--visits", default=8, show_default=True, help="Of each in the year, on average.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def churn(contacts: int, visits: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """How long the daily scoring takes, and how well its rules foresee who stays away."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "scoring", contacts, visits, reader="plain")
            show(row, as_json=as_json)
    foreseen = purchases.measured()
    if foreseen:
        show(foreseen, as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--messages", default=100_000, show_default=True, help="How many are replayed.")
def replay(messages: int, *, as_json: bool) -> None:
    """Messages of a past log replayed a second on one core, under two candidates."""
    boot.boot()
    from baton.config.bench import replaying  # noqa: PLC0415 - Django must be set up first

    show(replaying.measured(messages), as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--claims", default=50_000, show_default=True, help="How many are decided.")
def returns(claims: int, *, as_json: bool) -> None:
    """Returns a second that the policy decides on one core, each with all its reasons."""
    show(deciding.measured(claims), as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--experiments", "count", default=2_000, show_default=True, help="How many.")
def experiments(count: int, *, as_json: bool) -> None:
    """False alarms of experiments without an effect, looked at daily; beside one-look intervals."""
    show(peeking.measured(count), as_json=as_json)


@bench.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--events", default=10_000_000, show_default=True, help="In a year, all told.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def reports(events: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """How fast reports open over a year, and are kept up; beside DuckDB on exported files."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "reports", events, reader="plain")
            show(row, as_json=as_json)


@bench.command(name="import")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--lines", default=200_000, show_default=True, help="How many lines the file has.")
@click.option("--database", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
def import_file(lines: int, database: tuple[str, ...], *, as_json: bool) -> None:
    """How fast a large export with faults is kept, and whether twice is the same as once."""
    for name in database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
            with servers.database_url(name, Path(folder)) as url:
                row = measure(url, Path(folder), "imports", lines, reader="plain")
            show(row, as_json=as_json)


def measure(
    url: str, home: Path, module: str, *sizes: int, reader: str = "full"
) -> dict[str, object]:
    environment = os.environ | {
        "BATON_HOME": str(home),
        "BATON_DATABASE_URL": url,
        "BATON_READER": reader,
    }
    if module == "inbound":  # the one that is held to a limit of memory
        # A reader is trained once an installation. What that takes is no part of what follows.
        taught = [sys.executable, "-m", "baton.config.cli", "classify", "hello"]
        subprocess.run(taught, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-m", f"baton.config.bench.{module}", *map(str, sizes)],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise click.ClickException(f"the measurement failed:\n{done.stderr[-2000:]}")
    row: dict[str, object] = json.loads(done.stdout)
    return row
