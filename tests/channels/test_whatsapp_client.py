"""Another library's reading and writing of WhatsApp's messages agrees with ours."""

import json
from dataclasses import replace
from email import message_from_bytes
from typing import Any

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.types.callback import (
    Button,
    CallbackButton,
    CallbackSelection,
    Section,
    SectionList,
    SectionRow,
)
from pywa.types.message import Message
from pywa.types.message_status import MessageStatus
from pywa.types.templates import (
    BodyText,
    Buttons,
    FooterText,
    HeaderText,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
    URLButton,
)
from pywa.utils import webhook_updates_validator

from baton.channels import ArrivingMessage, Outgoing, OutgoingFile, Receipt
from baton.channels.whatsapp import hooks, messages, templates
from baton.channels.whatsapp.cloud import CloudWhatsApp
from baton.channels.whatsapp.settings import CloudSettings
from baton.channels.wire import Wire
from baton.core.template import StandIn
from baton.runtime.ports import Again, Done
from baton.services.delivery import templates as drafts
from baton.store.models import TemplateVersion
from tests.channels.whatsapp_hooks import (
    APP_SECRET,
    NUMBER_ID,
    SENDER,
    hook,
    message,
    signed,
    status,
    text,
    value,
)
from tests.nlu.outside.server import Server

TAKEN = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": SENDER, "wa_id": SENDER}],
    "messages": [{"id": "wamid.1"}],
}


@pytest.fixture
def asked() -> list[Any]:
    """Return the bodies that the other library sent."""
    return []


@pytest.fixture
def client(asked: list[Any]) -> WhatsApp:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json=TAKEN)

    session = httpx.Client(transport=httpx.MockTransport(answer))
    return WhatsApp(phone_id=NUMBER_ID, token="token", session=session)


def ours(words: str, **changes: Any) -> Any:
    given = {"message_id": "m1", "lane": "l", "text": words, "choices": ()}
    body = messages.body_of(Outgoing(**{**given, "address": f"+{SENDER}", **changes}))
    return json.loads(json.dumps(body))


@pytest.mark.req("C1", "C23")
def test_what_goes_out_is_written_alike(client: WhatsApp, asked: list[Any]) -> None:
    two = (("1", "Yes"), ("2", "No"))
    many = tuple((str(n), f"Class {n}") for n in range(5))
    client.send_message(to=SENDER, text="Hello", preview_url=False, tracker="m1")
    buttons = [Button(title=label, callback_data=key) for key, label in two]
    client.send_message(to=SENDER, text="Come?", buttons=buttons, tracker="m1")
    rows = [SectionRow(title=label, callback_data=key) for key, label in many]
    listed = SectionList(button_title=messages.LIST_BUTTON, sections=[Section(title="", rows=rows)])
    client.send_message(to=SENDER, text="Which?", buttons=listed, tracker="m1")
    theirs = [_plain(body) for body in asked]
    assert theirs == [
        _plain(ours("Hello")),
        _plain(ours("Come?", choices=two)),
        _plain(ours("Which?", choices=many)),
    ]


@pytest.mark.req("C6", "TP2")
def test_a_template_is_written_alike(client: WhatsApp, asked: list[Any]) -> None:
    stand_in = StandIn(
        version_id="v", name="class_tomorrow", language="en-US", text="Yoga is at 6 PM.",
        values=("Yoga", "6 PM"), replies=(("1", "I come"),),
    )  # fmt: skip
    filled: Any = BodyText.params  # annotated for an instance, and called on the class
    client.send_template(
        to=SENDER,
        name="class_tomorrow",
        language=TemplateLanguage.ENGLISH_US,
        params=[
            filled("Yoga", "6 PM"),
            QuickReplyButton.params(callback_data="1", index=0),
        ],
        tracker="m1",
    )
    assert _plain(asked[0]) == _plain(ours(stand_in.text, template=stand_in))


