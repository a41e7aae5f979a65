"""`baton report`: what the console's reports say, for the command line."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option

if TYPE_CHECKING:
    from baton.reports.triage_readings import Drift, Share, TriageReport


@click.group()
def report() -> None:
    """Reports over what happened."""


@report.command()
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 365))
@click.option("--workspace", default="", help="Only the workspace of this name.")
@json_option
def triage(days: int, workspace: str, *, as_json: bool) -> None:
    """Hold the assumed axes of each request type against what happened."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.desk import triage_desk  # noqa: PLC0415
    from baton.store.models import Workspace  # noqa: PLC0415

    house = wiring.install(settings)
    named = Workspace.objects.filter(name=workspace) if workspace else Workspace.objects
    found = list(named.order_by("id"))
    if not found:
        missing = (
            f"There is no workspace {workspace!r}." if workspace else "There is no workspace yet."
        )
        raise click.ClickException(missing)
    for one in found:
        made = triage_desk.report_of(house, one.id, days=days)
        if as_json:
            show({"workspace": one.name, "days": days, **_row(made)}, as_json=True)
        else:
            click.echo(f"{one.name}, {days} days")
            click.echo("\n".join(_lines(made)))


@report.command()
@click.option("--days", default="7", show_default=True, type=click.Choice(["7", "28", "90"]))
@workspace_option
@json_option
def handoff(days: str, workspace: str, *, as_json: bool) -> None:
    """Tell how good the seam between bot and people was: context, touches, waits, noise."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import handoff_board  # noqa: PLC0415 - Django must be set up first

        board = handoff_board.board_of(house, workspace_id, days=int(days))
        made = board.report
    shares = {
        "dropped_context": made.dropped_context,
        "first_touch": made.first_touch,
        "noisy": made.noisy,
    }
    minutes = {
        "median": _minutes(made.waits.median),
        "nine_in_ten": _minutes(made.waits.nine_in_ten),
    }
    if as_json:
        waits = {"taken": len(made.waits.taken), "untaken": len(made.waits.untaken)}
        row = {"since": made.since.isoformat(), "until": made.until.isoformat()}
        causes = {
            one.name: {
                "fault": one.fault.value,
                "not_settled": len(one.unsettled.numerator),
                "settled": len(one.settled.numerator),
            }
            for one in made.causes
        }
        touches = {
            "settled": len(board.touches.settled),
            "touches": board.touches.total,
            "reduction": board.reduction,
        }
        counted = {**_shares(shares), "causes": causes, "manual_touches": touches}
        show({**row, **counted, "minutes_to_human": {**minutes, **waits}}, as_json=True)
        return
    for name, share in shares.items():
        click.echo(f"{name.replace('_', ' ')}: {_told(share)}")
    if made.waits.taken:
        half, most = minutes["median"], minutes["nine_in_ten"]
        click.echo(f"minutes to a person: {half} for half of them, {most} for nine in ten")
    click.echo(f"taken: {len(made.waits.taken)}, by nobody: {len(made.waits.untaken)}")


def _minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 60, 1)


@report.command()
@click.option("--past", "is_past", is_flag=True, help="Those that are over, not the open ones.")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 365))
@workspace_option
@json_option
def breaches(days: int, workspace: str, *, is_past: bool, as_json: bool) -> None:
    """List promises that were not kept, and conversations that were forgotten."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import breach_desk  # noqa: PLC0415 - Django must be set up first

        sought = breach_desk.Sought(is_open=not is_past, days=days)
        found = breach_desk.list_all(house, workspace_id, sought)
    for one in found:
        row = {
            "conversation": one.conversation_id,
            "reason": one.reason,
            "queue": one.queue,
            "holder": one.holder,
            "due": one.due_at.isoformat(),
            "late_minutes": int(one.late.total_seconds()) // 60,
            "over": one.ended_at.isoformat() if one.ended_at else None,
        }
        if as_json:
            show(row, as_json=True)
        else:
            late = f"{row['late_minutes']} min late"
            who = one.holder or "nobody"
            click.echo(f"{one.conversation_id}  {one.reason}, {one.queue}, {who}, {late}")
    if not found and not as_json:
        click.echo("No breach.")


def _row(made: "TriageReport") -> dict[str, Any]:
    return {
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
        "types": [
            {
                "type": one.name,
                "assumed": asdict(one.assumed),
                "outcome": one.outcome.value,
                "conversations": len(one.conversations),
                "enough": one.is_enough,
                "bot_turns": one.bot_turns,
                "per_week": one.per_week,
                "per_week_low": one.weekly.low,
                "per_week_high": one.weekly.high,
                **_shares(one.shares),
                "suggestions": list(one.suggestions),
            }
            for one in made.types
        ],
        "triggers": [
            {
                "trigger": one.trigger,
                "fired": len(one.fired),
                **_shares({"right": one.right, "misread": one.misread}),
            }
            for one in made.triggers
        ],
        "drift": _drift(made.drift),
        "drift_before": _drift(made.earlier),
    }


def _shares(shares: Mapping[str, "Share"]) -> dict[str, Any]:
    return {
        name: {
            "count": len(share.numerator),
            "of": len(share.denominator),
            "share": share.value,
            "low": share.interval.low,
            "high": share.interval.high,
        }
        for name, share in shares.items()
    }


def _drift(drift: "Drift") -> dict[str, Any]:
    return _shares({"needless": drift.needless, "unattended": drift.unattended})


def _lines(made: "TriageReport") -> Iterable[str]:
    for one in made.types:
        if not one.conversations and not one.suggestions:
            continue
        handed_over, settled = one.shares["handed_over"], one.shares["settled"]
        few = "" if one.is_enough else ", too few to judge"
        yield (
            f"  {one.title}: {len(one.conversations)} ({one.per_week:.1f} a week, "
            f"{one.assumed.frequency} assumed), handed over {_told(handed_over)}, "
            f"settled by the bot {_told(settled)}{few}"
        )
        yield from (f"    ! {words}" for words in one.suggestions)
    for fired in made.triggers:
        looked = f", a person was needed in {_told(fired.right)}" if fired.right.denominator else ""
        yield f"  trigger {fired.trigger}: {len(fired.fired)}{looked}"
    yield f"  needless escalations: {_told(made.drift.needless)}"
    yield f"  for people, never with one: {_told(made.drift.unattended)}"


def _told(share: "Share") -> str:
    return f"{len(share.numerator)} of {len(share.denominator)}"
