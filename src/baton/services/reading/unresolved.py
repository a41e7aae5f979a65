"""What flows left unresolved, by where they left it: tagged, it is mended like a failure (FL11).

Nobody was called and nothing was settled: the contact just went away. No gate and no rule says
so, and what is to be made easier stands nowhere else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.failures import RootCause
from baton.flows.document import Library
from baton.flows.trigger import TriggerKind
from baton.services.conversation import runs
from baton.store.models import Conversation, Episode, Failure, Run

SETTLES_WITHIN = timedelta(days=1)
"""Who went away may come back so long, before it counts."""
_BY_WORDS = (TriggerKind.MESSAGE, TriggerKind.KEYWORD)
MOST = 1_000
"""The newest matters that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """So many matters that a flow left at one step; the newest of them by its conversation.

    `is_tagged` says that somebody logged it, and that it is to be mended.
    """

    flow: str
    step: str
    count: int
    conversation_id: str
    is_tagged: bool


def left_in(
    workspace_id: str, library: Library, *, since: datetime, now: datetime
) -> tuple[Left, ...]:
    """Return what flows that answer words left since a moment, where they left most first.

    Who does not answer a question of ours, such as how it was, left nothing unresolved.
    """
    answering = {flow.name for kind in _BY_WORDS for flow, _version in library.started_by(kind)}
    matters = Episode.objects.filter(
        workspace_id=workspace_id, began_at__gte=since, began_at__lt=now - SETTLES_WITHIN,
        ended_at=None, handoffs=0, opened_by="contact",
    ).exclude(flow="")  # fmt: skip
    newest = matters.order_by("-began_at").values_list("conversation_id", flat=True)[:MOST]
    with_bot = Conversation.objects.filter(id__in=list(newest), handled_by="bot", resolved_at=None)
    found: dict[tuple[str, str], list[str]] = {}
    for flow, step, talk in _last_runs(set(with_bot.values_list("id", flat=True))):
        if flow in answering:
            found.setdefault((flow, step), []).append(talk)
    tagged = _tagged(workspace_id, (talk for talks in found.values() for talk in talks))
    lines = (
        Left(
            flow=flow, step=step, count=len(talks), conversation_id=max(talks),
            is_tagged=not tagged.isdisjoint(talks),
        )
        for (flow, step), talks in found.items()
    )  # fmt: skip
    return tuple(sorted(lines, key=lambda one: (-one.count, one.flow, one.step)))


def _last_runs(talks: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the flow and step in which each talk was left; none that still waits for something."""
    last: dict[str, Run] = {}
    for run in Run.objects.filter(conversation_id__in=talks, is_shadow=False).order_by("id"):
        last[run.conversation_id] = run
    for talk, run in last.items():
        if run.status != runs.WAITING:
            yield run.flow, run.step, talk


def _tagged(workspace_id: str, talks: Iterable[str]) -> set[str]:
    rows = Failure.objects.filter(
        workspace_id=workspace_id, cause=RootCause.UNRESOLVED.value, fixed_at=None,
        conversation_id__in=[*talks],
    )  # fmt: skip
    return set(rows.values_list("conversation_id", flat=True))
