"""What every channel that leaves this machine must hold, whoever the provider is.

Each provider brings a `Rig`: its adapter over a real server on loopback (web or mail), and how that
provider says yes, no, and "later". Whoever adds a channel adds a rig, not tests.

Bronze: text goes out once, under the name that the provider gave. Silver: every other
answer is told apart by what may follow. Gold: garbage and silence are never taken for a
yes, and never asked again by themselves.
"""

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest

from baton.channels import ChannelPort, Letterhead, Outgoing
from baton.channels.email.adapter import SmtpEmail
from baton.channels.email.settings import EmailSettings, Security
from baton.channels.email.settings import Server as MailHost
from baton.channels.push.adapter import WebPush
from baton.channels.push.settings import WebPushSettings
from baton.channels.sms.gateway import GatewaySms
from baton.channels.sms.settings import JSON_TYPE, GatewaySettings, TwilioSettings
from baton.channels.sms.twilio import TwilioSms
from baton.channels.voice.adapter import TwilioVoice
from baton.channels.voice.settings import TwilioVoiceSettings
from baton.channels.whatsapp.cloud import CloudWhatsApp
from baton.channels.whatsapp.settings import CloudSettings
from baton.channels.wire import PublicWire, Wire
from baton.runtime.ports import Again, Done, Park, Refused, Unknown
from tests.channels import browser
from tests.nlu.outside.server import Answer, Server, running
from tests.support import mail_server
from tests.support.mail_server import USER, MailServer

SID = "SM" + "0a" * 16
CALL = "CA" + "0a" * 16
ACCOUNT = "AC" + "1b" * 16
ADDRESS = "+447700900123"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """One provider: its adapter, its yes with a receipt, its no to a number.

    `most` characters go out at once; `draws` says that two choices can be tapped. `address`
    is whom a message is for; `names` says that its yes names the message, `repeats` that a
    message which was taken twice is shown once, so that it may be asked again; `lost` are
    answers that say the address is no more. One that `is_mail` speaks SMTP, where nothing
    is redirected and nobody says how long to wait.
    """

    make: Callable[[str, Wire], ChannelPort]
    taken: tuple[int, Any]
    receipt: str
    refused: tuple[int, Any]
    reason: str
    code: str
    most: int = 1_600
    draws: bool = False
    address: Callable[[str], str] = lambda _url: ADDRESS
    names: bool = True
    repeats: bool = False
    lost: tuple[int, ...] = ()
    is_mail: bool = False

    @property
    def unsure(self) -> type[Again | Unknown]:
        """What follows when nobody can say whether it was taken."""
        return Again if self.repeats else Unknown


HEAD = Letterhead(tag="m1.0", subject="A class", sent_at=datetime(2026, 3, 2, 10, tzinfo=UTC))
Message: TypeAlias = Callable[..., Outgoing]


def twilio(url: str, wire: Wire) -> TwilioSms:
    settings = TwilioSettings(
        account_sid=ACCOUNT, auth_token="token", sender="+15005550006", base=url
    )
    return TwilioSms(settings=settings, hook_url="https://gym.example/sms/twilio/t", wire=wire)


def gateway(url: str, wire: Wire) -> GatewaySms:
    settings = GatewaySettings(
        url=f"{url}/send",
        body='{"to": "{to}", "from": "{from}", "text": "{text}", "ref": "{id}"}',
        content_type=JSON_TYPE,
        sender="GYM",
        header="Authorization",
        header_value="Bearer key",
        id_field="messages.0.id",
    )
    return GatewaySms(settings=settings, wire=wire)


def cloud(url: str, wire: Wire) -> CloudWhatsApp:
    settings = CloudSettings(
        phone_number_id="1061", business_account_id="1022", access_token="EAAtoken",
        app_secret="5e" * 16, base=url,
    )  # fmt: skip
    return CloudWhatsApp(settings=settings, wire=wire)


def voice(url: str, wire: Wire) -> TwilioVoice:
    settings = TwilioVoiceSettings(
        account_sid=ACCOUNT, auth_token="token", sender="+15005550006", base=url
    )
    return TwilioVoice(settings=settings, hook_url="https://gym.example/voice/t", wire=wire)


def push(url: str, _wire: Wire) -> WebPush:
    settings = WebPushSettings(
        sender="Gym", contact="ops@example.com", keys=(browser.KEY,), allows_loopback=True
    )
    wire = PublicWire(patience=0.3, allows_loopback=True)
    return WebPush(settings=settings, hook_url=f"{url}/push/t", wire=wire)


