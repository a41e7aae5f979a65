"""When a message that nobody has confirmed is told again on the next channel."""

import pytest

from baton.core.delivery import Delivery
from baton.core.patience import Look, Proof, look

SENT, UNKNOWN, DELIVERED = Delivery.SENT, Delivery.UNKNOWN, Delivery.DELIVERED


@pytest.mark.req("C22", "G37")
@pytest.mark.parametrize(
    ("delivery", "of_delivery", "of_reading"),
    [
        (Delivery.QUEUED, Look.LATER, Look.LATER),
        (Delivery.HELD, Look.LATER, Look.LATER),
        (Delivery.SENDING, Look.LATER, Look.LATER),
        (Delivery.REFUSED, Look.ENOUGH, Look.ENOUGH),
        (Delivery.UNKNOWN, Look.GO_ON, Look.GO_ON),
        (Delivery.SENT, Look.GO_ON, Look.GO_ON),
        (Delivery.FAILED, Look.GO_ON, Look.GO_ON),
        (Delivery.DELIVERED, Look.ENOUGH, Look.GO_ON),
        (Delivery.READ, Look.ENOUGH, Look.ENOUGH),
    ],
)
def test_what_follows_when_the_time_is_up(
    delivery: Delivery, of_delivery: Look, of_reading: Look
) -> None:
    found = [look(delivery, proof, has_answered=False) for proof in Proof]
    assert found == [of_delivery, of_reading]


@pytest.mark.parametrize("delivery", [SENT, UNKNOWN, DELIVERED])
def test_whoever_answered_has_it(delivery: Delivery) -> None:
    assert look(delivery, Proof.READ, has_answered=True) is Look.ENOUGH


def test_an_answer_to_something_else_proves_no_failed_message() -> None:
    assert look(Delivery.FAILED, Proof.DELIVERED, has_answered=True) is Look.GO_ON