@pytest.mark.req("C6", "TP2", "OR4")
def test_a_header_a_footer_and_a_button_are_written_alike(
    client: WhatsApp, asked: list[Any]
) -> None:
    theirs = Template(
        name="class_tomorrow",
        category=TemplateCategory.UTILITY,
        language=TemplateLanguage.ENGLISH_US,
        components=[
            HeaderText("{{1}} is near", "Yoga"),
            BodyText("See you at {{1}}, bye", "6 PM"),
            FooterText(text="Northside Gym"),
            Buttons(
                buttons=[
                    QuickReplyButton(text="I come"),
                    URLButton(
                        text="Move it",
                        url="https://gym.example/b/{{1}}",
                        example="https://gym.example/b/b1",
                    ),
                ]
            ),
        ],
    )
    row = TemplateVersion(
        name="class_tomorrow", language="en-US", purpose="transactional",
        header="{{ run.class_name }} is near", body="See you at {{ run.at }}, bye",
        footer="Northside Gym", replies=[{"key": "1", "label": "I come"}],
        link_label="Move it", link_url="https://gym.example/b/{{ run.code }}",
        examples=["Yoga", "6 PM", "b1"],
    )  # fmt: skip
    draft = drafts.draft_of(row)
    assert templates.body_of(draft) == json.loads(theirs.to_json())
    stand_in = StandIn(
        version_id="v", name="class_tomorrow", language="en-US", text="as read",
        header_values=("Yoga",), values=("6 PM",), replies=(("1", "I come"),), link_value="b1",
    )  # fmt: skip
    in_header: Any = HeaderText.params
    in_body: Any = BodyText.params
    client.send_template(
        to=SENDER,
        name="class_tomorrow",
        language=TemplateLanguage.ENGLISH_US,
        params=[
            in_header("Yoga"),
            in_body("6 PM"),
            QuickReplyButton.params(callback_data="1", index=0),
            URLButton.params(url_variable="b1", index=1),
        ],
        tracker="m1",
    )
    assert _plain(asked[0]) == _plain(ours(stand_in.text, template=stand_in))


PICTURE = OutgoingFile(name="bike.png", media_type="image/png", content=b"\x89PNG")
PAPER = OutgoingFile(name="rules.pdf", media_type="application/pdf", content=b"%PDF")


@pytest.mark.req("C1", "C23")
def test_a_file_is_written_alike_with_the_text_as_its_caption(
    client: WhatsApp, asked: list[Any]
) -> None:
    client.send_image(to=SENDER, image="77", caption="Your bike", tracker="m1")
    client.send_document(
        to=SENDER, document="77", caption="Our rules", filename="rules.pdf", tracker="m1"
    )
    ours_written = [
        messages.body_of(
            Outgoing(
                message_id="m1", lane="l", text=words, choices=(),
                address=f"+{SENDER}", files=(file,),
            ),
            "77",
        )
        for words, file in (("Your bike", PICTURE), ("Our rules", PAPER))
    ]  # fmt: skip
    assert [_plain(one) for one in asked] == [_plain(one) for one in ours_written]


@pytest.mark.req("C23")
def test_a_file_is_handed_over_before_its_message_and_alone_goes_as_one(
    provider: Server, wire: Wire
) -> None:
    settings = CloudSettings(
        phone_number_id="1061", business_account_id="1022", access_token="EAAtoken",
        app_secret="5e" * 16, base=provider.url,
    )  # fmt: skip
    channel = CloudWhatsApp(settings=settings, wire=wire)
    going = Outgoing(
        message_id="m1", lane="l", text="Your bike", choices=(),
        address=f"+{SENDER}", files=(replace(PICTURE, name='a"b\r\n.png'),),
    )  # fmt: skip
    told: Any = {"id": "77", **TAKEN}
    provider.answers(told)
    assert channel.send(going) == Done(receipt="wamid.1")
    upload, sent = provider.asked
    assert upload.path.startswith("/v25.0/1061/media?")
    head = f"Content-Type: {upload.headers['content-type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + upload.body).get_payload()
    assert [part.get_payload(decode=True) for part in parts] == [
        b"whatsapp", b"image/png", b"\x89PNG",
    ]  # fmt: skip
    assert parts[2].get_filename() == "a_b  .png"
    assert sent.json["image"] == {"id": "77", "caption": "Your bike"}
    provider.answers({}, status=503)  # nothing was sent, so it is tried again
    assert isinstance(channel.send(going), Again)
    provider.waits()
    assert isinstance(channel.send(going), Again)


