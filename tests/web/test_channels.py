"""Settings > Channels: what is connected and how it does; a number is tried before it is kept."""

import html
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytest_django.plugin import DjangoDbBlocker

from baton.channels.email import settings as mail
from baton.channels.email.settings import EmailSettings
from baton.channels.sms.settings import GatewaySettings, TwilioSettings
from baton.channels.whatsapp import settings as whatsapp_settings
from baton.channels.whatsapp.settings import CloudSettings
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.services.workspace import inboxes
from baton.services.workspace.connections import ChannelSettings
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Conversation, Delivery, FlowVersion, Inbox, MailPlace, Message
from baton.web.settings import email_form
from baton.web.settings.email_form import EmailForm
from tests.ingress.installation import copy_of
from tests.nlu.outside.server import Answer, Asked, Server, running
from tests.support import mail_server
from tests.support.engines import default_database
from tests.web import conftest
from tests.web.conftest import START, Gym, Screen, open_gym
from tests.web.spoken import a_house

PAGE = "/settings/channels"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "1b" * 16
TWILIO = {
    "name": "Front desk SMS", "sender": "+44 7700 900999", "account_sid": ACCOUNT,
    "auth_token": TOKEN,
}  # fmt: skip


@pytest.fixture
def gym(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        clock = VirtualClock(START)
        yield open_gym("Northside Gym", house=a_house(clock, seed=1), clock=clock)


@pytest.fixture
def robin(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Robin", Role.MANAGER))


@pytest.fixture
def provider() -> Iterator[Server]:
    with running() as server:
        server.answers({"friendly_name": "Gym", "status": "active"})
        yield server


def at_twilio(gym: Gym, base: str) -> Inbox:
    """Connect a number where Twilio is a server on this machine."""
    settings = TwilioSettings(
        account_sid=ACCOUNT, auth_token=TOKEN, sender="+447700900999", base=base
    )
    wanted = Wanted(name="Front desk SMS", settings=settings)
    return inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")


def settings_of(gym: Gym, inbox: Inbox) -> ChannelSettings:
    return inboxes.settings_of(gym.house, Inbox.objects.get(id=inbox.id))


def test_every_inbox_is_listed_with_its_health(gym: Gym, robin: Screen) -> None:
    inbox = at_twilio(gym, "http://127.0.0.1:9")
    shown = robin.get(PAGE).text
    assert "Website chat" in shown
    assert f'href="{PAGE}/{inbox.id}"' in shown
    assert "nothing yet" in shown
    gym.hear("mia", "What time do you open?")
    assert "2 Mar, 11:00" in robin.get(PAGE).text  # in the gym's own zone
    Message.objects.filter(author="bot").update(delivery="failed")
    assert "Look at today" in robin.get(PAGE).text
    Message.objects.filter(author="bot").update(delivery="queued")
    gym.clock.advance(timedelta(minutes=6))
    assert "1 waiting to leave" in robin.get(PAGE).text
    inboxes.disconnect(gym.house, gym.workspace.id, inbox.id, actor="user:u1")
    assert "Not connected" in robin.get(PAGE).text


@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR, Role.AUDITOR])
def test_who_may_not_change_settings_sees_none(gym: Gym, role: Role) -> None:
    inbox = at_twilio(gym, "http://127.0.0.1:9")
    screen = gym.screen_of(gym.hire("Kim", role))
    for path in ("", "/new/twilio", f"/{inbox.id}"):
        assert screen.get(f"{PAGE}{path}").status == 403
    for path in ("/new/twilio", f"/{inbox.id}", f"/{inbox.id}/secret", f"/{inbox.id}/disconnect"):
        assert screen.post(f"{PAGE}{path}", TWILIO, htmx=False).status == 403
    assert settings_of(gym, inbox).sender == "+447700900999"


