"""What systems told, as it is kept: sealed, opened, and put back to be taken again."""

import msgspec

from baton.core.json import Json
from baton.services import arrivals
from baton.services.facts import DeliveryRetaken
from baton.services.house import House
from baton.services.systems import systems
from baton.store.models import SystemDelivery


def open_body(house: House, delivery: SystemDelivery) -> Json:
    """Return what a system told."""
    body: Json = msgspec.json.decode(
        house.keyset.unseal(bytes(delivery.body_sealed), _place(delivery.id))
    )
    return body


def seal_body(house: House, delivery_id: str, body: Json) -> bytes:
    """Return what a system told, as its delivery keeps it."""
    return house.keyset.seal(msgspec.json.encode(body).decode(), _place(delivery_id))


def retake(house: House, delivery: SystemDelivery) -> None:
    """Have what a system told taken again, as things stand now; runs in a transaction."""
    now = house.clock.now()
    arrival = arrivals.arrival_of(
        DeliveryRetaken(delivery_id=delivery.id),
        house.keyset,
        workspace_id=delivery.workspace_id,
        lane=systems.lane_of(delivery.system_id),
        dedupe_key=f"retaken:{delivery.id}:{house.next_id(now)}",
        received_at=now,
    )
    house.engine.inbox.append([arrival])


def _place(delivery_id: str) -> str:
    return f"system.delivery:{delivery_id}"
