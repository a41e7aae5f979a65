"""`baton rule`: what escalates in a workspace, and how right each rule was."""

from typing import TYPE_CHECKING, Any

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option

if TYPE_CHECKING:
    from baton.services.desk.rule_board import Line


@click.group()
def rule() -> None:
    """The escalation rules of a workspace."""


@rule.command(name="list")
@click.option("--days", default="28", show_default=True, type=click.Choice(["7", "28", "90"]))
@workspace_option
@json_option
def list_all(workspace: str, days: str, *, as_json: bool) -> None:
    """List every rule, when it fires, and how often people found it right."""
    with opened(workspace, alone=False) as (house, workspace_id):
        from baton.services.desk import rule_board  # noqa: PLC0415 - Django must be set up first

        board = rule_board.board_of(house, workspace_id, days=int(days))
    for kind in ("own", "off", "built_in", "stops", "others"):
        for line in getattr(board, kind):
            row = _row(kind, line)
            if as_json:
                show(row, as_json=True)
            else:
                click.echo(_told(row))


def _row(kind: str, line: "Line") -> dict[str, Any]:
    reading = line.reading
    return {
        "rule": line.name,
        "kind": kind.removesuffix("s") if kind in ("stops", "others") else kind,
        "title": line.title,
        "act": line.act.value,
        "conditions": list(line.conditions),
        "queue": line.queue,
        "urgency": line.urgency,
        "version": line.version,
        "review_on": line.review_on.isoformat() if line.review_on else None,
        "overdue": line.is_overdue,
        "fired": len(reading.fired),
        "right": len(reading.right),
        "noisy": len(reading.noisy),
        "missed": len(reading.missed),
        "precision": reading.precision,
        "low": reading.interval.low,
        "high": reading.interval.high,
    }


def _told(row: dict[str, Any]) -> str:
    judged = row["right"] + row["noisy"]
    verdicts = f", right {row['right']} of {judged}" if judged else ""
    missed = f", missed {row['missed']}" if row["missed"] else ""
    due = ", OVERDUE for a look" if row["overdue"] else ""
    when = f" when {' and '.join(row['conditions'])}" if row["kind"] in ("own", "off") else ""
    act = {"flag": "flags", "hand_over": "hands over"}[row["act"]]
    off = " (off)" if row["kind"] == "off" else ""
    return f"{row['rule']}{off}: {act}{when}; fired {row['fired']}{verdicts}{missed}{due}"