@pytest.mark.parametrize(
    ("media_type", "size", "text", "others", "goes"),
    [
        ("image/png", 5_000_000, "x" * 1_024, 0, True),
        ("image/png", 5_000_001, "", 0, False),
        ("image/png", 9, "x" * 1_025, 0, False),
        ("image/png", 9, "", 1, False),
        ("audio/mpeg", 9, "", 0, True),
        ("audio/mpeg", 9, "Listen", 0, False),
        ("application/pdf", 9, "Our rules", 0, True),
        ("image/webp", 9, "", 0, False),
    ],
)
def test_what_goes_as_a_file(
    media_type: str, size: int, text: str, others: int, *, goes: bool, wire: Wire
) -> None:
    settings = CloudSettings(
        phone_number_id="1", business_account_id="1", access_token="t", app_secret="s"
    )
    channel = CloudWhatsApp(settings=settings, wire=wire)
    assert channel.carries(media_type, size, text=text, others=others) is goes


def _plain(body: Any) -> Any:
    """Return a body without what is empty or left to Meta, whose words have no case there."""
    if isinstance(body, list):
        return [_plain(one) for one in body]
    if not isinstance(body, dict):
        return body
    kept = {name: _plain(one) for name, one in body.items() if name != "recipient_type"}
    told = {name: one for name, one in kept.items() if one or (one == 0 and name == "index")}
    words = {
        name: str(told[name]).lower() for name in ("type", "sub_type", "index") if name in told
    }
    return told | words


def read(told: Any) -> ArrivingMessage | Receipt:
    body, signature = signed(told)
    assert webhook_updates_validator(
        app_secret=APP_SECRET, request_body=body, x_hub_signature=signature
    )
    [one] = hooks.read(
        body, signature=signature, app_secret=APP_SECRET, phone_number_id=NUMBER_ID
    ).told
    return one


@pytest.mark.req("C1", "C18", "C23")
def test_what_comes_in_is_read_alike(client: WhatsApp) -> None:
    said: Any = hook(value(text("Was läuft? 😀")))
    theirs = Message.from_update(client, said)
    mine = read(said)
    assert isinstance(mine, ArrivingMessage)
    assert (mine.text, mine.receipt, mine.name) == (
        theirs.text, theirs.id, theirs.from_user.name,
    )  # fmt: skip
    assert mine.sender == f"+{theirs.from_user.wa_id}"
    image: Any = hook(value(message("image", {
        "id": "1003", "mime_type": "image/jpeg", "sha256": "x", "caption": "Broken",
    })))  # fmt: skip
    pictured, shown = Message.from_update(client, image), read(image)
    assert isinstance(shown, ArrivingMessage)
    assert pictured.image
    assert (shown.text, shown.files[0].reference) == (pictured.caption, pictured.image.id)
    reply = {"type": "button_reply", "button_reply": {"id": "2", "title": "Move it"}}
    tapped: Any = hook(
        value({**message("interactive", reply), "context": {"from": "1", "id": "w"}})
    )
    button, chosen = CallbackButton.from_update(client, tapped), read(tapped)
    assert isinstance(chosen, ArrivingMessage)
    assert chosen.text == button.data
    row = {"type": "list_reply", "list_reply": {"id": "yoga", "title": "Yoga"}}
    listed: Any = hook(value({**message("interactive", row), "context": {"from": "1", "id": "w"}}))
    selection, picked = CallbackSelection.from_update(client, listed), read(listed)
    assert isinstance(picked, ArrivingMessage)
    assert picked.text == selection.data


@pytest.mark.req("DI12")
@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed"])
def test_receipts_are_read_alike(client: WhatsApp, state: str) -> None:
    told: Any = hook(value(statuses=(status(state, code=131026 if state == "failed" else 0),)))
    theirs, mine = MessageStatus.from_update(client, told), read(told)
    assert isinstance(mine, Receipt)
    assert (mine.receipt, mine.state.value, mine.message_id) == (
        theirs.id, theirs.status.value, theirs.tracker,
    )  # fmt: skip
    assert mine.code == (str(theirs.error.code) if theirs.error else "")
