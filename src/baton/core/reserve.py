"""Channels that are kept for what matters: a telephone that rings is an intrusion (C2, C10)."""

from collections.abc import Collection

CHANNELS = frozenset({"voice"})
HIGH_VALUE = "high_value"
"""The tag of a contact whose custom is worth a call (U11)."""


def is_closed(
    channel: str, *, value: int | None, high_value: int, tags: Collection[str], has_failed: bool
) -> bool:
    """Return whether a channel is not for a message.

    It is for matters of the business value `high_value` or more and for contacts tagged so,
    and for what did not arrive, or was not seen, by another channel before (`has_failed`).
    """
    if channel not in CHANNELS:
        return False
    is_high = (value is not None and value >= high_value) or HIGH_VALUE in tags
    return not is_high and not has_failed
