"""What a contact permits: by channel and purpose, the newest word counts (P1, Z11)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

EVERY = "all"
"""Stands in a consent for every purpose: STOP says nothing of purposes (C24)."""


class Purpose(StrEnum):
    """Why a contact is written to; consent is asked for by it."""

    TRANSACTIONAL = "transactional"
    PROMOTIONAL = "promotional"
    SERVICE = "service"


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One time at which a contact gave or took a permission for a purpose, or for `EVERY` one."""

    purpose: str
    is_granted: bool
    at: datetime


def is_permitted(words: Iterable[Word], purpose: Purpose) -> bool | None:
    """Return the standing permission for a purpose on one channel; None if there was no word.

    It is found by when things were said, not by when they came to be known: a form that
    arrives late brings back nothing that was withdrawn since. Of two words of one moment
    the withdrawal counts.
    """
    about = [word for word in words if word.purpose in (purpose, EVERY)]
    if not about:
        return None
    return max(about, key=lambda word: (word.at, not word.is_granted)).is_granted


def is_listed(listed: str, channel: str, purpose: Purpose) -> bool:
    """Return whether a list of the policy, "sms:promotional,email:promotional", names messages."""
    return f"{channel}:{purpose}" in _listed(listed)


def is_list(listed: str, channels: Collection[str]) -> bool:
    """Return whether a text names nothing but channels with a purpose; "" names none."""
    known = {f"{channel}:{purpose}" for channel in channels for purpose in Purpose}
    return _listed(listed) <= known


def _listed(text: str) -> set[str]:
    return {one.strip() for one in text.split(",")} - {""}


Asked = tuple[str, Purpose]
"""What may be asked of a contact: whether, on a channel, messages of a purpose may come."""


def changes_of(
    standing: Mapping[Asked, bool | None], wanted: Collection[Asked]
) -> tuple[tuple[Asked, bool], ...]:
    """Return what a contact changes by ticking just what they want, in the order of asking.

    What was never asked and is left alone stays so: no tick is no withdrawal.
    """
    return tuple(
        (asked, asked in wanted)
        for asked, word in standing.items()
        if (asked in wanted) != bool(word)
    )
