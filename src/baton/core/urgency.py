"""How urgent a handed-over conversation is, 0 to 100, and what makes it so (U13)."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.hard_stops import HardStopMatch

# Each signal's weight is the urgency that it gives at its fullest.
_SENTIMENT_WEIGHT = 60
_RECONTACT_WEIGHT = 25
_MAX_RECONTACTS = 3
_SLA_WEIGHT = 90
_BREACHED = 100
_BASE = 10
MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """A score and the one signal that set it."""

    score: int
    cause: str


def score(
    stops: tuple[HardStopMatch, ...], *, sentiment: float = 0.0, recontacts: int = 0
) -> Urgency:
    """Return the strongest of hard-stop severity, sentiment and repeat contact (U13).

    Nearness of the clock is added by `with_clock`, since it grows while a
    conversation waits.
    """
    candidates = [Urgency(score=_BASE, cause="waiting")]
    if stops:
        worst = max(stops, key=lambda stop: stop.severity)
        candidates.append(Urgency(score=worst.severity, cause=worst.kind.value))
    if sentiment < 0:
        candidates.append(
            Urgency(score=round(min(-sentiment, 1.0) * _SENTIMENT_WEIGHT), cause="sentiment")
        )
    if recontacts:
        again = min(recontacts, _MAX_RECONTACTS) * _RECONTACT_WEIGHT
        candidates.append(Urgency(score=again, cause="repeat_contact"))
    return max(candidates, key=lambda urgency: urgency.score)


def with_clock(
    urgency: Urgency, *, started_at: datetime, due_at: datetime, now: datetime
) -> Urgency:
    """Return the urgency as the clock nears its end; past it, the highest.

    The share of the window that is gone, squared, times 90: half-way adds
    little (22), the last tenth counts (73 and more).
    """
    if now >= due_at:
        return Urgency(score=_BREACHED, cause="breached")
    gone = (now - started_at) / (due_at - started_at) if due_at > started_at else 0.0
    near = round(max(gone, 0.0) ** 2 * _SLA_WEIGHT)
    return Urgency(score=near, cause="clock") if near > urgency.score else urgency
