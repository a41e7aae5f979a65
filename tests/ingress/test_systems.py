"""A connected system posts: believed, stored once, mapped, and told in the contact's lane."""

import json
from datetime import timedelta

import pytest
from httpx import Client

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors.webhook import settings as webhook
from baton.connectors.webhook.settings import WebhookSettings
from baton.core.mapping import FieldMap
from baton.services import arrivals
from baton.services.systems import bodies, recognising, systems
from baton.services.systems.systems import Wanted
from baton.services.workspace import inboxes
from baton.store.models import (
    Address,
    Contact,
    ReportedEvent,
    RuntimeEvent,
    SystemContact,
    SystemDelivery,
)
from tests.ingress.installation import Installation
from tests.ingress.visitor import hook_headers

BOOKED = FieldMap(
    name="bookings",
    event="booking_created",
    when="type",
    equals="booked",
    fields={"phone": "who.phone", "email": "who.mail", "person_id": "who.id", "booking": "id"},
)
ANN = {"id": "c-1", "phone": "+447700900123"}


def _connect(gym: Installation) -> tuple[str, str, str]:
    inboxes.connect(
        gym.house,
        gym.workspace.id,
        inboxes.Wanted(
            name="Phone", settings=SandboxSettings(channel="sms", sender="+447700900000")
        ),
        actor="test",
    )
    wanted = Wanted(kind=webhook.KIND, name="Front desk", settings=WebhookSettings())
    system, secret = systems.connect(gym.house, gym.workspace.id, wanted, actor="test")
    systems.save_map(gym.house, gym.workspace.id, system.id, BOOKED, replacing="", actor="test")
    return system.id, system.token, secret


def _post(
    client: Client, gym: Installation, token: str, secret: str, said: object, *, name: str = "m1"
) -> int:
    body = json.dumps(said).encode()
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(secret, body, webhook_id=name, at=at)
    return client.post(f"/systems/{token}", content=body, headers=headers).status_code


def _fates() -> list[tuple[str, str]]:
    return list(SystemDelivery.objects.order_by("id").values_list("fate", "told"))


@pytest.mark.req("DI4", "DI5", "DI12")
def test_what_a_system_tells_is_told_once_in_its_contacts_lane(
    client: Client, gym: Installation
) -> None:
    system_id, token, secret = _connect(gym)
    booked = {"type": "booked", "id": "B1", "who": ANN}
    assert _post(client, gym, token, secret, booked) == 202
    assert _post(client, gym, token, secret, booked) == 200
    gym.step()
    assert _post(client, gym, token, secret, booked) == 200
    gym.step()
    contact = Contact.objects.get()
    assert ReportedEvent.objects.filter(name="booking_created").exists()
    assert RuntimeEvent.objects.filter(kind="event_reported", lane=contact.lane).count() == 1
    # By the system's own id alone they are known from now on, and by an email besides.
    later = {"type": "booked", "id": "B2", "who": {"id": "c-1", "phone": "n/a"}}
    assert _post(client, gym, token, secret, later, name="m2") == 202
    gym.step()
    assert Contact.objects.count() == 1
    assert RuntimeEvent.objects.filter(kind="event_reported", lane=contact.lane).count() == 2
    # Nobody is guessed, and what no mapping is for is left alone.
    for number, said in enumerate(
        ({"type": "booked", "id": "B3", "who": {"id": "c-9"}}, {"type": "else"}, ["odd"])
    ):
        assert _post(client, gym, token, secret, said, name=f"n{number}") == 202
    gym.step()
    assert _fates() == [
        ("told", "booking_created"),
        ("told", "booking_created"),
        ("parked", "booking_created"),
        ("ignored", ""),
        ("ignored", ""),
    ]
    second, third = SystemDelivery.objects.order_by("id")[1:3]
    assert second.reason == "its phone cannot be used as written"
    assert "nobody is known" in third.reason
    assert b"c-9" not in bytes(third.body_sealed)
    # Mended, it is taken again.
    _introduce(gym, system_id, "c-9", contact)
    with gym.house.engine.transaction():
        bodies.retake(gym.house, third)
    gym.step()
    third.refresh_from_db()
    assert (third.fate, third.takes) == ("told", 2)
    assert RuntimeEvent.objects.filter(kind="event_reported", lane=contact.lane).count() == 3


def _introduce(gym: Installation, system_id: str, reference: str, contact: Contact) -> None:
    SystemContact.objects.create(
        id=gym.house.next_id(gym.clock.now()),
        workspace_id=gym.workspace.id,
        system_id=system_id,
        token=recognising.known_as_of(gym.house, system_id, reference),
        contact_id=contact.id,
    )


@pytest.mark.req("DI4")
def test_what_leads_to_two_contacts_waits_for_a_person(client: Client, gym: Installation) -> None:
    _system_id, token, secret = _connect(gym)
    both = {"phone": "+447700900123", "mail": "ann@example.org"}
    _post(client, gym, token, secret, {"type": "booked", "id": "B1", "who": ANN})
    gym.step()
    contact = Contact.objects.get()
    contact.pk = gym.house.next_id(gym.clock.now())
    contact.lane = arrivals.lane_of(gym.house.keyset, gym.workspace.id, "email", "ann@example.org")
    contact.save(force_insert=True)
    Address.objects.create(
        id=contact.pk,
        workspace_id=gym.workspace.id,
        contact_id=contact.pk,
        channel="email",
        token="t",
        inbox_id="i",
        lane=contact.lane,
    )
    _post(client, gym, token, secret, {"type": "booked", "id": "B2", "who": both}, name="m2")
    gym.step()
    fate, _told = _fates()[-1]
    assert fate == "parked"
    assert "merge them" in SystemDelivery.objects.get(reference="m2").reason


def test_the_secret_before_is_believed_for_a_day(client: Client, gym: Installation) -> None:
    system_id, token, secret = _connect(gym)
    said = {"type": "booked", "id": "B1", "who": ANN}
    fresh = systems.rotate_secret(gym.house, gym.workspace.id, system_id, actor="test")
    assert _post(client, gym, token, secret, said) == 202
    assert _post(client, gym, token, fresh, said, name="m2") == 202
    gym.pass_time(timedelta(hours=24, seconds=1).total_seconds())
    assert _post(client, gym, token, secret, said, name="m3") == 401
    assert _post(client, gym, token, fresh, said, name="m4") == 202
    systems.set_connected(gym.house, gym.workspace.id, system_id, is_connected=False, actor="test")
    assert _post(client, gym, token, fresh, said, name="m5") == 404
    assert client.post(f"/systems/{token}x", content=b"{}").status_code == 404


def test_a_system_may_ask_whether_somebody_listens(client: Client, gym: Installation) -> None:
    system_id, token, _secret = _connect(gym)
    assert client.head(f"/systems/{token}").status_code == 204
    assert client.head(f"/systems/{token}x").status_code == 404
    systems.set_connected(gym.house, gym.workspace.id, system_id, is_connected=False, actor="test")
    assert client.head(f"/systems/{token}").status_code == 404
