"""What a run took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds in all, and milliseconds a batch from its arrival to its last commit."""

    seconds: float
    batches_ms: tuple[float, ...]
