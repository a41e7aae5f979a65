"""Matters as money counts them: whether they held, and how long people had them.

Counted from the columns of their days, as KPIs are.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count

from baton.core.kpis import Grain, Limits
from baton.core.money import Matters
from baton.reports import frames, segments
from baton.reports.frames import Frame, Mask
from baton.reports.slices import Slice
from baton.store.models import OfferMade
from baton.store.queries import located


def asked_of_people(looked_at: Slice, intents: tuple[str, ...]) -> int:
    """Return how many matters of some intents people had in a span."""
    since, until = looked_at.since, looked_at.until
    frame = frames.frame_of(looked_at.workspace_id, Grain.EPISODE, since, until)
    rows = frame.between(since, until)
    had = frame.having({"opened_by": "contact", "intent": intents}) & (frame.numbers("touches") > 0)
    had &= _there(frame, looked_at.places)
    return int(np.count_nonzero(had[rows]))


def matters_by_flow(
    workspace_id: str,
    since: datetime,
    until: datetime,
    limits: Limits,
    *,
    places: tuple[str, ...] = (),
) -> Mapping[str, Matters]:
    """Return the matters that contacts began in a span, by the flow that spoke last; "" for none.

    Those of all flows are the `sum_of` them. Of some `places`, or of all (P10).
    """
    frame = frames.frame_of(workspace_id, Grain.EPISODE, since, until)
    rows = frame.between(since, until)
    groups, flows = frame.groups("flow")
    there = _there(frame, places)
    counted = {
        name: np.bincount(groups[rows], (told * there)[rows], minlength=len(flows))
        for name, told in _columns(frame, limits).items()
    }
    return {
        str(flow): Matters(**{name: int(told[number]) for name, told in counted.items()})
        for number, flow in enumerate(flows)
        if counted["begun"][number]
    }


def _there(frame: Frame, places: tuple[str, ...]) -> Mask:
    return frame.having({"location_id": ("", *places)} if places else {})


def sum_of(matters: Iterable[Matters]) -> Matters:
    """Return the matters of several flows together."""
    found = list(matters)
    return Matters(**{name: sum(getattr(one, name) for one in found) for name in Matters.__slots__})


def _columns(frame: Frame, limits: Limits) -> Mapping[str, Any]:
    """Return of each row what it adds to each number."""
    begun: Mask = frame.having({"opened_by": "contact"})
    ended = frame.numbers("ended_at")
    closed = begun & ~np.isnan(ended)
    is_back = ~np.isnan(frame.numbers("returned_after"))
    handoffs, touches = frame.numbers("handoffs"), frame.numbers("touches")
    held = closed & ~is_back
    bot = frame.having({"ended_by": "bot"}) & (handoffs == 0)
    silent = ended <= segments.number_of(limits.silent_since)
    proven = (frame.numbers("is_confirmed") == 1) | silent
    return {
        "begun": begun,
        "closed": closed,
        "resolved": held,
        "bot_resolved": held & bot,
        "proven": held & bot & proven,
        "bot_returned": closed & bot & is_back,
        "handed": begun & (handoffs > 0),
        "had": begun & (touches > 0),
        "seconds": begun * frame.numbers("handled"),
        "touches": begun * touches,
    }


def offers_by_flow(
    workspace_id: str, since: datetime, until: datetime, *, places: tuple[str, ...] = ()
) -> Mapping[str, int]:
    """Return how many offers each flow made, to contacts of some places or of all."""
    made = OfferMade.objects.filter(workspace_id=workspace_id, at__gte=since, at__lt=until)
    made = located.of_contacts(made, workspace_id, places)
    return dict(made.order_by().values("flow").annotate(n=Count("pk")).values_list("flow", "n"))