def mail(url: str, _wire: Wire) -> SmtpEmail:
    port = urlsplit(url).port or 0
    server = MailHost(host="127.0.0.1", port=port, security=Security.NONE)
    settings = EmailSettings(sender=USER, from_name="Gym", outgoing=server)
    return SmtpEmail(settings=settings, trust=ssl.create_default_context(), patience=0.3)


@dataclass(kw_only=True)
class MailLine:
    """A mail server that says yes, no and "later" where a web server answers by status."""

    server: MailServer

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server.port}"

    @property
    def asked(self) -> range:
        """As many as there were tries."""
        return range(self.server.tries)

    def answers(self, value: object, status: int = 200, **_headers: str) -> None:
        """Answer as a web server with that status means it."""
        if status < 300:
            self.server.answers = {}
        elif status in (401, 403, 404):
            self.server.answers = {"MAIL": "550 5.7.1 Sender not yours"}
        elif status in (429, 503):
            self.server.answers = {"RCPT": "451 4.7.0 Come back later"}
        elif status == 550:
            self.server.answers = {"RCPT": str(value)}
        else:
            self.server.answers = {"DATA": "drop"}

    def waits(self) -> None:
        self.server.answers = {"DATA": "hang"}

    def hangs_up(self) -> None:
        self.server.answers = {"DATA": "drop"}


RIGS = {
    "mail": Rig(
        make=mail,
        taken=(250, ""),
        receipt="m1",
        refused=(550, "550 5.1.1 The mailbox does not exist"),
        reason="unknown_address",
        code="5.1.1",
        most=50_000,
        address=lambda _url: "anna@example.org",
        is_mail=True,
    ),
    "twilio": Rig(
        make=twilio,
        taken=(201, {"sid": SID, "status": "queued"}),
        receipt=SID,
        refused=(400, {"code": 21211, "message": "Invalid 'To' Phone Number"}),
        reason="unknown_number",
        code="21211",
    ),
    "gateway": Rig(
        make=gateway,
        taken=(200, {"messages": [{"id": "m-1"}]}),
        receipt="m-1",
        refused=(422, {"error": "no such number"}),
        reason="provider_refused",
        code="422",
    ),
    "cloud": Rig(
        make=cloud,
        taken=(200, {"messages": [{"id": "wamid.HBgL", "message_status": "accepted"}]}),
        receipt="wamid.HBgL",
        refused=(400, {"error": {"code": 131047, "message": "(#131047) Re-engagement message"}}),
        reason="window_closed",
        code="131047",
        most=4_096,
        draws=True,
    ),
    "voice": Rig(
        make=voice,
        taken=(201, {"sid": CALL, "status": "queued"}),
        receipt=CALL,
        refused=(400, {"code": 21215, "message": "Account not authorized to call"}),
        reason="region_closed",
        code="21215",
        most=600,
    ),
    "push": Rig(
        make=push,
        taken=(201, b""),
        receipt="m1",
        refused=(410, b""),
        reason="gone",
        code="410",
        most=3_900,
        address=lambda url: browser.Browser().permit(f"{url}/push/abc"),
        names=False,
        repeats=True,
        lost=(404,),
    ),
}


OVER_HTTP = pytest.mark.parametrize(
    "rig", [name for name, one in RIGS.items() if not one.is_mail], indirect=True
)


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest) -> Rig:
    return RIGS[request.param]


@pytest.fixture
def provider(rig: Rig) -> Iterator[Any]:
    """Return a real server on this machine, as the rig's provider is one."""
    if rig.is_mail:
        with mail_server.running() as server:
            yield MailLine(server=server)
    else:
        with running() as http:
            yield http


@pytest.fixture
def channel(rig: Rig, provider: Server, wire: Wire) -> ChannelPort:
    return rig.make(provider.url, wire)


@pytest.fixture
def message(rig: Rig, provider: Server) -> Callable[..., Outgoing]:
    return partial(a_message, address=rig.address(provider.url))


def a_message(text: str = "Hello", **changes: Any) -> Outgoing:
    given = {
        "message_id": "m1", "lane": "l", "text": text, "choices": (), "address": ADDRESS,
        "letterhead": HEAD,
    }  # fmt: skip
    return Outgoing(**{**given, **changes})


# -- bronze ----------------------------------------------------------------------------


@pytest.mark.req("C1")
def test_a_text_goes_out_once_and_its_receipt_is_kept(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message
) -> None:
    status, body = rig.taken
    provider.answers(body, status=status)
    assert channel.send(message("Héllo & “you”")) == Done(receipt=rig.receipt)
    assert channel.is_outside
    assert len(provider.asked) == 1
    if not rig.is_mail:
        assert provider.asked[0].method == "POST"
        assert "authorization" in provider.asked[0].headers


