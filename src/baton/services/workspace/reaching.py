"""Whom each flow of a workspace reaches by now, as its newest rollout has it (PL22)."""

from collections.abc import Mapping

from baton.core import rollout
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.rollout import Bounds, Kind, Reach
from baton.flows.charter import WhenRolledBack
from baton.store.models import Rollout
from baton.store.queries import flows

RUNNING = "running"
COMPLETED = "completed"
STOPPED = "stopped"
ROLLED_BACK = "rolled_back"


def reaches_of(workspace_id: str) -> dict[str, Reach]:
    """Return whom flows reach that are, or were, rolled out; one that was completed is left out."""
    return {
        name: reach_of(row)
        for name, row in flows.rollouts_of(workspace_id).items()
        if row.state != COMPLETED
    }


def reach_of(row: Rollout) -> Reach:
    """Return whom a rollout lets its flow reach: nobody, once it was stopped or rolled back."""
    bounds = bounds_of(row.bounds)
    if row.state != RUNNING:
        gives_up = row.runs != WhenRolledBack.FINISH.value
        return Reach(kind=Kind.OFF, bounds=bounds, gives_up=gives_up)
    try:
        stage = rollout.plan_of(row.plan).at(row.stage)
    except InvalidInput:  # a plan of another Baton: nobody is served by what is not understood
        return Reach(kind=Kind.OFF, bounds=bounds)
    return Reach(kind=stage.kind, share=row.share, bounds=bounds)


def bounds_of(kept: Mapping[str, Json]) -> Bounds:
    """Read bounds as `render_bounds` keeps them."""

    def names(key: str) -> frozenset[str]:
        found = kept.get(key)
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    return Bounds(
        channels=names("channels"),
        locations=names("locations"),
        products=names("products"),
        segment=str(kept.get("segment") or ""),
    )


def render_bounds(bounds: Bounds) -> dict[str, Json]:
    """Return bounds as they are kept."""
    return {
        "channels": [*sorted(bounds.channels)],
        "locations": [*sorted(bounds.locations)],
        "products": [*sorted(bounds.products)],
        "segment": bounds.segment,
    }
