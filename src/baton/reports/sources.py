"""Where the rows of each grain stand, what is told of them, and how they are told apart.

Rules test these columns, opening a number shows them, and exports hold them under the same
names. Who a contact is stands in none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import QuerySet

from baton.core.kpis import Grain
from baton.reports import joined
from baton.store.models import Episode, Stretch


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "yes or no"
    MOMENT = "moment"  # UTC
    DAY = "day"
    SPAN = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A grain's rows: `name` is what exports call them, `at` the moment that places a row."""

    name: str
    rows: Callable[[], "QuerySet[Any]"]
    at: str
    dimensions: Mapping[str, str]
    columns: tuple[str, ...]

    @property
    def kinds(self) -> dict[str, Kind]:
        """What each column holds."""
        query = self.rows().query
        return {name: _kind_of(query, name) for name in self.columns}


_KINDS: tuple[tuple[type["models.Field[Any, Any]"], Kind], ...] = (
    (models.BooleanField, Kind.TRUTH),
    (models.DurationField, Kind.SPAN),
    (models.IntegerField, Kind.INTEGER),
    (models.FloatField, Kind.NUMBER),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DAY),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
)


def _kind_of(query: Any, name: str) -> Kind:
    made = query.annotations.get(name)
    field = made.output_field if made is not None else query.model._meta.get_field(name)  # noqa: SLF001
    return next(kind for form, kind in _KINDS if isinstance(field, form))


_TOLD = ("flow", "version", "step", "stage", "segment", "pack", "channel", "intent", "triage")
_MATTER = ("conversation_id", "began_at", *_TOLD, "variants", "location_id")
_COMMON = {name: name for name in (*_TOLD, "queue")} | {
    "variant": "variants",
    "location": "location_id",
    "inbox": "inbox_id",
    "agent": "agent_id",
}
LISTS = frozenset({"variants"})
"""Columns of several words, each between commas: a row is told under each of them."""

SOURCES: Mapping[Grain, Source] = {
    Grain.EPISODE: Source(
        name="episodes",
        rows=Episode.objects.all,
        at="began_at",
        dimensions=_COMMON,
        columns=(
            "id", *_MATTER, "inbox_id", "queue", "agent_id", "opened_by", "handoffs", "touches",
            "bot_turns", "failed_turns", "answered_after", "ended_at", "ended_by", "code",
            "is_confirmed", "resolved_after", "returned_after", "waited", "handled", "csat_asked",
            "csat", "csat_after", "reason", "tags", "complexity", "emotion", "frequency", "value",
        ),
    ),
    Grain.STRETCH: Source(
        name="stretches",
        rows=Stretch.objects.all,
        at="began_at",
        dimensions={**_COMMON, "reason": "reason"},
        columns=(
            "id", "episode_id", *_MATTER, "inbox_id", "queue", "agent_id", "reason", "state", "nth",
            "handoffs", "touches", "waited", "handled", "is_card_seen", "is_restated", "ended_at",
            "returned_after",
        ),
    ),
    Grain.BOOKING: Source(
        name="bookings",
        rows=joined.bookings,
        at="starts_at",
        dimensions={"activity": "activity_id", "location": "location_id"},
        columns=(
            "id", "activity_id", "location_id", "slot_id", "starts_at", "state", "entry", "places",
            "price_minor", "rating", "made_at", "changed_at", "was_confirmed", "rebooked_at",
            "week_on_at", "followed_bot",
        ),
    ),
    Grain.SLOT: Source(
        name="slots",
        rows=joined.slots,
        at="starts_at",
        dimensions={"activity": "activity_id", "location": "location_id"},
        columns=(
            "id", "activity_id", "location_id", "starts_at", "ends_at", "capacity", "taken",
            "cancelled_at",
        ),
    ),
    Grain.INVOICE: Source(
        name="invoices",
        rows=joined.invoices,
        at="due_at",
        dimensions={"cause": "cause"},
        columns=(
            "id", "number", "amount_minor", "currency", "cause", "state", "issued_at", "due_at",
            "ended_at", "paid_minor",
        ),
    ),
    Grain.MEMBER: Source(
        name="members",
        rows=joined.members,
        at="joined_at",
        dimensions={"plan": "plan", "channel": "channel"},
        columns=(
            "id", "plan", "channel", "joined_at", "state", "ends_on", "first_value_at",
            "value_after", "day_7_at",
            "day_30_at", "day_90_at", "day_30_on", "day_90_on", "had_offer", "was_served",
            "had_person",
        ),
    ),
    Grain.SURVEY: Source(
        name="surveys",
        rows=joined.surveys,
        at="asked_at",
        dimensions={"flow": "flow", "channel": "channel"},
        columns=(
            "id", "conversation_id", "kind", "flow", "channel", "asked_at", "answered_at", "rating",
            "score", "balance", "day_1_at", "day_30_at", "reached_at",
            "reached_after", "again_at", "again_rating", "csat_since", "has_joined", "is_member",
        ),
    ),
    Grain.RETURN: Source(
        name="returns",
        rows=joined.returns,
        at="asked_at",
        dimensions={"reason": "reason", "source": "source"},
        columns=(
            "id", "number", "reason", "source", "state", "outcome", "asked_at", "decided_at",
            "decided_by", "is_unattended", "refund_minor", "currency", "refunded_at",
            "refund_after", "is_untouched", "audit",
        ),
    ),
    Grain.LINK: Source(
        name="links",
        rows=joined.links,
        at="created_at",
        dimensions={"flow": "flow", "channel": "channel"},
        columns=("id", "flow", "channel", "created_at", "clicks", "first_opened_at", "soon_at"),
    ),
    Grain.OUTREACH: Source(
        name="outreach",
        rows=joined.outreach,
        at="created_at",
        dimensions={"flow": "flow", "channel": "channel"},
        columns=(
            "id", "flow", "channel", "purpose", "delivery", "created_at", "stopped_at", "soon_at",
        ),
    ),
    Grain.RUN: Source(
        name="runs",
        rows=joined.runs,
        at="started_at",
        dimensions={"flow": "flow", "version": "version", "step": "step"},
        columns=("id", "flow", "version", "step", "status", "started_at", "updated_at"),
    ),
    Grain.ROUND: Source(
        name="rounds",
        rows=joined.rounds,
        at="at",
        dimensions={"flow": "flow", "variant": "arm"},
        columns=(
            "id", "flow", "version", "split", "variant", "at", "first_sent_at", "back_at",
            "soon_at", "day_30_at", "had_person", "offers_minor", "worth_minor",
            "won_minor",
        ),
    ),
}  # fmt: skip
