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
    values: list[Json] = [{"type": "text", "text": value} for value in words.values]
    components: list[Json] = [{"type": "body", "parameters": values}] if values else []
    for place, (key, _label) in enumerate(words.replies):
        payload: list[Json] = [{"type": "payload", "payload": key}]
        components.append(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(place),
                "parameters": payload,
            }
        )
    language: Json = {"code": words.language.replace("-", "_")}
    return {"name": words.name, "language": language, "components": components}


def _interactive(kind: str, text: str, action: dict[str, Json]) -> dict[str, Json]:
    content: dict[str, Json] = {"type": kind, "body": {"text": text}, "action": action}
    return {"type": "interactive", "interactive": content}
