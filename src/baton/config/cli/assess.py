"""`baton assess`: what of the past is worth automating, and what to begin with."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from baton.config import boot
from baton.config.cli.output import json_option
from baton.config.cli.workspace import opened, workspace_option
from baton.connectors.files import past
from baton.core.errors import InvalidInput
from baton.core.json import Json

if TYPE_CHECKING:
    from baton.services.pilot.assessing import Assessment
    from baton.services.pilot.setting_up import SetUp
    from baton.services.pilot.sorting import Sorter

NO_PACK = "none"


@click.command()
@click.argument(
    "exports",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--pack", "name", default="fitness", show_default=True, help='"none": only groups.')
@click.option("--from", "kind", type=click.Choice(past.KINDS), default="auto", show_default=True)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="Of a table: FIELD=COLUMN, as in words=Body; FIELD is one of words, subject, answer, "
    "contact, channel, opened_at, answers, handled_minutes, mark, status.",
)
@click.option("--zone", default="UTC", show_default=True, help="Of the business.")
@click.option("--weeks", default=4.0, show_default=True, help="Spanned by exports without days.")
@click.option("--handle-minutes", type=click.FloatRange(0, 480), help="One takes, if none says.")
@click.option("--hour-costs", type=click.FloatRange(min=0), help="An hour of an agent.")
@click.option("--month-costs", type=click.FloatRange(min=0), help="Automation, in a month.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report.")
@click.option("--set-up", "in_name_of", metavar="EMAIL", default="", help="Set the workspace up.")
@click.option("--flow", "flows", multiple=True, help="With --set-up: this one, not the first.")
@workspace_option
@json_option
def assess(  # noqa: PLR0913, PLR0917 - a command's options
    exports: tuple[Path, ...],
    name: str,
    kind: str,
    columns: tuple[str, ...],
    zone: str,
    weeks: float,
    handle_minutes: float | None,
    hour_costs: float | None,
    month_costs: float | None,
    out: Path | None,
    in_name_of: str,
    flows: tuple[str, ...],
    workspace: str,
    *,
    as_json: bool,
) -> None:
    """Read EXPORTS of past conversations and say what to automate first, and what never.

    Known are exports of Zendesk, Intercom, Chatwoot, Gorgias and Freshdesk (JSON), mailboxes
    (mbox), and tables (CSV, XLSX). Nothing of them is kept. With --out one page is written that
    can be printed. With --set-up the findings are kept in the workspace and it is set up from them,
    in the name of whoever has that address: the flow to begin with as a draft, and the request
    types that matter most. It ends with 1 when something could not be read, and tells each line.
    """
    boot.boot()
    costs = {"handle_time": handle_minutes, "wage": hour_costs, "month": month_costs}
    sorter = _sorter(name, costs, quiet=as_json)
    found = _assessed(sorter, exports, kind, _columns_in(columns), _zone_of(zone), weeks)
    from baton.services.pilot import telling  # noqa: PLC0415 - Django must be set up first
    from baton.web.pilot import assessment_paper  # noqa: PLC0415 - likewise

    told = telling.told(found)
    if out is not None:
        out.write_text(assessment_paper.page_of(told), encoding="utf-8")
    done = None
    if in_name_of:
        done = _set_up(workspace, in_name_of, exports[0].name, told, _Chosen(name, flows))
    if as_json:
        more = {"set_up": asdict(done)} if done else {}
        click.echo(json.dumps({**told, **more}, ensure_ascii=False))
    else:
        click.echo(assessment_paper.text_of(told))
        for line in _done_in_words(done) if done else ():
            click.echo(line)
    if found.fault_count:
        raise SystemExit(1)


class _Chosen(NamedTuple):
    """What somebody chose to set up: the pack that was assessed by, and flows, if any."""

    pack: str
    flows: tuple[str, ...]


def _set_up(
    named: str, email: str, file_name: str, told: dict[str, Json], chosen: "_Chosen"
) -> "SetUp":
    meanwhile = "Upload it in the console: Pilot > What to automate."
    with opened(named, alone=True, meanwhile=meanwhile) as (house, workspace_id):
        from baton.services.pilot import assessments, setting_up  # noqa: PLC0415 - as above
        from baton.services.workspace import workspaces  # noqa: PLC0415 - likewise

        user = workspaces.find_user(workspace_id, email)
        if user is None:
            message = f"Nobody in this workspace signs in as {email!r}."
            raise click.ClickException(message)
        pack = workspaces.pack_of(workspace_id)
        if pack != chosen.pack:
            message = f"The workspace has the pack {pack}: assess it with --pack {pack}."
            raise click.ClickException(message)
        first, types = setting_up.suggested(told)
        row_id = assessments.keep(house, user, file_name, told)
        return setting_up.set_up(house, user, row_id, flows=chosen.flows or first, types=types)


def _done_in_words(done: "SetUp") -> Iterator[str]:
    for what, names in (
        ("Drafts were begun", done.flows),
        ("There is a draft already", done.there),
        ("Request types set", done.types),
    ):
        if names:
            yield f"{what}: {', '.join(names)}."


def _sorter(name: str, costs: dict[str, float | None], *, quiet: bool) -> "Sorter":
    from baton.core.policy import Policy, with_overrides  # noqa: PLC0415 - after the boot
    from baton.services.pilot import sorting  # noqa: PLC0415 - likewise
    from baton.services.workspace import packs  # noqa: PLC0415 - likewise

    pack = packs.load_pack("fitness" if name == NO_PACK else name)
    policy = with_overrides(Policy(), pack.policy)

    def progress(words: str, share: float) -> None:
        if not quiet:
            click.echo(f"{share:>4.0%}  {words}", err=True)

    return sorting.sorter_of(
        pack, replace(policy, **_changed(costs)), knows_types=name != NO_PACK, progress=progress
    )


def _changed(costs: dict[str, float | None]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if costs["handle_time"] is not None:
        changed["handle_time"] = timedelta(minutes=costs["handle_time"])
    if costs["wage"] is not None:
        changed["wage_hour_minor"] = round(costs["wage"] * 100)
    if costs["month"] is not None:
        changed["automation_month_minor"] = round(costs["month"] * 100)
    return changed


def _assessed(  # noqa: PLR0913, PLR0917 - what a run is told by
    sorter: "Sorter",
    exports: tuple[Path, ...],
    kind: str,
    columns: dict[str, str],
    zone: ZoneInfo,
    weeks: float,
) -> "Assessment":
    from baton.services.pilot import assessing  # noqa: PLC0415 - Django must be set up first

    rows = (row for path in exports for row in past.read(path, kind=kind, columns=columns))
    try:
        return assessing.assess(sorter, rows, zone=zone, weeks=weeks)
    except past.UnreadableFileError as error:
        raise click.ClickException(str(error)) from error
    except InvalidInput as refused:
        raise click.ClickException(" ".join(refused.fields.values())) from refused


def _columns_in(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not field or not column for field, _, column in pairs):
        raise click.UsageError("--column takes FIELD=COLUMN, as in words=Body")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.UsageError(f"there is no time zone {name!r}") from error
