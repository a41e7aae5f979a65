"""WhatsApp by Meta's Cloud API: what is asked, and what each refusal means."""

import json
from datetime import timedelta
from typing import Any

import pytest

from baton.channels import FetchedFile, Health, TemplateDraft, TemplateFault, TemplateNews
from baton.channels.whatsapp import codes, templates
from baton.channels.whatsapp.cloud import CloudWhatsApp
from baton.channels.wire import Wire
from baton.core.consent import Purpose
from baton.core.template import StandIn, TemplateState
from baton.runtime.ports import Again, Done, Park, Refused, Unknown
from tests.channels.test_contract import a_message, cloud
from tests.nlu.outside.server import Answer, Asked, Server

TAKEN = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}


@pytest.fixture
def channel(provider: Server, wire: Wire) -> CloudWhatsApp:
    return cloud(provider.url, wire)


def sent_by(provider: Server, channel: CloudWhatsApp, **changes: Any) -> dict[str, Any]:
    provider.answers(TAKEN)
    assert channel.send(a_message(**changes)) == Done(receipt="wamid.1")
    body: dict[str, Any] = json.loads(provider.asked[-1].body)
    return body


@pytest.mark.req("C1")
def test_words_go_out_named_and_proved(provider: Server, channel: CloudWhatsApp) -> None:
    assert sent_by(provider, channel, message_id="0123abc") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "447700900123",
        "biz_opaque_callback_data": "0123abc",
        "type": "text",
        "text": {"preview_url": False, "body": "Hello"},
    }
    asked = provider.asked[-1]
    assert asked.path.split("?")[0] == "/v25.0/1061/messages"
    assert asked.headers["authorization"] == "Bearer EAAtoken"
    assert "appsecret_proof=" in asked.path


@pytest.mark.req("C23")
def test_three_choices_are_buttons_and_more_a_list(
    provider: Server, channel: CloudWhatsApp
) -> None:
    body = sent_by(provider, channel, choices=(("1", "Yes"), ("2", "No")))
    assert body["interactive"] == {
        "type": "button",
        "body": {"text": "Hello"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "1", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "2", "title": "No"}},
            ]
        },
    }
    body = sent_by(provider, channel, choices=tuple((str(n), f"Class {n}") for n in range(5)))
    assert body["interactive"]["type"] == "list"
    [section] = body["interactive"]["action"]["sections"]
    assert section["rows"][4] == {"id": "4", "title": "Class 4"}
    body = sent_by(provider, channel, choices=tuple((str(n), f"Class {n}") for n in range(11)))
    assert body["text"]["body"].startswith("Hello\nReply: 0 Class 0")


@pytest.mark.parametrize(("code", "reason"), codes.UNDELIVERED.items())
def test_a_known_code_is_a_refusal_with_its_cause(
    provider: Server, channel: CloudWhatsApp, code: int, reason: str
) -> None:
    provider.answers({"error": {"code": code, "message": "no"}}, status=400)
    assert channel.send(a_message()) == Refused(reason=reason, code=str(code))


@pytest.mark.parametrize("code", [*codes.MISCONFIGURED, 200, 299])
def test_a_wrong_setting_waits_for_a_person(
    provider: Server, channel: CloudWhatsApp, code: int
) -> None:
    provider.answers({"error": {"code": code}}, status=400)
    outcome = channel.send(a_message())
    assert isinstance(outcome, Park)
    assert outcome.reason == f"{codes.setting_fault_of(code)} ({code})"


@pytest.mark.req("C19")
@pytest.mark.parametrize(("code", "wait"), codes.BUSY.items())
def test_too_fast_waits_as_long_as_meta_wants(
    provider: Server, channel: CloudWhatsApp, code: int, wait: timedelta
) -> None:
    provider.answers({"error": {"code": code}}, status=400)
    outcome = channel.send(a_message())
    assert isinstance(outcome, Again)
    assert outcome.after == wait


def test_a_refusal_without_a_known_code_keeps_it(provider: Server, channel: CloudWhatsApp) -> None:
    provider.answers({"error": {"code": 131009}}, status=400)
    assert channel.send(a_message()) == Refused(reason="provider_refused", code="131009")
    provider.answers({"error": {"code": 131000}}, status=500)
    assert isinstance(channel.send(a_message()), Unknown)


def test_a_check_proves_every_setting_and_sends_nothing(
    provider: Server, channel: CloudWhatsApp
) -> None:
    number = {"display_phone_number": "+44 7700 900999", "verified_name": "Northside Gym"}

    def answer(asked: Asked) -> Answer:
        is_list = "/phone_numbers" in asked.path
        return Answer(
            pieces=(json.dumps({"data": [{"id": "1061"}]} if is_list else number).encode(),)
        )

    provider.answer = answer
    assert channel.check() == Health(account="Northside Gym", sender="+44 7700 900999")
    assert {asked.method for asked in provider.asked} == {"GET"}
    provider.answers({"data": [{"id": "7"}], **number})
    assert channel.check().problem == "This number does not belong to this business account."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": 190, "message": "expired"}, "The access token has expired"),
        ({"code": 100, "error_subcode": 33}, "Meta knows no such ID"),
        ({"code": 100, "message": "Invalid appsecret_proof provided"}, "The app secret does not"),
        ({}, "Meta answered with status 400"),
    ],
)
def test_a_check_says_what_is_wrong(
    provider: Server, channel: CloudWhatsApp, error: dict[str, object], words: str
) -> None:
    provider.answers({"error": error}, status=400)
    assert words in channel.check().problem


