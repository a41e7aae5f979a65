"""How right each escalation rule was: what fired in a window, and what people said of it (E15)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from baton.core.escalation import JUST
from baton.reports import intervals
from baton.reports.intervals import Interval
from baton.store.models import Escalation, MissedEscalation
from baton.store.queries import located


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """One rule in a window; ids are those of escalations, of `missed` of those notes.

    `noisy` holds what nobody was needed for and what was taken for something else.
    """

    rule: str
    fired: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    noisy: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def judged(self) -> int:
        """How many of those that fired a person has looked at."""
        return len(self.right) + len(self.noisy)

    @property
    def precision(self) -> float | None:
        """The share of right ones among those that were looked at; None without any."""
        return len(self.right) / self.judged if self.judged else None

    @property
    def interval(self) -> Interval:
        """Where the true share lies."""
        return intervals.wilson(len(self.right), self.judged)


def read_rules(
    workspace_id: str, *, since: datetime, until: datetime, places: tuple[str, ...] = ()
) -> dict[str, RuleReading]:
    """Return what fired and what was missed in a window, by the rule's key.

    With contacts of some `places`, or with all (P10).
    """
    every = Escalation.objects.filter(workspace_id=workspace_id, at__gte=since, at__lt=until)
    found = located.of_talks(every, workspace_id, places)
    ids: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for id_, trigger, verdict in found.order_by("id").values_list("id", "trigger", "verdict"):
        ids[trigger]["fired"].append(id_)
        if verdict:
            ids[trigger]["right" if verdict in JUST else "noisy"].append(id_)
    notes = MissedEscalation.objects.filter(
        workspace_id=workspace_id, noted_at__gte=since, noted_at__lt=until
    )
    notes = located.of_talks(notes, workspace_id, places)
    for id_, rule in notes.order_by("id").values_list("id", "rule"):
        ids[rule]["missed"].append(id_)
    return {
        rule: RuleReading(rule=rule, **{part: tuple(rows) for part, rows in parts.items()})
        for rule, parts in ids.items()
    }
