"""Every connector that mirrors: once, late, twice and out of order come to the same rows.

What flows hear is never told twice, and never what is no longer true.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors import Hook
from baton.connectors.calcom import settings as calcom
from baton.connectors.calcom.settings import CalcomSettings
from baton.core.json import Json
from baton.services.systems import hearing, systems
from baton.services.workspace import inboxes
from baton.store.models import Booking, Contact, RuntimeEvent, SystemDelivery
from tests.ingress.installation import Installation

FIXTURES = Path(__file__).parents[1] / "connectors"
SECRET = "a secret of the system's own"
TOLD: Sequence[Json] = tuple(
    json.loads(path.read_text("utf-8")) for path in sorted((FIXTURES / "calcom").glob("*.json"))
)


def _connect(gym: Installation) -> str:
    for channel in ("sms", "email"):
        sandbox = SandboxSettings(channel=channel, sender="")
        wanted = inboxes.Wanted(name=channel, settings=sandbox)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    own = systems.Wanted(kind=calcom.KIND, name="Cal.com", settings=CalcomSettings(), secret=SECRET)
    return systems.connect(gym.house, gym.workspace.id, own, actor="test")[0].token


def _post(gym: Installation, token: str, told: Json) -> None:
    body = json.dumps(told).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    entrance = hearing.find_entrance(gym.house, token)
    assert entrance is not None
    hook = Hook(body=body, headers={"x-cal-signature-256": digest}, url=entrance.url)
    heard = hearing.believe(gym.house, entrance, hook)
    with gym.house.engine.transaction():
        gym.house.engine.inbox.append([hearing.arrival_of(gym.house, entrance, heard)])
    gym.step(1)


def _rows() -> list[tuple[object, ...]]:
    rows = Booking.objects.order_by("reference")
    return list(rows.values_list("reference", "state", "starts_at", "stamp", "page_url"))


def _events() -> list[str]:
    keys = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    return [key.rpartition(":")[2] for key in keys.values_list("dedupe_key", flat=True)]


@pytest.mark.req("AP1", "DI12")
@pytest.mark.parametrize("order", list(permutations(range(len(TOLD)))))
def test_any_order_comes_to_the_same_rows(gym: Installation, order: tuple[int, ...]) -> None:
    token = _connect(gym)
    for place in (*order, *order):  # and each of them twice
        _post(gym, token, TOLD[place])
    [row] = _rows()
    assert row[:2] == ("bFJeNb2uX8ANpT3JL5EfXw@Cal.com", "cancelled")
    assert str(row[2]) == "2026-03-06 09:30:00+00:00"
    assert Contact.objects.count() == 1
    told = _events()
    in_order = ["booking_created", "booking_moved", "booking_cancelled"]
    assert len(told) == len(set(told))
    assert [event for event in in_order if event in told] == told
    if order == (0, 1, 2):
        assert told == in_order
    assert SystemDelivery.objects.count() == len(TOLD)
