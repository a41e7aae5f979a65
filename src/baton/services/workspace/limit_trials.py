"""Limits of the policy that experiments try now, as turns find them (AB1)."""

import msgspec

from baton.core.experiments import Design, LimitTrial
from baton.store.models import Experiment


def running(workspace_id: str) -> tuple[LimitTrial, ...]:
    """Return what is being tried in a workspace."""
    rows = Experiment.objects.filter(workspace_id=workspace_id, ended_at=None).exclude(field="")
    found = (design_of(row) for row in rows.order_by("id"))
    return tuple(LimitTrial(name=one.name, field=one.field, arms=one.arms) for one in found)


def design_of(row: Experiment) -> Design:
    """Return how an experiment was designed."""
    return msgspec.json.decode(row.design, type=Design)


def design_text(design: Design) -> str:
    """Return a design as it is kept."""
    return msgspec.json.encode(design).decode()
