"""A call that a person makes: what came of it."""

from enum import StrEnum


class CallOutcome(StrEnum):
    """How a call by a person ended."""

    REACHED = "reached"
    NOT_PICKED_UP = "not_picked_up"
    LINE_BUSY = "line_busy"
    MAILBOX = "mailbox"
    WRONG_NUMBER = "wrong_number"
