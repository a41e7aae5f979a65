"""Failures of the automation: what caused one, who mends it, and by when (FL1, FL2)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from baton.core.errors import InvalidInput

FIX_WITHIN = timedelta(days=7)
"""How long a fix may take (FL1, X14)."""

RELEASE_EVERY = timedelta(days=14)
"""What was mended goes out together so often (FL4, X14)."""

MAX_CAUSE = 40
_OWN = re.compile(r"[a-z][a-z0-9_]{0,39}")


class RootCause(StrEnum):
    """Why an automation failed; the first three are the contract's, people may add their own."""

    MISREAD = "misread_intent"
    MISSING_FIELD = "missing_field"
    OVERZEALOUS_COPY = "overzealous_copy"
    WRONG_ANSWER = "wrong_answer"
    NOT_KNOWN = "not_in_knowledge"
    NOISY_RULE = "noisy_rule"
    MISSED_RULE = "missed_rule"
    MISROUTED = "misrouted"
    SYSTEM = "system_failed"
    UNRESOLVED = "left_unresolved"  # a person went away, and nobody was called (FL11)


OF_READER = frozenset({RootCause.MISREAD.value})
"""What a better reader mends. Rules, routing, words and fields come before it: they are mended
today and for sure, and a reader that is right more often hands over by the same rules (GV9)."""


def checked_cause(cause: str) -> str:
    """Return a root cause as it is kept: one of the known, or a label of people's own.

    Raises InvalidInput for words that are no label.
    """
    label = "_".join(cause.strip().casefold().split())
    if not _OWN.fullmatch(label):
        told = f"Name it with letters, digits and blanks, {MAX_CAUSE} at most, a letter first."
        raise InvalidInput({"cause": told})
    return label


def is_overdue(due_at: datetime, fixed_at: datetime | None, now: datetime) -> bool:
    """Return whether a fix is late and still to come."""
    return fixed_at is None and due_at < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A failure as it is weighed: whether a person had to step in, and how often they came back."""

    cause: str
    flow: str
    is_handed: bool
    recontacts: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Failures of one cause in one flow: what mending it would spare."""

    cause: str
    flow: str
    count: int
    handed_over: int
    recontacts: int
    open: int

    @property
    def spares(self) -> int:
        """The handoffs and returns that would not have been (FL3)."""
        return self.handed_over + self.recontacts


def ranked(cases: Iterable[Case]) -> tuple[Group, ...]:
    """Return failures by cause and flow, first what spares the most handoffs and returns.

    What a reader has to learn stands behind all that is mended without it.
    """
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        found.setdefault((case.cause, case.flow), []).append(case)
    groups = [_group(key, own) for key, own in found.items()]
    return tuple(sorted(groups, key=_rank))


def _rank(one: Group) -> tuple[bool, int, int, str, str]:
    return one.cause in OF_READER, -one.spares, -one.count, one.cause, one.flow


def _group(key: tuple[str, str], own: list[Case]) -> Group:
    return Group(
        cause=key[0],
        flow=key[1],
        count=len(own),
        handed_over=sum(one.is_handed for one in own),
        recontacts=sum(one.recontacts for one in own),
        open=sum(one.is_open for one in own),
    )


def next_release(began_at: datetime, now: datetime) -> datetime:
    """Return when the next release is due: every two weeks from a beginning."""
    passed = max(now - began_at, timedelta(0)) // RELEASE_EVERY
    return began_at + (passed + 1) * RELEASE_EVERY


CHANGES: Mapping[str, str] = {
    "flow_published": "flow",
    "escalation_rule_changed": "rule",
    "thresholds_changed": "thresholds",
    "article_saved": "article",
    "example_taught": "example",
    "reader_promoted": "reader",
    "routing_changed": "routing",
    "template_written": "template",
    "intent_made": "intent",
}
"""What the audit trail calls changes that may have mended something."""
