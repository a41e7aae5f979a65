"""What an experiment can be on: the splits of live flows, and limits of the policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import experiments as core
from baton.core.escalation_rules import BUILT_IN
from baton.core.experiments import Arm, Design
from baton.core.roles import Action
from baton.flows.document import Flow, Library
from baton.flows.steps.split import Split
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Exposure, Run, Turn, User

_PAST, _WEEK = timedelta(days=28), timedelta(days=7)
_LIMIT = "limit:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an experiment can be on: a flow's split, or a limit of the policy.

    `key` is "flow/split" or "limit:field"; `arms` are those of a split, none of a limit yet.
    """

    key: str
    title: str
    flow: str = ""
    split: str = ""
    field: str = ""
    arms: tuple[Arm, ...] = ()


def subjects_of(house: House, user: User) -> tuple[Subject, ...]:
    """Return what can be tried: the splits of live flows, and limits; raises Forbidden."""
    inbox.require(user, Action.CONFIGURE)
    library = standards_cache(house).standards_of(user.workspace_id).library
    return (*_splits(library), *_limits())


def is_changed(library: Library, design: Design) -> bool:
    """Return whether the split that an experiment is on has other arms or shares by now."""
    if not design.split:
        return False
    key = f"{design.flow}/{design.split}"
    return not any(one.key == key and one.arms == design.arms for one in _splits(library))


def title_of(library: Library, design: Design) -> str:
    """Return what an experiment is on, in words."""
    known = {(one.flow, one.split, one.field): one.title for one in (*_splits(library), *_limits())}
    return known.get((design.flow, design.split, design.field), design.flow or design.field)


def traffic(workspace_id: str, subject: Subject, now: datetime) -> float:
    """Return how many contacts come this way in a week."""
    since = now - _PAST
    if subject.field:
        failed = Turn.objects.filter(workspace_id=workspace_id, at__gte=since, is_unanswered=True)
        return failed.values("conversation_id").distinct().count() / (_PAST / _WEEK)
    seen = Exposure.objects.filter(
        workspace_id=workspace_id, flow=subject.flow, split=subject.split, at__gte=since
    ).count()
    ran = Run.objects.filter(workspace_id=workspace_id, flow=subject.flow, started_at__gte=since)
    return max(seen, ran.values("contact_id").distinct().count()) / (_PAST / _WEEK)


def _splits(library: Library) -> Iterator[Subject]:
    for name, version in sorted(library.live.items()):
        flow = library.flows[name, version]
        for split in _splits_in(flow):
            yield Subject(
                key=f"{name}/{split.split}",
                title=f"{flow.title}: {split.split.replace('_', ' ')}",
                flow=name,
                split=split.split,
                arms=tuple(Arm(name=one.name, share=one.share) for one in split.variants),
            )


def _splits_in(flow: Flow) -> Iterator[Split]:
    return (step for step in flow.steps.values() if isinstance(step, Split))


def _limits() -> Iterator[Subject]:
    for rule in BUILT_IN:
        for limit in rule.limits:
            if limit in core.limits():
                title = f"Escalation, {rule.title.lower()}: {limit.label.lower()}"
                yield Subject(key=_LIMIT + limit.field, title=title, field=limit.field)
