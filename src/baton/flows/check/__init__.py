"""Every fault of a flow's document, before anybody receives it: `baton check`.

First the document is read; while its shape is wrong, nothing else is asked. Then each rule
looks at the flow, and at what is known around it. A rule is a small function in the file
of its matter, and a line in that file's list.
"""

from baton.core.json import Json
from baton.flows.check import (
    accountability,
    channels,
    copy,
    escalation,
    lengths,
    paths,
    shape,
    values,
    words,
)
from baton.flows.check.faults import Fault, Rule, Severity
from baton.flows.check.subject import UNKNOWN, Approved, QuietHours, Subject, Surroundings
from baton.flows.document import Flow

__all__ = [
    "RULES",
    "UNKNOWN",
    "Approved",
    "Fault",
    "QuietHours",
    "Rule",
    "Severity",
    "Surroundings",
    "check",
]

RULES: tuple[Rule, ...] = (
    *accountability.RULES,
    *escalation.RULES,
    *paths.RULES,
    *values.RULES,
    *lengths.RULES,
    *copy.RULES,
    *channels.RULES,
    *words.RULES,
)
"""Every rule, in the order of its matter; the faults of reading come before (`shape`)."""


def check(raw: Json, around: Surroundings = UNKNOWN) -> tuple[Fault, ...]:
    """Return every fault of a document, () for a good one; never raises, whatever is given."""
    flow = shape.read(raw)
    if not isinstance(flow, Flow):
        return flow
    assert isinstance(raw, dict)  # noqa: S101 - only a mapping becomes a flow
    subject = Subject(raw=raw, flow=flow, around=around)
    return tuple(
        Fault(
            rule=rule.name,
            severity=rule.severity,
            path=found.path,
            message=found.message,
            mend=found.mend,
            at=found.at,
        )
        for rule in RULES
        for found in rule.find(subject)
    )
