"""Commands that look: classify a text, verify the audit chain, check the installation."""

import shutil
import sys
from dataclasses import asdict

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.core import text as texts
from baton.core import triage
from baton.core.policy import Policy, with_overrides
from baton.flows import signals
from baton.flows.scene import Said


@click.command()
@click.argument("text")
@click.option("--pack", "pack_name", default="fitness", show_default=True)
@json_option
def classify(text: str, pack_name: str, *, as_json: bool) -> None:
    """Show what the reader understands of a text, and what follows from it."""
    boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first

    pack = wiring.pack_of(pack_name)
    policy = with_overrides(Policy(), pack.policy)
    cleaned = texts.clean(text)[: texts.MAX_MESSAGE_CHARACTERS]
    [reading] = wiring.reader_of(pack_name).read_many((cleaned,))
    heard = signals.read(Said(text=cleaned, readings=(reading,)), None, "", pack, policy)
    axes = signals.axes_of(heard, policy)
    show(
        {
            "text": cleaned,
            "intents": [asdict(intent) for intent in reading.intents[:3]],
            "sentiment": round(reading.sentiment, 3),
            "hard_stops": [
                {"kind": s.kind.value, "text": s.text, "start": s.start, "end": s.end}
                for s in heard.stops
            ],
            "request_type": heard.request_type,
            "triage": triage.decide(axes, policy).value if axes else "unknown",
            "keyword": heard.keyword.value if heard.keyword else "none",
        },
        as_json=as_json,
    )


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@json_option
def verify(*, as_json: bool) -> None:
    """Check that no entry of any workspace's chain was changed, added or removed."""
    boot.boot()
    from baton.services import auditing  # noqa: PLC0415 - Django must be set up first
    from baton.store.models import Workspace  # noqa: PLC0415

    broken = False
    for workspace in Workspace.objects.order_by("id"):
        place = auditing.verify(workspace.id)
        broken = broken or place is not None
        show(
            {
                "workspace": workspace.name,
                "entries": workspace.audit_seq,
                "chain": "intact" if place is None else f"broken at entry {place}",
            },
            as_json=as_json,
        )
    sys.exit(1 if broken else 0)


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Say what this installation has, what it lacks and what to do about it."""
    settings = boot.boot()
    from django.db import connection  # noqa: PLC0415 - Django must be set up first
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    free = shutil.disk_usage(settings.home).free
    findings = {
        "database": connection.vendor,
        "schema": "up to date" if not pending else f"{len(pending)} to apply: run baton migrate",
        "keyset": "present" if (settings.home / "keyset.json").exists() else "made at first start",
        "base_url": settings.base_url,
        "disk_free_mb": free // 2**20,
    }
    show(findings, as_json=as_json)
    sys.exit(1 if pending else 0)
