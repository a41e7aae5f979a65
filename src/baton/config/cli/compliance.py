"""`baton compliance`: the check-list run with its evidence."""

import sys
from pathlib import Path

import click

from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option


@click.command()
@click.option(
    "--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a PDF as well."
)
@workspace_option
@json_option
def compliance(pdf: Path | None, workspace: str, *, as_json: bool) -> None:
    """Go through the compliance check-list; ends with 1 when something fails.

    The run is kept: what fails holds every rollout until a run finds it mended.
    """
    meanwhile = "Run the check in the console meanwhile: Reports > Compliance."
    with opened(workspace, alone=True, meanwhile=meanwhile) as (house, workspace_id):
        from baton.services import inbox  # noqa: PLC0415 - Django must be set up first
        from baton.services.desk import compliance as desk  # noqa: PLC0415

        report = desk.run(house, workspace_id, "system")
        for one in report.findings:
            show(
                {
                    "check": one.name,
                    "standing": one.standing.value,
                    "evidence": one.evidence,
                    "remedy": one.remedy,
                },
                as_json=as_json,
            )
            if not as_json:
                click.echo()
        if pdf is not None:
            from baton.services.desk import compliance_pdf  # noqa: PLC0415 - dear to load

            pdf.write_bytes(compliance_pdf.drawn(report, inbox.business_of(workspace_id)))
        show({"passed": report.is_passed}, as_json=as_json)
    sys.exit(0 if report.is_passed else 1)
