"""Meta's webhooks: the address is proved, news believed when signed, and stored once."""

import json
from collections.abc import Iterator

import pytest
from httpx import Client, Response
from msgspec import structs

from baton.channels.whatsapp import hooks, limits
from baton.core.consent import Purpose
from baton.services.delivery import templates
from baton.services.delivery.templates import Written
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import (
    Address,
    Attachment,
    AuditEntry,
    Consent,
    Contact,
    Inbox,
    Message,
    SenderPace,
    TemplateVersion,
)
from baton.store.models.runtime import RuntimeEvent
from tests.channels.whatsapp_hooks import (
    APP_SECRET,
    NUMBER_ID,
    SETTINGS,
    hook,
    message,
    signed,
    status,
    text,
    value,
)
from tests.ingress.installation import Installation
from tests.nlu.outside.server import Server, running


@pytest.fixture
def meta() -> Iterator[Server]:
    with running() as server:
        server.answers({"messages": [{"id": "wamid.out"}]})
        yield server


@pytest.fixture
def inbox(gym: Installation, meta: Server) -> Iterator[Inbox]:
    wanted = Wanted(name="WhatsApp", settings=structs.replace(SETTINGS, base=meta.url))
    yield inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
    gym.crew.close()


def tell(client: Client, inbox: Inbox, told: object, *, secret: str = "") -> Response:
    body, signature = signed(told, secret=secret) if secret else signed(told)
    headers = {hooks.HEADER: signature}
    return client.post(f"/whatsapp/{inbox.token}", content=body, headers=headers)


def test_the_address_is_proved_by_the_token_alone(
    client: Client, gym: Installation, inbox: Inbox
) -> None:
    token = inboxes.verify_token_of(gym.house, inbox)
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    answer = client.get(f"/whatsapp/{inbox.token}", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "y"}, {"hub.verify_token": ""}):
        assert client.get(f"/whatsapp/{inbox.token}", params=asked | wrong).status_code == 403
    assert client.get(f"/whatsapp/{gym.inbox.token}", params=asked).status_code == 404


@pytest.mark.req("C1", "C23", "DI12")
def test_news_is_stored_once_however_often_it_is_told(
    client: Client, gym: Installation, inbox: Inbox
) -> None:
    picture = message("image", {"id": "77", "mime_type": "image/jpeg"}, wamid="wamid.2")
    told = hook(value(text("what time do you open?" + "\n.\n" * 250), picture))
    for _again in range(3):
        assert tell(client, inbox, told).status_code == 200
    gym.step()
    assert tell(client, inbox, told).status_code == 200
    gym.step()
    assert Message.objects.filter(author="contact").count() == 2
    assert Contact.objects.count() == 1
    assert Address.objects.get().channel == "whatsapp"
    assert Attachment.objects.get().kind == "image"


def test_a_false_signature_is_refused_and_stores_nothing(
    client: Client, gym: Installation, inbox: Inbox
) -> None:
    told = hook(value(text("pay me")))
    body, signature = signed(told)
    headers = {hooks.HEADER: signature}
    answers = [
        tell(client, inbox, told, secret="another-secret"),
        client.post(
            f"/whatsapp/{inbox.token}", content=body.replace(b"me", b"us"), headers=headers
        ),
        client.post(f"/whatsapp/{inbox.token}", content=body),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert tell(client, gym.inbox, told).status_code == 404
    assert tell(client, inbox, b"[").status_code == 400
    assert tell(client, inbox, b" " * (hooks.MAX_BODY_BYTES + 1)).status_code == 413
    assert tell(client, inbox, hook(value(text("x"), number=NUMBER_ID + "9"))).status_code == 200
    assert not RuntimeEvent.objects.exists()


@pytest.mark.req("DI12")
def test_a_receipt_leads_to_its_message(client: Client, gym: Installation, inbox: Inbox) -> None:
    tell(client, inbox, hook(value(text("what time do you open?"))))
    gym.step()
    ours = Message.objects.get(author="bot")
    assert ours.delivery == "sent"
    told = value(statuses=(status("delivered", ours=ours.id), status("sent", ours=ours.id)))
    assert tell(client, inbox, hook(told)).status_code == 200
    gym.step()
    ours.refresh_from_db()
    assert ours.delivery == "delivered"


@pytest.mark.req("TP3")
def test_news_of_a_template_reaches_it(client: Client, gym: Installation, inbox: Inbox) -> None:
    written = Written(
        name="class_tomorrow", language="en_US", purpose=Purpose.TRANSACTIONAL, body="Come soon."
    )
    row = templates.save(gym.house, gym.workspace.id, written, by="user:u1")
    TemplateVersion.objects.filter(id=row.id).update(provider_name="class_tomorrow")
    told = {
        "event": "REJECTED", "message_template_id": 594, "reason": "INVALID_FORMAT",
        "message_template_name": "class_tomorrow", "message_template_language": "en_US",
    }  # fmt: skip
    for _again in range(2):
        answer = tell(client, inbox, hook(told, field="message_template_status_update"))
        assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.reason) == ("rejected", "INVALID_FORMAT")


@pytest.mark.req("C19")
def test_what_meta_allows_a_day_limits_the_inbox(client: Client, inbox: Inbox) -> None:
    for tier, most in (("TIER_2K", 2_000), ("TIER_250", 250), ("TIER_UNLIMITED", 0)):
        told = {
            "display_phone_number": "447700900999", "event": "ONBOARDING",
            "max_daily_conversations_per_business": tier,
        }  # fmt: skip
        assert tell(client, inbox, hook(told, field=limits.FIELD)).status_code == 200
        assert SenderPace.objects.get(id=inbox.id).begun_per_day == most
    assert AuditEntry.objects.filter(action="provider_limit_changed").count() == 3


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ({"event": "DOWNGRADE", "current_limit": "TIER_1K"}, 1_000),
        ({"current_limit": "TIER_1K", "max_daily_conversations_per_business": "TIER_50"}, 50),
        ({"event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}, None),
        ({"current_limit": "TIER_NOT_SET"}, None),
        ({"current_limit": 7}, None),
        ({}, None),
    ],
)
def test_an_odd_limit_is_passed_over(told: dict[str, object], limit: int | None) -> None:
    body = json.dumps(hook(told, field=limits.FIELD)).encode()
    signature = hooks.sign(body, APP_SECRET)
    news = hooks.read(body, signature=signature, app_secret=APP_SECRET, phone_number_id=NUMBER_ID)
    assert news.begun_per_day == limit


@pytest.mark.req("P17")
def test_who_stopped_promotions_in_whatsapp_gets_none(
    client: Client, gym: Installation, inbox: Inbox
) -> None:
    tell(client, inbox, hook(value(text("what time do you open?"))))
    gym.step()
    ours = Message.objects.get(author="bot")
    told = value(statuses=(status("failed", ours=ours.id, code=131050),))
    tell(client, inbox, hook(told))
    gym.step()
    ours.refresh_from_db()
    assert (ours.delivery, ours.delivery_reason) == ("failed", "promotions_unwanted")
    withdrawn = Consent.objects.get(purpose="promotional")
    assert (withdrawn.channel, withdrawn.is_granted) == ("whatsapp", False)
    assert not Contact.objects.get().opted_out
