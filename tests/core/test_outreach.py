"""What people owe a contact by a moment: when it warns, and how it counts."""

from datetime import datetime, timedelta

import pytest

from baton.core import outreach
from baton.core.outreach import Measure
from baton.core.policy import Policy

NOW = datetime.fromisoformat("2026-03-02T10:00Z")
HOUR = timedelta(hours=1)


@pytest.mark.req("NP8")
@pytest.mark.parametrize("hours", [24, 48])
def test_it_warns_once_three_quarters_of_its_span_are_gone(hours: int) -> None:
    due_at = NOW + hours * HOUR
    assert outreach.warns_at(NOW, due_at, Policy()) == NOW + hours * HOUR * 0.75


@pytest.mark.req("NP8")
@pytest.mark.parametrize(
    ("due", "done", "counted"),
    [
        (1, None, None),
        (0, None, Measure.OVERDUE),
        (-1, None, Measure.OVERDUE),
        (0, 0, Measure.IN_TIME),
        (-2, -3, Measure.IN_TIME),
        (-2, -1, Measure.LATE),
    ],
)
def test_each_task_counts_in_one_place(due: int, done: int | None, counted: Measure | None) -> None:
    done_at = None if done is None else NOW + done * HOUR
    assert outreach.measure(NOW + due * HOUR, done_at, now=NOW) is counted
