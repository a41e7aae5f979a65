"""When a matter is closed, when it is proven closed, and what a return means (K3, K4, U15)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.core.policy import Policy


class Thread(StrEnum):
    """What a new message does to the contact's newest conversation."""

    CONTINUE = "continue"  # it is still open
    REOPEN = "reopen"  # the same matter again: a recontact
    OPEN = "open"  # another matter: a conversation of its own


class Verification(StrEnum):
    """How sure a resolution is: never assumed to be more than it is (FQ19)."""

    OPEN = "open"
    ASSUMED = "assumed"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is known about a conversation's end."""

    resolved_at: datetime | None
    is_confirmed: bool = False
    request_type: str = ""


def decide_thread(
    closing: Closing | None, request_type: str, policy: Policy, *, now: datetime
) -> Thread:
    """Return what a message of a request type does; "" is one that could not be read.

    A message that nobody could read, soon after a close, most likely goes on
    about the matter just closed: it reopens, so that a wrong close is seen.
    """
    if closing is None:
        return Thread.OPEN
    if closing.resolved_at is None:
        return Thread.CONTINUE
    if now - closing.resolved_at > policy.recontact_window:
        return Thread.OPEN
    if request_type in ("", closing.request_type):
        return Thread.REOPEN
    return Thread.OPEN


def verification(closing: Closing, policy: Policy, *, now: datetime) -> Verification:
    """Return how sure the resolution is: the contact said so, or did not come back in time."""
    if closing.resolved_at is None:
        return Verification.OPEN
    if closing.is_confirmed or now - closing.resolved_at >= policy.recontact_window:
        return Verification.VERIFIED
    return Verification.ASSUMED
