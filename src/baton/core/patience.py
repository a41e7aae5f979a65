"""How long a message waits for a proof that it arrived before the next channel is tried (C22)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from baton.core.delivery import Delivery

LEAST, MOST = timedelta(minutes=1), timedelta(days=7)


class Proof(StrEnum):
    """What has to be known of a message by then."""

    DELIVERED = "delivered"
    READ = "read"


class Look(StrEnum):
    """What follows when the time is up."""

    ENOUGH = "enough"
    LATER = "later"  # it has not left yet: its time begins when it does
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The time for which a message is waited for, `after` it left, and for what."""

    after: timedelta
    proof: Proof = Proof.DELIVERED


_ON_ITS_WAY = frozenset({Delivery.QUEUED, Delivery.HELD, Delivery.SENDING})
_PROVEN = {
    Proof.DELIVERED: frozenset({Delivery.DELIVERED, Delivery.READ}),
    Proof.READ: frozenset({Delivery.READ}),
}


def look(delivery: Delivery, proof: Proof, *, has_answered: bool) -> Look:
    """Return what follows for a message whose time is up.

    Whoever wrote on its channel since has it, whatever the provider says. What our own
    policy refused is not for this clock.
    """
    if delivery in _ON_ITS_WAY:
        return Look.LATER
    is_settled = delivery is Delivery.REFUSED or delivery in _PROVEN[proof]
    if is_settled or (has_answered and delivery is not Delivery.FAILED):
        return Look.ENOUGH
    return Look.GO_ON
