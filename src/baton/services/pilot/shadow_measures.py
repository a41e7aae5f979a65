"""What people reached on the matters that a flow drafted for: what a soft launch is held against.

In shadow nobody is served by the flow, so it has no past of its own when the first people are let
to it. What it is let to them instead of is known: the answers of people to the same kind of
matters, the weeks before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Limits
from baton.reports import intervals, stops
from baton.reports.intervals import Sums
from baton.reports.kpis import KpiReading, kpis_of, rows_behind
from baton.reports.slices import Slice
from baton.reports.stops import Look
from baton.store.models import Episode, ShadowDraft

REACHES_BACK = timedelta(days=56)
"""Drafts older than that tell of other times; the shadow of the longest plan takes two weeks."""
MOST = 5_000
"""The newest drafts of a flow that are looked at."""

_PAGE = 500
_WINDOW, _DAY = timedelta(hours=72), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowed:
    """What was reached in shadow; `returned_after` are the spans after which people came back."""

    readings: Mapping[str, KpiReading]
    returned_after: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drafted:
    at: datetime
    is_handed: bool


def measure(workspace_id: str, flow: str, limits: Limits) -> Shadowed:
    """Return what people reached on the matters that a flow drafted for, each counted once."""
    drafted = _first_drafts(workspace_id, flow, limits.now)
    talks = list(drafted)
    matters = {
        one.conversation_id: one
        for begin in range(0, len(talks), _PAGE)
        for one in _matters(workspace_id, talks[begin : begin + _PAGE], drafted)
    }
    closed = [one for one in matters.values() if one.ended_at is not None]
    spans = [timedelta(seconds=one.returned_after) for one in closed if one.returned_after]
    back = tuple(one for one in spans if one <= _WINDOW)
    handed = sum(drafted[one].is_handed for one in matters)
    return Shadowed(
        readings={
            stops.AT_ONCE: _share("escalation_rate", handed, len(matters)),
            "recontact_72h": _share("recontact_72h", len(back), len(closed)),
            "csat": _csat(closed, limits),
        },
        returned_after=back,
    )


def beside(
    look: Look, shadowed: Shadowed, served: Slice, limits: Limits, *, since: datetime
) -> Look:
    """Return a look at matters that were served, held against what was reached in shadow.

    Of marks up to a whole day `since` the beginning, so that they are looked at once a day.
    """
    handed = rows_behind(CATALOGUE["escalation_rate"], "numerator", served, limits)
    at_once = handed.filter(bot_turns__lte=1).count()
    closed = rows_behind(CATALOGUE["recontact_72h"], "denominator", served, limits)
    ages = [limits.now - ended_at for ended_at in closed.values_list("ended_at", flat=True)]
    told = {
        stops.AT_ONCE: _share("escalation_rate", at_once, look.now["escalation_rate"].among),
        **kpis_of(_in_whole_days(served, since, look.span), limits, ["csat"]),
    }
    return replace(
        look,
        now={**look.now, **told},
        before=stops.told_before(look.before, shadowed.readings),
        ripe=stops.ripe_share(ages, shadowed.returned_after),
    )


def _in_whole_days(served: Slice, since: datetime, span: timedelta) -> Slice:
    now = served.until or since
    until = since + (now - since) // _DAY * _DAY
    return replace(served, since=max(since, until - span), until=until)


def _share(kpi: str, count: int, among: int) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE[kpi],
        value=count / among if among else None,
        interval=intervals.wilson(count, among),
        count=count,
        among=among,
        young=0,
    )


def _first_drafts(workspace_id: str, flow: str, now: datetime) -> dict[str, _Drafted]:
    rows = ShadowDraft.objects.filter(
        workspace_id=workspace_id, flow=flow, at__gt=now - REACHES_BACK, at__lte=now
    )
    newest = rows.order_by("-id").values_list("conversation_id", "at", "trigger")[:MOST]
    # The oldest of a conversation is the last that is written here.
    return {talk: _Drafted(at=at, is_handed=bool(trigger)) for talk, at, trigger in newest}


def _matters(
    workspace_id: str, page: Sequence[str], drafted: Mapping[str, _Drafted]
) -> list[Episode]:
    """Return of each conversation the matter that was drafted for."""
    rows = Episode.objects.filter(
        workspace_id=workspace_id, conversation_id__in=page, opened_by="contact"
    )
    found = []
    for talk, own in groupby(rows.order_by("conversation_id", "number"), _TALK):
        begun = [one for one in own if one.began_at <= drafted[talk].at]
        found += begun[-1:]
    return found


_TALK = attrgetter("conversation_id")


def _csat(closed: Sequence[Episode], limits: Limits) -> KpiReading:
    marks = [
        one.csat
        for one in closed
        if one.csat is not None and (one.csat_after or 0) <= limits.csat_window
    ]
    sums = Sums(count=len(marks), total=sum(marks), squares=sum(mark**2 for mark in marks))
    return KpiReading(
        kpi=CATALOGUE["csat"],
        value=sums.mean if marks else None,
        interval=None,
        count=len(marks),
        among=len(marks),
        young=0,
        sums=sums if marks else None,
    )
