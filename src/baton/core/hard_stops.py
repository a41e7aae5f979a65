"""What ends automation at once, how bad it is and who takes it (E4-E9, E14, E20).

Which words are one is said in `core.stop_rules`; what is heard in a message, in
`core.hearing`. No setting reaches any of the three.
"""

from dataclasses import dataclass
from enum import StrEnum


class HardStop(StrEnum):
    """Why a person must take over; stored, reported on and shown to agents."""

    RED_FLAG = "red_flag"
    SAFETY = "safety"
    MEDICAL = "medical"
    LEGAL = "legal"
    CHARGEBACK = "chargeback"
    BILLING_DISPUTE = "billing_dispute"
    REFUND = "refund"
    MEMBERSHIP_CANCELLATION = "membership_cancellation"
    LEAVING = "leaving"
    COMPLAINT = "complaint"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How bad a kind of stop is (0 to 100, part of urgency) and who takes it."""

    severity: int
    queue: str


HANDLING: dict[HardStop, Handling] = {
    HardStop.RED_FLAG: Handling(severity=100, queue="clinical"),
    HardStop.SAFETY: Handling(severity=95, queue="clinical"),
    HardStop.MEDICAL: Handling(severity=90, queue="clinical"),
    HardStop.LEGAL: Handling(severity=80, queue="general"),
    HardStop.CHARGEBACK: Handling(severity=75, queue="billing"),
    HardStop.BILLING_DISPUTE: Handling(severity=70, queue="billing"),
    HardStop.REFUND: Handling(severity=65, queue="billing"),
    HardStop.MEMBERSHIP_CANCELLATION: Handling(severity=60, queue="retention"),
    HardStop.LEAVING: Handling(severity=55, queue="retention"),
    HardStop.COMPLAINT: Handling(severity=50, queue="general"),
    HardStop.PERSON: Handling(severity=30, queue="general"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HardStopMatch:
    """A hard stop and the half-open span of the message that caused it."""

    kind: HardStop
    text: str
    start: int
    end: int

    @property
    def severity(self) -> int:
        """Return how bad the stop is, 0 to 100."""
        return HANDLING[self.kind].severity

    @property
    def queue(self) -> str:
        """Return the queue that takes it."""
        return HANDLING[self.kind].queue
