"""Messages of one conversation, whatever the helpdesk calls them, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_LONGEST_HOLD = timedelta(minutes=15)  # between two answers: longer, and they did other things


@dataclass(frozen=True, slots=True)
class Message:
    """A message that the contact can see."""

    words: str
    is_ours: bool
    at: datetime | None


def first_of(messages: Sequence[Message], *, ours: bool) -> str:
    """Return the first words of one side."""
    return next((one.words for one in messages if one.is_ours is ours and one.words), "")


def answers_of(messages: Sequence[Message]) -> int | None:
    """Return how often people answered; None where no message is told at all."""
    return sum(one.is_ours for one in messages) if messages else None


def handled_of(messages: Sequence[Message]) -> float | None:
    """Return how many seconds passed between answers that followed each other closely.

    A lower bound of what people had it in hand; None with fewer than two such answers.
    """
    moments = sorted(one.at for one in messages if one.is_ours and one.at)
    held = [later - at for at, later in pairwise(moments)]
    close = [one.total_seconds() for one in held if one <= _LONGEST_HOLD]
    return sum(close) or None


def in_order(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return messages by their moments where all have one, else as they stand."""
    if all(one.at for one in messages):
        return tuple(sorted(messages, key=lambda one: one.at.timestamp() if one.at else 0.0))
    return tuple(messages)
