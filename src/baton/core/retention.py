"""Whoever wants to leave is talked to, and what came of it is written down (E22, T16).

Nothing is cancelled silently: a conversation in which somebody wanted to leave is only
closed with what they want, why, and what came of it, and a code that says the same.
"""

from enum import StrEnum

from baton.core.hard_stops import HardStop

TRIGGERS = frozenset({HardStop.MEMBERSHIP_CANCELLATION.value, HardStop.LEAVING.value})
"""Triggers that say that somebody wants to leave."""

TAG = "retention"
"""Request types that are tagged so are about leaving as well."""


class Wish(StrEnum):
    """What they want, as the person who talks to them understands it."""

    CANCEL = "cancel"
    PAUSE = "pause"
    CHANGE = "change"  # another plan, or better terms
    UNSURE = "unsure"


class Outcome(StrEnum):
    """What came of the talk."""

    SAVED = "saved"
    LEFT = "left"
    UNDECIDED = "undecided"


_SAID_BY = {"cancelled": Outcome.LEFT, "retained": Outcome.SAVED}
"""The outcome that a resolution code says."""


def problem_with_closing(code: str, outcome: Outcome | None, *, is_wanted: bool) -> str:
    """Return why a conversation cannot be closed with a code yet, "" when it can."""
    if outcome is None:
        if is_wanted or code in _SAID_BY:
            return "Write down what they want, why, and what came of it, under Wants to leave."
        return ""
    if code in _SAID_BY and _SAID_BY[code] is not outcome:
        return f"Under Wants to leave it says that the contact is {_TOLD[outcome]}."
    if outcome is Outcome.LEFT and code != "cancelled":
        return "Under Wants to leave it says that they left: close it as cancelled."
    return ""


_TOLD = {
    Outcome.SAVED: "staying",
    Outcome.LEFT: "leaving",
    Outcome.UNDECIDED: "undecided",
}