@pytest.mark.req("C18")
def test_choices_travel_as_words_where_none_are_drawn(rig: Rig, channel: ChannelPort) -> None:
    if rig.draws:
        assert channel.render("Do you come?", (("1", "Yes"), ("2", "No"))) == "Do you come?"
        return
    shown = channel.render("Do you come?", (("1", "Yes"), ("2", "No")))
    assert shown == "Do you come?\nReply: 1 Yes, 2 No"
    assert channel.render("Reply 1 to confirm.", (("1", "Yes"),)) == "Reply 1 to confirm."


def test_what_no_network_carries_is_refused_without_asking(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message
) -> None:
    for text in ("", "x" * (rig.most + 1)):
        assert channel.send(message(text)) == Refused(reason="text_length")
    assert not provider.asked


# -- silver ----------------------------------------------------------------------------


def test_a_no_is_final_and_carries_the_providers_code(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message
) -> None:
    status, body = rig.refused
    provider.answers(body, status=status)
    assert channel.send(message()) == Refused(reason=rig.reason, code=rig.code)


@pytest.mark.req("C19")
@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_asks_to_wait_is_left_alone_for_as_long(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message, status: int
) -> None:
    provider.answers({}, status=status, Retry_After="120")
    outcome = channel.send(message())
    assert isinstance(outcome, Again)
    assert outcome.after == (None if rig.is_mail else timedelta(seconds=120))


@OVER_HTTP
def test_an_absurd_wait_is_cut_short(
    channel: ChannelPort, provider: Server, message: Message
) -> None:
    provider.answers({}, status=429, Retry_After="999999")
    outcome = channel.send(message())
    assert isinstance(outcome, Again)
    assert outcome.after == timedelta(hours=1)
    provider.answers({}, status=429, Retry_After="soon")
    assert channel.send(message()) == Again(reason=outcome.reason)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_wrong_settings_wait_for_a_person(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message, status: int
) -> None:
    provider.answers({}, status=status)
    expected = Refused if status in rig.lost else Park
    assert isinstance(channel.send(message()), expected)


@OVER_HTTP
def test_a_redirect_is_not_followed(
    channel: ChannelPort, provider: Server, message: Message
) -> None:
    provider.answers({}, status=307, Location=f"{provider.url}/elsewhere")
    assert isinstance(channel.send(message()), Park)
    assert len(provider.asked) == 1


def test_a_provider_that_nobody_reaches_got_nothing(rig: Rig, wire: Wire) -> None:
    nowhere = "http://127.0.0.1:9"
    channel = rig.make(nowhere, wire)
    assert isinstance(channel.send(a_message(address=rig.address(nowhere))), Again)


@pytest.mark.req("P5", "P13")
@pytest.mark.parametrize("status", [400, 401, 404, 422, 429, 500, 503, 550])
def test_what_a_provider_says_of_somebody_goes_no_further(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message, status: int
) -> None:
    """An outcome's reason is kept, shown and logged: it names codes of ours, and nobody."""
    said = "5.1.1 +44 7719 100007 <zorva.quill@planted.example> is not known"
    body = {"code": said, "message": said, "detail": said, "title": said, "sid": {"to": said},
            "error": {"code": 7719100007, "message": said, "error_subcode": said, "error_data": {
                "details": said}}}  # fmt: skip
    provider.answers(f"550 {said}" if rig.is_mail else body, status=status)
    told = str(channel.send(message())).lower().replace(" ", "")
    assert "planted" not in told
    assert "7719" not in told


# -- gold ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_a_server_that_breaks_may_have_taken_it(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message, status: int
) -> None:
    provider.answers({}, status=status)
    assert isinstance(channel.send(message()), rig.unsure)
    assert len(provider.asked) == 1


@OVER_HTTP
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff\xfe", b'{"sid": 7}', b"[" * 5_000])
def test_a_yes_without_a_name_is_no_yes(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message, body: bytes
) -> None:
    provider.answers(body, status=rig.taken[0])
    assert isinstance(channel.send(message()), Unknown if rig.names else Done)


def test_silence_is_unknown_and_never_asked_again(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message
) -> None:
    provider.waits()
    assert isinstance(channel.send(message()), rig.unsure)
    provider.hangs_up()
    assert isinstance(channel.send(message()), rig.unsure)
    assert len(provider.asked) == 2


@OVER_HTTP
def test_an_endless_answer_is_given_up(
    rig: Rig, channel: ChannelPort, provider: Server, message: Message
) -> None:
    huge = json.dumps({"sid": SID, "pad": "x" * 300_000}).encode()
    provider.answer = lambda _asked: Answer(status=rig.taken[0], pieces=(huge,))
    assert isinstance(channel.send(message()), rig.unsure)