def test_a_check_that_reaches_nobody_says_so(wire: Wire) -> None:
    assert "cannot be reached" in cloud("http://127.0.0.1:9", wire).check().problem


# -- files -----------------------------------------------------------------------------


@pytest.mark.req("C23")
def test_a_file_is_asked_for_by_its_id_and_then_fetched(
    provider: Server, channel: CloudWhatsApp
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/v25.0/77?"):
            place = {"url": f"{provider.url}/file", "file_size": 4}
            return Answer(pieces=(json.dumps(place).encode(),))
        return Answer(pieces=(b"\x89PNG",))

    provider.answer = answer
    assert channel.fetch("77", most=1_000) == FetchedFile(content=b"\x89PNG")
    assert provider.asked[-1].headers["authorization"] == "Bearer EAAtoken"
    assert channel.fetch("77", most=3) == Refused(reason="size")


def test_a_token_goes_to_nobody_but_meta(provider: Server, channel: CloudWhatsApp) -> None:
    for url in ("https://evil.example/f", "http://lookaside.fbsbx.com/f", "https://afbsbx.com/f"):
        provider.answers({"url": url})
        assert channel.fetch("77", most=1_000) == Refused(reason="unavailable", code="200")


def test_a_file_that_cannot_be_had_says_why(provider: Server, channel: CloudWhatsApp) -> None:
    provider.answers({"error": {"code": 100, "error_subcode": 33}}, status=400)
    assert channel.fetch("77", most=9) == Refused(reason="unavailable", code="400")
    provider.answers({"error": {"code": 190}}, status=401)
    assert isinstance(channel.fetch("77", most=9), Park)
    provider.answers({}, status=500)
    assert isinstance(channel.fetch("77", most=9), Again)


# -- templates -------------------------------------------------------------------------

STAND_IN = StandIn(
    version_id="v", name="class_tomorrow_2", language="en-US", text="Yoga is at 6 PM.",
    values=("Yoga", "6 PM"), replies=(("1", "I come"), ("2", "Move it")),
)  # fmt: skip
DRAFT = TemplateDraft(
    name="class_tomorrow", language="en-US", body="{{1}} is soon.", examples=("Yoga",),
    replies=("I come",), purpose=Purpose.TRANSACTIONAL,
)  # fmt: skip


@pytest.mark.req("C6", "TP2", "M18")
def test_a_template_goes_by_name_with_its_values_and_keys(
    provider: Server, channel: CloudWhatsApp
) -> None:
    body = sent_by(provider, channel, text=STAND_IN.text, template=STAND_IN)
    assert body["template"] == {
        "name": "class_tomorrow_2",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Yoga"}, {"type": "text", "text": "6 PM"}],
            },
            *(
                {
                    "type": "button", "sub_type": "quick_reply", "index": str(place),
                    "parameters": [{"type": "payload", "payload": key}],
                }
                for place, key in enumerate(("1", "2"))
            ),
        ],
    }  # fmt: skip


@pytest.mark.req("TP3", "OR4")
def test_a_template_is_handed_in_and_asked_about(provider: Server, wire: Wire) -> None:
    settings = cloud(provider.url, wire).settings
    provider.answers({"id": "594", "status": "PENDING", "category": "UTILITY"})
    told = templates.submit(settings, wire, DRAFT)
    assert told == TemplateNews(
        name="class_tomorrow", language="en-US", provider_id="594", state=TemplateState.SUBMITTED
    )
    assert json.loads(provider.asked[-1].body) == {
        "name": "class_tomorrow",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "{{1}} is soon.", "example": {"body_text": [["Yoga"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "I come"}]},
        ],
    }
    listed = {
        "id": "594", "name": "class_tomorrow", "language": "en_US", "status": "REJECTED",
        "rejected_reason": "INVALID_FORMAT", "quality_score": {"score": "UNKNOWN"},
    }  # fmt: skip

    def answer(asked: Asked) -> Answer:
        more = {"cursors": {"after": "MjQ"}, "next": "https://graph.facebook.com/next"}
        page = {"data": [listed], "paging": {} if "after=MjQ" in asked.path else more}
        return Answer(pieces=(json.dumps(page).encode(),))

    provider.answer = answer
    found = templates.list_all(settings, wire)
    assert isinstance(found, tuple)
    assert [one.state for one in found] == [TemplateState.REJECTED] * 2
    assert found[0].reason == "INVALID_FORMAT"


def test_what_meta_finds_wrong_with_a_template_is_said(provider: Server, wire: Wire) -> None:
    settings = cloud(provider.url, wire).settings
    error = {"code": 100, "error_user_msg": "There is already English content for it."}
    provider.answers({"error": error}, status=400)
    told = templates.submit(settings, wire, DRAFT)
    assert told == TemplateFault(problem=f"Meta refused it: {error['error_user_msg']}")
    provider.answers(b"<html>", status=200)
    assert isinstance(templates.list_all(settings, wire), TemplateFault)
