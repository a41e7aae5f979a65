"""Whether it is early to connect a further channel: one and its fallback come first (C17, X32)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

STEADY_AFTER = timedelta(days=14)
"""So long a flow has run unchanged before it is taken to be steady; ours, no source names one."""

_ONE_AND_A_FALLBACK = 2


def unsteady(
    changed_at: Mapping[str, datetime], connected: Collection[str], wanted: str, *, now: datetime
) -> tuple[str, ...]:
    """Return the flows that are too fresh for a further channel, the newest first.

    `changed_at` is when each flow's newest version was published, `connected` the channels that
    work already. None are while there is room for a first channel and its fallback, nor for
    another inbox of a channel that works.
    """
    if wanted in connected or len(connected) < _ONE_AND_A_FALLBACK:
        return ()
    fresh = [name for name, at in changed_at.items() if now - at < STEADY_AFTER]
    return tuple(sorted(fresh, key=lambda name: (-changed_at[name].timestamp(), name)))
