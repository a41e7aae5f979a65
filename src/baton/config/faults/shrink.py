"""A failing plan made as short as it can be: what is not needed to break the law is left out."""

from collections.abc import Callable
from dataclasses import replace

from baton.config.faults.plan import Plan, Step

Breaks = Callable[[Plan], bool]


def shrink(plan: Plan, breaks: Breaks, *, most: int) -> Plan:
    """Return a part of a plan that breaks the same, after at most so many tries.

    Ever smaller pieces are left out, over and over, until no single step can be (delta
    debugging): what is left is needed, unless the tries were over before.
    """
    tries = _Tries(plan, breaks, most)
    size = max(1, len(plan.steps) // 2)
    while size:
        if not tries.leave_out(size):
            size //= 2
    return tries.plan


class _Tries:
    def __init__(self, plan: Plan, breaks: Breaks, most: int) -> None:
        self.plan, self._breaks, self._left = plan, breaks, most

    def leave_out(self, size: int) -> bool:
        """Leave pieces of a size out, the last ones first; say whether any was not needed."""
        was = len(self.plan.steps)
        end = was
        while end > 0 and self._left:
            start = max(0, end - size)
            self._try(self.plan.steps[:start] + self.plan.steps[end:])
            end = start
        return len(self.plan.steps) < was and self._left > 0

    def _try(self, steps: tuple[Step, ...]) -> None:
        self._left -= 1
        shorter = replace(self.plan, steps=steps)
        if self._breaks(shorter):
            self.plan = shorter
