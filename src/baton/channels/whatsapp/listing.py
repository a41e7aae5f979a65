"""What a template says that somebody made at Meta, as far as it can be sent from here.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

import re
from collections.abc import Sequence

import msgspec

from baton.channels import TemplateDraft
from baton.core import template, template_rules
from baton.core.consent import Purpose

_CATEGORIES = {"UTILITY": Purpose.TRANSACTIONAL, "MARKETING": Purpose.PROMOTIONAL}
_TEXTS = frozenset({"HEADER", "BODY", "FOOTER"})
_NUMBER = re.compile(r"[1-9]\d?")


class _Examples(msgspec.Struct):
    body_text: list[list[str]] = []
    header_text: list[str] = []


class _Button(msgspec.Struct):
    type: str = ""
    text: str = ""
    url: str = ""


class _Component(msgspec.Struct):
    type: str = ""
    format: str = "TEXT"
    text: str = ""
    example: _Examples = msgspec.field(default_factory=_Examples)
    buttons: list[_Button] = []


def words_of(
    name: str, language: str, category: str, components: msgspec.Raw
) -> TemplateDraft | str:
    """Return what a listed template says, or in plain words why it cannot be sent from here."""
    try:
        parts = msgspec.json.decode(components, type=list[_Component])
    except (msgspec.DecodeError, RecursionError):
        return "Meta tells of it in a form that Baton does not know."
    buttons = [button for part in parts for button in part.buttons]
    unfit = _unfit(category, parts) or _unfit_buttons(buttons)
    if unfit:
        return unfit
    texts = {part.type: part for part in parts if part.type in _TEXTS}
    header, body = texts.get("HEADER", _Component()), texts["BODY"]
    link = next((one for one in buttons if one.type == "URL"), _Button())
    return TemplateDraft(
        name=name,
        language=language,
        body=body.text,
        examples=tuple(next(iter(body.example.body_text), [])),
        header=header.text,
        header_examples=tuple(header.example.header_text),
        footer=texts.get("FOOTER", _Component()).text,
        link_label=link.text,
        link_url=link.url,
        replies=tuple(one.text for one in buttons if one.type == "QUICK_REPLY"),
        purpose=_CATEGORIES[category],
    )


def _unfit(category: str, parts: Sequence[_Component]) -> str:
    kinds = {part.type for part in parts}
    if category not in _CATEGORIES:
        return "It is neither of Meta's utility nor of its marketing templates."
    if not kinds <= _TEXTS | {"BUTTONS"} or "BODY" not in kinds:
        return "It is made of parts that Baton does not send, such as a carousel."
    if any(part.format != "TEXT" for part in parts):
        return "A picture, a video, a file or a place stands above its text."
    texts = [part.text for part in parts if part.type in _TEXTS]
    if any(not _NUMBER.fullmatch(place) for place in template.places_in(*texts)):
        return "Its values have names at Meta; Baton fills in numbered ones, as {{1}}."
    if any(template.numbered(text) != text for text in texts):
        return "Its values are not numbered in the order in which they stand."
    return ""


def _unfit_buttons(buttons: Sequence[_Button]) -> str:
    kinds = [button.type for button in buttons]
    if set(kinds) - {"QUICK_REPLY", "URL"} or kinds.count("URL") > 1:
        return "It has buttons that Baton does not send: calls, codes, flows, or several addresses."
    if kinds.count("QUICK_REPLY") > template_rules.MAX_REPLIES:
        return f"It has more than {template_rules.MAX_REPLIES} quick replies."
    return ""
