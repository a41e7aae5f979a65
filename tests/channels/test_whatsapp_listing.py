"""What a template made at Meta says, and which ones cannot be sent from here."""

import msgspec
import pytest

from baton.channels import TemplateDraft
from baton.channels.whatsapp.listing import words_of
from baton.core.consent import Purpose
from baton.core.json import Json

BODY: dict[str, Json] = {
    "type": "BODY",
    "text": "Hello {{1}}, {{2}} is ready.",
    "example": {"body_text": [["Mia", "your order"]]},
}
BUTTONS: dict[str, Json] = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Thanks"},
        {"type": "URL", "text": "See it", "url": "https://shop.example/o/{{1}}", "example": ["7"]},
    ],
}


def told(*components: Json, category: str = "UTILITY") -> TemplateDraft | str:
    raw = msgspec.Raw(msgspec.json.encode(components))
    return words_of("order_ready", "en_US", category, raw)


def test_every_part_is_read() -> None:
    header: Json = {
        "type": "HEADER",
        "format": "TEXT",
        "text": "Order {{1}}",
        "example": {"header_text": ["7"]},
    }
    footer: Json = {"type": "FOOTER", "text": "Northside"}
    assert told(header, BODY, footer, BUTTONS) == TemplateDraft(
        name="order_ready",
        language="en_US",
        body="Hello {{1}}, {{2}} is ready.",
        examples=("Mia", "your order"),
        header="Order {{1}}",
        header_examples=("7",),
        footer="Northside",
        link_label="See it",
        link_url="https://shop.example/o/{{1}}",
        replies=("Thanks",),
        purpose=Purpose.TRANSACTIONAL,
    )
    marketing = told(BODY, category="MARKETING")
    assert isinstance(marketing, TemplateDraft)
    assert marketing.purpose is Purpose.PROMOTIONAL


@pytest.mark.parametrize(
    ("components", "category", "said"),
    [
        ((BODY,), "AUTHENTICATION", "neither"),
        (({"type": "CAROUSEL"}, BODY), "UTILITY", "carousel"),
        ((BUTTONS,), "UTILITY", "carousel"),
        (({"type": "HEADER", "format": "IMAGE"}, BODY), "UTILITY", "picture"),
        (({"type": "BODY", "text": "Hello {{first_name}}."},), "UTILITY", "names at Meta"),
        (({"type": "BODY", "text": "Hello {{2}} and {{1}}."},), "UTILITY", "order"),
        ((BODY, {"type": "BUTTONS", "buttons": [{"type": "PHONE_NUMBER"}]}), "UTILITY", "calls"),
        ((BODY, {"type": "BUTTONS", "buttons": [{"type": "URL"}] * 2}), "UTILITY", "addresses"),
        ((BODY, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}] * 4}), "UTILITY", "3"),
        (("odd",), "UTILITY", "does not know"),
    ],
)
def test_what_cannot_be_sent_from_here_says_why(
    components: tuple[Json, ...], category: str, said: str
) -> None:
    why = told(*components, category=category)
    assert isinstance(why, str)
    assert said in why
