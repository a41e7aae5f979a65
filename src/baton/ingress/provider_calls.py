"""What every provider's webhook has in common: it is believed or not, and stored once."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from baton.channels import ArrivingMessage, Receipt, WrongSignatureError
from baton.ingress.gatehouse import Gatehouse
from baton.ingress.refusal import Refusal
from baton.services.doors import provider_hooks
from baton.services.doors.provider_hooks import ProviderEntrance

Told = TypeVar("Told")


def believed(entrance: ProviderEntrance, read: Callable[[str], Told]) -> Told:
    """Read a webhook with whichever secret proves it; refuses with 403."""
    for proof in entrance.proofs:
        try:
            return read(proof)
        except WrongSignatureError:
            continue
    raise Refusal(
        403,
        "wrong_signature",
        "The signature does not fit. Paste the inbox's webhook address as it is shown, and"
        " check the secret.",
    )


async def store(
    gatehouse: Gatehouse, entrance: ProviderEntrance, told: Iterable[ArrivingMessage | Receipt]
) -> None:
    """Keep what a provider tells, in its order; durable when it returns."""
    arrivals = (
        provider_hooks.message_arrival(gatehouse.house, entrance, one)
        if isinstance(one, ArrivingMessage)
        else provider_hooks.receipt_arrival(gatehouse.house, entrance, one)
        for one in told
    )
    await gatehouse.record_all(arrival for arrival in arrivals if arrival)
