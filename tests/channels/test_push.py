"""Web Push: what leaves is read by its browser alone, and only where a browser may be."""

import dataclasses
from datetime import timedelta

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from baton.channels import ForbiddenPlaceError, Outgoing, Request, WrongSignatureError
from baton.channels.push import hooks, keys, payloads, subscriptions
from baton.channels.push.adapter import WebPush
from baton.channels.push.settings import WebPushSettings, problems_with
from baton.channels.wire import PublicWire
from baton.core.delivery import Delivery
from baton.core.errors import InvalidInput
from baton.runtime.ports import Done, Refused
from tests.channels.browser import KEY, PAGE, Browser
from tests.nlu.outside.server import Server

# RFC 8291, section 5.
_RFC_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
_RFC_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
_RFC_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
SETTINGS = WebPushSettings(
    sender="FitLocal", contact="ops@example.com", keys=(KEY,), allows_loopback=True
)


def adapter(settings: WebPushSettings = SETTINGS) -> WebPush:
    wire = PublicWire(patience=0.5, allows_loopback=True)
    return WebPush(settings=settings, hook_url="https://baton.example/push/t", wire=wire)


def a_message(address: str, text: str = "Yoga begins at 6") -> Outgoing:
    return Outgoing(message_id="m1", lane="l", text=text, choices=(("1", "OK"),), address=address)


def test_the_browser_of_these_tests_reads_the_rfcs_own_example() -> None:
    number = int.from_bytes(keys.decode(_RFC_PRIVATE), "big")
    browser = Browser(ec.derive_private_key(number, ec.SECP256R1()), keys.decode(_RFC_AUTH))
    assert browser.read(keys.decode(_RFC_BODY)) == b"When I grow up, I want to be a watermelon"


@pytest.mark.req("C2")
def test_a_notification_is_read_by_its_browser_and_signed_for_its_push_service(
    provider: Server,
) -> None:
    browser = Browser()
    provider.answers(b"", status=201)
    address = browser.permit(f"{provider.url}/push/abc")
    assert adapter().send(a_message(address)) == Done(receipt="m1")
    [asked] = provider.asked
    told = msgspec.json.decode(browser.read(asked.body))
    assert told == {
        "id": "m1",
        "title": "FitLocal",
        "body": "Yoga begins at 6\nReply: 1 OK",
        "page": PAGE,
        "told": "https://baton.example/push/t",
        "proof": keys.proof_of(KEY.private, "m1"),
    }
    headers = asked.headers
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(one.split("=", 1) for one in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", KEY.public)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.decode(parts["k"]))
    claims = jwt.decode(
        parts["t"], point, algorithms=["ES256"], audience=provider.url, leeway=timedelta(0)
    )
    assert claims["sub"] == "mailto:ops@example.com"


def test_the_largest_notification_is_within_what_push_services_take() -> None:
    subscription = Browser().permission("https://push.example.com/a")
    assert len(payloads.seal(b"x" * payloads.MAX_PLAIN, subscription)) == payloads.MAX_BODY


@pytest.mark.req("P7")
def test_a_key_that_was_replaced_still_reaches_who_permitted_it_until_it_is_forgotten(
    provider: Server,
) -> None:
    provider.answers(b"", status=201)
    address = Browser().permit(f"{provider.url}/push/abc")
    rotated = msgspec.structs.replace(SETTINGS, keys=keys.rotated(SETTINGS.keys))
    assert rotated.public_key != KEY.public
    assert isinstance(adapter(rotated).send(a_message(address)), Done)
    assert f"k={KEY.public}" in provider.asked[0].headers["authorization"]
    for _ in range(keys.MOST_KEYS):
        rotated = msgspec.structs.replace(rotated, keys=keys.rotated(rotated.keys))
    assert adapter(rotated).send(a_message(address)) == Refused(reason="gone")
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "http://push.example.com/a"}, "endpoint"),
        ({"endpoint": "https://10.0.0.1/a"}, "endpoint"),
        ({"endpoint": "https://[::1]/a"}, "endpoint"),
        ({"endpoint": "https://localhost/a"}, "endpoint"),
        ({"endpoint": "https://u:p@push.example.com/a"}, "endpoint"),
        ({"endpoint": "https://push.example.com:99999/a"}, "endpoint"),
        ({"endpoint": "https://push.example.com/\n"}, "endpoint"),
        ({"endpoint": "file:///etc/passwd"}, "endpoint"),
        ({"p256dh": keys.encode(b"\x04" + b"\x01" * 64)}, "keys"),  # no point of the curve
        ({"p256dh": ""}, "keys"),
        ({"auth": keys.encode(b"short")}, "keys"),
        ({"auth": "!" * 22}, "keys"),
        ({"page": "javascript:alert(1)"}, "page"),
        ({"page": "https://elsewhere.example/classes"}, "page"),
    ],
)
def test_what_a_stranger_tells_of_their_browser_is_not_believed(
    changes: dict[str, str], field: str
) -> None:
    sound = Browser().permission("https://push.example.com/a")
    subscriptions.check(sound, origin="https://gym.example", allows_loopback=False)
    wrong = msgspec.structs.replace(sound, **changes)
    with pytest.raises(InvalidInput) as refusal:
        subscriptions.check(wrong, origin="https://gym.example", allows_loopback=False)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]", "[2002:a00:1::]",
    ],
)  # fmt: skip
def test_no_address_of_a_stranger_leads_into_our_own_network(host: str) -> None:
    with pytest.raises(ForbiddenPlaceError):
        PublicWire().ask(Request(method="POST", url=f"https://{host}/a", headers={}))


def test_a_push_service_in_our_own_network_is_given_up_for_good() -> None:
    strict = dataclasses.replace(adapter(), wire=PublicWire())
    address = Browser().permit("https://127.0.0.1/push/abc")
    assert strict.send(a_message(address)) == Refused(reason="gone", code="private")


def test_a_browser_is_believed_on_the_notification_that_it_got_and_no_other() -> None:
    told = {"id": "m1", "proof": keys.proof_of(KEY.private, "m1"), "state": "shown"}
    receipt = hooks.read(msgspec.json.encode(told), private=KEY.private)
    assert receipt
    assert (receipt.message_id, receipt.state) == ("m1", Delivery.DELIVERED)
    opened = hooks.read(msgspec.json.encode({**told, "state": "opened"}), private=KEY.private)
    assert opened
    assert opened.state is Delivery.READ
    assert hooks.read(msgspec.json.encode({**told, "state": "x"}), private=KEY.private) is None
    wrong: list[bytes] = [b"", b"[", msgspec.json.encode({**told, "id": "m2"})]
    wrong += [msgspec.json.encode({**told, "proof": "ünproved"})]
    for body in wrong:
        with pytest.raises(WrongSignatureError):
            hooks.read(body, private=KEY.private)


def test_the_settings_say_what_is_missing() -> None:
    assert not problems_with(SETTINGS)
    wrong = msgspec.structs.replace(SETTINGS, sender=" ", contact="nobody")
    assert set(problems_with(wrong)) == {"sender", "contact"}