def test_another_workspaces_inbox_is_not_there(gym: Gym, robin: Screen) -> None:
    other = open_gym("Southside Gym", house=gym.house, clock=gym.clock)
    inbox = at_twilio(other, "http://127.0.0.1:9")
    for path in (f"/{inbox.id}", "/new/pigeon"):
        assert robin.get(f"{PAGE}{path}").status == 404
    for path in (f"/{inbox.id}", f"/{inbox.id}/secret", f"/{inbox.id}/disconnect"):
        assert robin.post(f"{PAGE}{path}", TWILIO, htmx=False).status == 404
    assert inbox.id not in robin.get(PAGE).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"), ("account_sid", "AC1", "AC and 32 more"),
        ("auth_token", "short", "auth token"), ("sender", "07700 900999", "with its country"),
        ("sender", "GYM", "with its country"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_said_beside_its_field(
    robin: Screen, field: str, value: str, words: str
) -> None:
    answer = robin.post(f"{PAGE}/new/twilio", {**TWILIO, field: value}, htmx=False)
    assert answer.status == 422
    assert words in answer.text
    assert TOKEN not in answer.text
    assert not Inbox.objects.exclude(provider="").exists()


@pytest.mark.req("C17", "X32")
def test_one_more_channel_is_advised_against_while_flows_are_fresh(gym: Gym, robin: Screen) -> None:
    early = "This is early for one more channel: "
    assert early not in robin.get(f"{PAGE}/new/smtp").text
    inbox = at_twilio(gym, "http://127.0.0.1:9")
    shown = robin.get(f"{PAGE}/new/smtp").text
    titles = FlowVersion.objects.values_list("document__title", flat=True)
    assert any(f"{early}{html.escape(title)}" in shown for title in titles)
    assert early not in robin.get(f"{PAGE}/{inbox.id}").text
    assert early not in robin.get(f"{PAGE}/new/twilio").text  # a second number is no channel more
    FlowVersion.objects.update(published_at=gym.clock.now() - timedelta(days=15))
    assert early not in robin.get(f"{PAGE}/new/smtp").text


def test_a_number_is_tried_before_it_is_kept(gym: Gym, robin: Screen, provider: Server) -> None:
    inbox = at_twilio(gym, provider.url)
    provider.answers({"code": 20003}, status=401)
    answer = robin.post(f"{PAGE}/{inbox.id}", {**TWILIO, "auth_token": "f" * 32}, htmx=False)
    assert answer.status == 422
    assert "does not accept the account SID with this auth token" in answer.text
    assert settings_of(gym, inbox).sender == "+447700900999"
    provider.answers({"friendly_name": "Gym", "status": "active"})
    changed = {**TWILIO, "auth_token": "", "sender": "+447700900888", "name": "Night desk"}
    answer = robin.post(f"{PAGE}/{inbox.id}", changed, htmx=False)
    assert (answer.status, answer.headers["Location"]) == (302, f"{PAGE}/{inbox.id}?saved=1")
    kept = settings_of(gym, inbox)
    assert isinstance(kept, TwilioSettings)
    assert (kept.auth_token, kept.sender) == (TOKEN, "+447700900888")  # an empty field changes none
    shown = robin.get(f"{PAGE}/{inbox.id}?saved=1").text
    assert f"/sms/twilio/{inbox.token}" in shown
    assert "Night desk" in shown
    assert TOKEN not in shown
    assert all(asked.method == "GET" for asked in provider.asked)  # nothing was sent
    assert gym.deeds("inbox_connected")[-1] == (f"user:{robin.user.id}", f"inbox:{inbox.id}")


GATEWAY = {
    "name": "Gateway", "sender": "GYM", "content_type": "application/json",
    "body": '{"to": "{to}", "text": "{text}"}', "header": "Authorization",
    "header_value": "Bearer key-of-the-gateway", "id_field": "",
}  # fmt: skip


def test_a_gateways_secret_is_shown_once(gym: Gym, robin: Screen, provider: Server) -> None:
    form = {**GATEWAY, "url": f"{provider.url}/send"}
    answer = robin.post(f"{PAGE}/new/gateway", form, htmx=False)
    inbox = Inbox.objects.get(provider="gateway")
    secret = inboxes.secret_of(gym.house, inbox)
    assert answer.status == 200
    assert secret in answer.text
    shown = robin.get(f"{PAGE}/{inbox.id}").text
    assert secret not in shown
    assert "key-of-the-gateway" not in shown
    answer = robin.post(f"{PAGE}/{inbox.id}", {**form, "header_value": ""}, htmx=False)
    assert answer.status == 302
    kept = settings_of(gym, inbox)
    assert isinstance(kept, GatewaySettings)
    assert kept.header_value == "Bearer key-of-the-gateway"
    answer = robin.post(f"{PAGE}/{inbox.id}/secret", htmx=False)
    fresh = inboxes.secret_of(gym.house, Inbox.objects.get(id=inbox.id))
    assert fresh != secret
    assert fresh in answer.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("url", "http://sms.example/send", "https"), ("body", "{text}", "{to}"),
        ("body", '{"to": {to}, "text": {text}}', "quotes"), ("sender", " ", "that messages come"),
        ("header", "No header", "letters, digits"), ("id_field", "a..b", "dots"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_gateway_is_said_beside_its_field(
    robin: Screen, provider: Server, field: str, value: str, words: str
) -> None:
    form = {**GATEWAY, "url": provider.url, field: value}
    answer = robin.post(f"{PAGE}/new/gateway", form, htmx=False)
    assert answer.status == 422
    assert words.replace('"', "&quot;") in answer.text
    assert not provider.asked


CLOUD = {
    "name": "WhatsApp", "phone_number_id": "1061540", "business_account_id": "1022901",
    "access_token": "EAAJB" + "x" * 40, "app_secret": "5e" * 16,
}  # fmt: skip


def at_meta(asked: Asked) -> Answer:
    """Answer as Meta does when it is asked for a number, or for those of an account."""
    number = {"display_phone_number": "+44 7700 900999", "verified_name": "Northside Gym"}
    told = {"data": [{"id": "1061540"}]} if "/phone_numbers" in asked.path else number
    return Answer(pieces=(json.dumps(told).encode(),))


@pytest.mark.req("C1")
def test_a_mailbox_is_tried_and_its_passwords_never_shown(gym: Gym, robin: Screen) -> None:
    with mail_server.running() as server:
        mailbox = {
            "name": "Front desk mail", "sender": "Hello@Fit.example", "from_name": "FitLocal",
            "smtp_host": "127.0.0.1", "smtp_port": "9", "smtp_security": "none",
            "smtp_password": "a secret", "imap_security": "none", "folder": "INBOX",
        }  # fmt: skip

        def posted(**changes: str) -> conftest.Answer:
            return robin.post(f"{PAGE}/new/smtp", {**mailbox, **changes}, htmx=False)

        nobody_there = posted()
        assert nobody_there.status == 422
        assert "Sending: Nothing listens at 127.0.0.1:9. Check the port." in nobody_there.text
        mailbox |= {"smtp_port": str(server.port)}
        assert "Write the address" in posted(sender="nobody").text
        assert "Receiving: Nothing listens" in posted(imap_host="127.0.0.1", imap_port="9").text
        assert posted().status == 302
    inbox = Inbox.objects.get(channel="email")
    assert (inbox.sender, inbox.provider) == ("hello@fit.example", "smtp")
    shown = robin.get(f"{PAGE}/{inbox.id}").text
    assert 'value="hello@fit.example"' in shown
    assert "a secret" not in shown
    assert "What the provider has to be told" not in shown
    MailPlace.objects.create(
        id=inbox.id, workspace_id=gym.workspace.id, account="a", looked_at=gym.clock.now(),
        problem="mail.example does not accept this user with this password.",
    )  # fmt: skip
    assert "Nothing comes in: mail.example does not accept" in robin.get(PAGE).text


def test_a_kept_password_goes_to_no_other_server() -> None:
    fields = {
        "name": "Mail", "sender": "hello@fit.example", "folder": "INBOX", "smtp_security": "tls",
        "smtp_host": "smtp.fit.example", "smtp_user": "hello", "imap_security": "tls",
    }  # fmt: skip
    outgoing = mail.Server(host="smtp.fit.example", port=465, user="hello", password="kept")
    known = EmailSettings(
        sender="hello@fit.example",
        outgoing=outgoing,
        incoming=replace(outgoing, host="imap.fit.example", port=993),
    )

    def kept(**changes: str) -> tuple[str, str]:
        form = EmailForm({**fields, **changes})
        assert form.is_valid(), form.errors
        found = email_form.settings_of(form, known)
        return found.outgoing.password, found.incoming.password

    assert kept(imap_host="imap.fit.example") == ("kept", "kept")
    assert kept(imap_host="imap.evil.example") == ("kept", "")
    assert kept(imap_host="imap.evil.example", imap_user="hello") == ("kept", "")
    assert kept(smtp_host="smtp.evil.example", imap_host="imap.fit.example") == ("", "kept")
    assert kept(imap_host="new.fit.example", smtp_password="told") == ("told", "told")


@pytest.mark.req("C1")
def test_a_whatsapp_number_is_tried_and_then_shown_what_meta_has_to_be_told(
    gym: Gym, robin: Screen, provider: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp_settings, "API", provider.url)  # Meta's own address
    answer = robin.post(f"{PAGE}/new/cloud", {**CLOUD, "app_secret": "x"}, htmx=False)
    assert (answer.status, "Copy the app secret" in answer.text) == (422, True)
    assert not provider.asked
    provider.answers({"error": {"code": 190}}, status=401)
    answer = robin.post(f"{PAGE}/new/cloud", CLOUD, htmx=False)
    assert "The access token has expired" in answer.text
    assert CLOUD["access_token"] not in answer.text
    provider.answer = at_meta
    answer = robin.post(f"{PAGE}/new/cloud", CLOUD, htmx=False)
    inbox = Inbox.objects.get(channel="whatsapp")
    assert (answer.status, inbox.sender) == (302, "+44 7700 900999")
    shown = robin.get(answer.headers["Location"]).text
    assert f"/whatsapp/{inbox.token}" in shown
    assert inboxes.verify_token_of(gym.house, inbox) in shown
    changed = {**CLOUD, "name": "Front desk", "access_token": "", "app_secret": ""}
    assert robin.post(f"{PAGE}/{inbox.id}", changed, htmx=False).status == 302
    kept = settings_of(gym, inbox)
    assert isinstance(kept, CloudSettings)
    assert kept.app_secret == CLOUD["app_secret"]


def test_a_number_of_the_lab_needs_no_provider(robin: Screen) -> None:
    assert "phone lab" in robin.get(f"{PAGE}/new/sandbox").text
    answer = robin.post(
        f"{PAGE}/new/sandbox", {"name": "Trial", "sender": "", "channel": "whatsapp"}, htmx=False
    )
    assert answer.status == 302
    assert robin.get(answer.headers["Location"]).status == 200
    inbox = Inbox.objects.get(provider="sandbox")
    assert inbox.channel == "whatsapp"
    changed = {"name": "Lab", "sender": ""}  # what it plays cannot change any more
    assert robin.post(f"{PAGE}/{inbox.id}", changed, htmx=False).status == 302
    inbox.refresh_from_db()
    assert (inbox.channel, inbox.name) == ("whatsapp", "Lab")


def test_disconnected_an_inbox_forgets_its_secrets(gym: Gym, robin: Screen) -> None:
    inbox = at_twilio(gym, "http://127.0.0.1:9")
    answer = robin.post(f"{PAGE}/{inbox.id}/disconnect", htmx=False)
    assert answer.status == 302
    inbox.refresh_from_db()
    assert bytes(inbox.settings_sealed) == b""
    assert "Not connected" in robin.get(f"{PAGE}/{inbox.id}").text
    assert "Disconnected" in robin.get(answer.headers["Location"]).text


@pytest.mark.req("C7")
def test_a_transcript_tells_what_the_provider_said(gym: Gym, robin: Screen) -> None:
    conversation_id = gym.hear("mia", "What time do you open?")
    [bots] = Message.objects.filter(author="bot")
    Message.objects.update(delivery="failed", delivery_reason="unreachable")
    Delivery.objects.create(
        id=bots.id,
        workspace_id=gym.workspace.id,
        inbox_id=Conversation.objects.get().inbox_id,
        receipt="SM1",
        code="30003",
        parts=2,
        cost=23_600,
        currency="USD",
        changed_at=gym.clock.now(),
    )
    shown = robin.post(f"/inbox/{conversation_id}/transcript").text
    assert "The phone is off or out of reach." in shown
    assert "Code 30003." in shown
    assert "2 parts, 0.0236 USD" in shown


@pytest.mark.req("C19")
def test_the_pace_of_an_inbox_is_set_on_its_page(gym: Gym, robin: Screen, provider: Server) -> None:
    inbox = at_twilio(gym, provider.url)
    page = f"{PAGE}/{inbox.id}"
    assert robin.post(f"{page}/pace", per_minute="60", reason="").status == 422
    kept = robin.post(
        f"{page}/pace", htmx=False, per_minute="60", warm_up_from="20", reason="a new number"
    )
    assert kept.status == 302
    shown = robin.get(page).text
    assert 'value="60"' in shown
    assert "It began on" in shown
    assert [subject for _actor, subject in gym.deeds("pace_changed")] == [f"inbox:{inbox.id}"]
