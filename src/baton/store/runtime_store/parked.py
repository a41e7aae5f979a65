"""What was set aside, as people read it: facts that could not be decided, effects in doubt."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from baton.store.models.people import Contact
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent

STUCK = ("parked", "unknown")
"""States of an effect that wants a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """A fact or an effect that nobody works on.

    `is_fact` tells which; `seq` numbers it among its like. `effect_id` and `body` are an
    effect's; `is_unknown` says that nobody can tell whether it took place. `tries` counts
    attempts since it came, or since it was last put back.
    """

    is_fact: bool
    seq: int
    workspace_id: str
    lane: str
    kind: str
    reason: str
    tries: int
    since: datetime
    is_unknown: bool = False
    effect_id: str = ""
    intent_key: str = ""
    body: bytes = b""


def count(workspace_id: str, places: tuple[str, ...] = ()) -> int:
    """Return how much of a workspace is set aside, but of contacts of other places than some."""
    facts = RuntimeEvent.objects.filter(_PARKED, workspace_id=workspace_id)
    effects = RuntimeEffect.objects.filter(_STUCK, workspace_id=workspace_id)
    if places:
        every = Contact.objects.filter(workspace_id=workspace_id)
        elsewhere = every.exclude(location_id__in=["", *places]).values("lane")
        facts, effects = facts.exclude(lane__in=elsewhere), effects.exclude(lane__in=elsewhere)
    return facts.count() + effects.count()


def list_parked(workspace_id: str) -> tuple[ParkedRow, ...]:
    """Return all that is set aside in a workspace: facts and then effects, oldest first."""
    facts = RuntimeEvent.objects.filter(_PARKED, workspace_id=workspace_id).order_by("seq")
    effects = RuntimeEffect.objects.filter(_STUCK, workspace_id=workspace_id).order_by("seq")
    return (*map(_of_fact, facts.defer("body")), *map(_of_effect, effects))


# As the conditions of the partial indexes say it.
_PARKED = Q(state="parked")
_STUCK = Q(state__in=list(STUCK))


def _of_fact(row: RuntimeEvent) -> ParkedRow:
    return ParkedRow(
        is_fact=True,
        seq=row.seq,
        workspace_id=row.workspace_id,
        lane=row.lane,
        kind=row.kind,
        reason=row.reason,
        tries=row.failures + 1,  # the attempt that parked it is not counted as a failure
        since=row.received_at,
    )


def _of_effect(row: RuntimeEffect) -> ParkedRow:
    return ParkedRow(
        is_fact=False,
        seq=row.seq,
        workspace_id=row.workspace_id,
        lane=row.lane,
        kind=row.kind,
        reason=row.reason,
        tries=row.attempt,
        since=row.due_at,
        is_unknown=row.state == "unknown",
        effect_id=row.effect_id,
        intent_key=row.intent_key,
        body=bytes(row.body),
    )


def doubt(until: datetime, reason: str) -> int:
    """Put in doubt what may have been done by a moment and must not be done twice; count it.

    For a database that was put back from a backup: it does not know what came afterwards.
    """
    waiting = RuntimeEffect.objects.filter(
        state__in=("due", "claimed"), repeatable=False, due_at__lte=until
    )
    return waiting.update(state="unknown", reason=reason, claimed_until=None)
