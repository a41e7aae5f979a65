"""A message as the Cloud API takes it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages
"""

from baton.channels import Outgoing
from baton.core import whatsapp
from baton.core.json import Json
from baton.core.template import StandIn
from baton.core.whatsapp import Look

LIST_BUTTON = "Options"
"""What opens a list; the word is the same in several languages."""


def body_of(outgoing: Outgoing, media_id: str = "") -> dict[str, Json]:
    """Return the request's body; Meta repeats our id for the message in every receipt.

    `media_id` is Meta's name for the one file of the message, which it was given before.
    """
    content = _file(outgoing, media_id) if media_id else _content_of(outgoing)
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": outgoing.address.removeprefix("+"),
        "biz_opaque_callback_data": outgoing.message_id,
        **content,
    }


def _file(outgoing: Outgoing, media_id: str) -> dict[str, Json]:
    """Return a file with the text as its caption; documents keep their name."""
    [file] = outgoing.files
    kind = whatsapp.media_kind_of(file.media_type)
    told: dict[str, Json] = {"id": media_id}
    if outgoing.text:
        told["caption"] = outgoing.text
    if kind == whatsapp.DOCUMENT:
        told["filename"] = file.name
    return {"type": kind, kind: told}


def _content_of(outgoing: Outgoing) -> dict[str, Json]:
    if outgoing.template:
        return {"type": "template", "template": _template(outgoing.template)}
    text, choices = outgoing.text, outgoing.choices
    match whatsapp.look_of(text, choices):
        case Look.WORDS:
            words = whatsapp.render(text, choices)
            return {"type": "text", "text": {"preview_url": False, "body": words}}
        case Look.BUTTONS:
            buttons: list[Json] = [
                {"type": "reply", "reply": {"id": key, "title": label}} for key, label in choices
            ]
            return _interactive("button", text, {"buttons": buttons})
        case Look.LIST:
            rows: list[Json] = [{"id": key, "title": label} for key, label in choices]
            sections: list[Json] = [{"rows": rows}]
            return _interactive("list", text, {"button": LIST_BUTTON, "sections": sections})


def _template(words: StandIn) -> dict[str, Json]:
    """Return approved words by name, with their values and what a quick reply answers."""
    components: list[Json] = [
        {"type": kind, "parameters": [_text(value) for value in values]}
        for kind, values in (("header", words.header_values), ("body", words.values))
        if values
    ]
    for place, (key, _label) in enumerate(words.replies):
        components.append(_button(place, "quick_reply", {"type": "payload", "payload": key}))
    if words.link_value is not None:
        components.append(_button(len(words.replies), "url", _text(words.link_value)))
    language: Json = {"code": words.language.replace("-", "_")}
    return {"name": words.name, "language": language, "components": components}


def _text(value: str) -> dict[str, Json]:
    return {"type": "text", "text": value}


def _button(place: int, kind: str, given: dict[str, Json]) -> dict[str, Json]:
    return {"type": "button", "sub_type": kind, "index": str(place), "parameters": [given]}


def _interactive(kind: str, text: str, action: dict[str, Json]) -> dict[str, Json]:
    content: dict[str, Json] = {"type": kind, "body": {"text": text}, "action": action}
    return {"type": "interactive", "interactive": content}
