"""Every connector that mirrors: once, late, twice and out of order come to the same rows.

What flows hear is never told twice, and never what is no longer true.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import permutations

import msgspec
import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors import Hook
from baton.core.json import Json
from baton.services.systems import bodies, hearing, systems
from baton.services.workspace import inboxes
from baton.store.models import (
    Booking,
    Contact,
    Membership,
    ReportedEvent,
    RuntimeEvent,
    SystemDelivery,
)
from tests.connectors.examples import EXAMPLES, HERE, SECRET, Example, Signed
from tests.ingress.installation import Installation
from tests.nlu.outside.server import Answer, Asked, Server, running

ORDERS = [
    pytest.param(one, order, id=f"{one.kind}-{''.join(map(str, order))}")
    for one in EXAMPLES
    if one.reference
    for order in permutations(range(len(one.told)))
]
MINDBODY = next(one for one in EXAMPLES if one.kind == "mindbody")


@contextmanager
def answering(one: Example) -> Iterator[Server]:
    """Run what a system is asked at."""

    def answer(asked: Asked) -> Answer:
        said = one.answers.get(asked.path)
        return Answer(status=200 if said else 404, pieces=(json.dumps(said).encode(),))

    with running() as server:
        server.answer = answer
        yield server


def placed_at(one: Example, url: str) -> Example:
    """Return a connector whose system answers at an address."""
    if hasattr(one.settings, "api_url"):
        return replace(one, settings=msgspec.structs.replace(one.settings, api_url=url))
    return one


def connect(gym: Installation, one: Example) -> str:
    for channel in ("sms", "email"):
        sandbox = SandboxSettings(channel=channel, sender="")
        wanted = inboxes.Wanted(name=channel, settings=sandbox)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    own = systems.Wanted(kind=one.kind, name=one.kind, settings=one.settings, secret=SECRET)
    return systems.connect(gym.house, gym.workspace.id, own, actor="test")[0].token


def post(gym: Installation, one: Example, token: str, told: Json) -> None:
    """Have a system post something, and all that follows happen."""
    entrance = hearing.find_entrance(gym.house, token)
    assert entrance is not None
    signed = Signed(body=json.dumps(told).encode(), url=entrance.url, at=gym.clock.now())
    hook = Hook(body=signed.body, headers=one.sign(signed), url=entrance.url)
    heard = hearing.believe(gym.house, entrance, hook)
    with gym.house.engine.transaction():
        gym.house.engine.inbox.append([hearing.arrival_of(gym.house, entrance, heard)])
    gym.step(1)


def _events() -> list[str]:
    keys = RuntimeEvent.objects.filter(kind="event_reported").order_by("seq")
    return [key.rpartition(":")[2] for key in keys.values_list("dedupe_key", flat=True)]


def _fates() -> list[str]:
    return list(SystemDelivery.objects.order_by("id").values_list("fate", flat=True))


@pytest.mark.req("AP1", "DI12")
@pytest.mark.parametrize(("one", "order"), ORDERS)
def test_any_order_comes_to_the_same_rows(
    gym: Installation, one: Example, order: tuple[int, ...]
) -> None:
    with answering(one) as server:
        one = placed_at(one, server.url)
        token = connect(gym, one)
        for place in (*order, *order):  # and each of them twice
            post(gym, one, token, one.told[place])
    row = Booking.objects.get()
    assert (row.reference, row.state) == (one.reference, "cancelled")
    assert str(row.starts_at) == one.starts_at
    assert row.page_url == one.page_url
    assert Contact.objects.count() == 1
    told = _events()
    in_order = ["booking_created", "booking_moved", "booking_cancelled"]
    assert len(told) == len(set(told))
    assert [event for event in in_order if event in told] == told
    if order == tuple(range(len(one.told))):
        assert told == in_order
    assert SystemDelivery.objects.count() == len(one.told)
    assert not {"asking", "parked", "waiting"} & set(_fates())


def _told(name: str) -> Json:
    said: Json = json.loads((HERE / "mindbody" / f"{name}.json").read_text("utf-8"))
    return said


@pytest.mark.req("AP1", "DI5")
def test_mindbody_tells_who_came_to_a_class_and_who_belongs(gym: Installation) -> None:
    token = connect(gym, MINDBODY)
    # Whether they came is told before the booking, by nothing but its number: it waits.
    post(gym, MINDBODY, token, _told("class-status"))
    assert _fates() == ["waiting"]
    post(gym, MINDBODY, token, _told("class-booked"))
    assert _fates() == ["told", "told"]
    assert _events() == ["booking_created", "booking_attended"]
    row = Booking.objects.get()
    assert (row.reference, row.state) == ("class-11", "attended")
    post(gym, MINDBODY, token, _told("membership"))
    post(gym, MINDBODY, token, _told("client"))
    assert Membership.objects.get().plan == "Gold level member"
    assert Contact.objects.count() == 2


def test_whoever_is_not_known_yet_is_waited_for(gym: Installation) -> None:
    token = connect(gym, MINDBODY)
    booked = _told("1-booked")
    assert isinstance(booked, dict)
    data = booked["eventData"]
    assert isinstance(data, dict)
    data |= {"clientId": "100000121", "clientEmail": "", "clientPhone": None}
    post(gym, MINDBODY, token, booked)
    assert _fates() == ["parked"]
    post(gym, MINDBODY, token, _told("client"))
    assert _fates() == ["told", "kept"]
    assert Booking.objects.get().state == "booked"


def test_taken_again_a_record_says_that_nobody_was_told_again(gym: Installation) -> None:
    token = connect(gym, MINDBODY)
    post(gym, MINDBODY, token, _told("1-booked"))
    delivery = SystemDelivery.objects.get()
    with gym.house.engine.transaction():
        bodies.retake(gym.house, delivery)
    gym.step(1)
    delivery.refresh_from_db()
    assert (delivery.fate, delivery.told, delivery.takes) == ("unchanged", "booking_created", 2)
    assert "nobody was told again" in delivery.reason
    assert _events() == ["booking_created"]


@pytest.mark.req("DI5", "DI10")
def test_hubspot_tells_what_a_contact_is_now(gym: Installation) -> None:
    hubspot = next(one for one in EXAMPLES if one.kind == "hubspot")
    with answering(hubspot) as server:
        one = placed_at(hubspot, server.url)
        token = connect(gym, one)
        post(gym, one, token, one.told[0])
        post(gym, one, token, one.told[0])
        [asked] = server.asked
    assert asked.json["inputs"] == [{"id": "123"}]
    assert asked.headers["authorization"].startswith("Bearer ")
    assert _fates() == ["told"]
    assert ReportedEvent.objects.filter(name="contact_changed").count() == 1
    assert Contact.objects.get().lane == RuntimeEvent.objects.get(kind="event_reported").lane


@pytest.mark.req("DI12")
def test_what_cannot_be_asked_is_asked_again_and_a_wrong_token_waits_for_somebody(
    gym: Installation,
) -> None:
    square = next(one for one in EXAMPLES if one.kind == "square")
    with answering(square) as server:
        one = placed_at(square, server.url)
        token = connect(gym, one)
        well = server.answer
        server.answer = lambda _: Answer(status=503)
        post(gym, one, token, one.told[0])
        assert _fates() == ["asking"]
        assert "503" in SystemDelivery.objects.get().reason
        server.answer = lambda _: Answer(status=401)
        gym.step(3_600)
        assert _fates() == ["parked"]
        server.answer = well
        with gym.house.engine.transaction():
            bodies.retake(gym.house, SystemDelivery.objects.get())
        gym.step(60)
    assert _fates() == ["told"]
    row = Booking.objects.get()
    assert (row.price_minor, row.state) == (4500, "booked")
