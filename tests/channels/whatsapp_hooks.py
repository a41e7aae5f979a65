"""Webhooks as Meta specifies them, for tests: one builder for each kind of news.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import json
from typing import Any

from baton.channels.whatsapp import hooks
from baton.channels.whatsapp.settings import CloudSettings

NUMBER_ID = "106540352242922"
SENDER = "447700900123"
APP_SECRET = "5e" * 16
SETTINGS = CloudSettings(
    phone_number_id=NUMBER_ID,
    business_account_id="102290129340398",
    access_token="EAAJB" + "x" * 40,
    app_secret=APP_SECRET,
    sender="+44 7700 900999",
)


def message(kind: str, content: object = None, *, wamid: str = "wamid.1") -> dict[str, Any]:
    """Return a message of a kind; its content stands under the kind's name."""
    told = {"from": SENDER, "id": wamid, "timestamp": "1749416383", "type": kind}
    return told if content is None else {**told, kind: content}


def text(body: str, *, wamid: str = "wamid.1") -> dict[str, Any]:
    """Return a message of words."""
    return message("text", {"body": body}, wamid=wamid)


def status(state: str, *, ours: str = "m1", code: int = 0) -> dict[str, Any]:
    """Return what became of a message of ours."""
    told: dict[str, Any] = {
        "id": "wamid.out", "status": state, "timestamp": "1750030073", "recipient_id": SENDER,
        "biz_opaque_callback_data": ours,
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"},
    }  # fmt: skip
    problem = {"code": code, "title": "T", "message": "M", "error_data": {"details": "D"}}
    return {**told, "errors": [problem]} if code else told


def value(
    *messages: dict[str, Any], statuses: tuple[object, ...] = (), number: str = NUMBER_ID
) -> Any:
    """Return what is told of one number."""
    told: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900999", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Mia 🌻"}, "wa_id": SENDER, "user_id": "GB.134912086"}],
    }
    return (
        told
        | ({"messages": list(messages)} if messages else {})
        | ({"statuses": list(statuses)} if statuses else {})
    )


def hook(*values: Any, field: str = "messages") -> dict[str, Any]:
    """Return a whole webhook: an entry for each value."""
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": "102290129340398", "changes": [{"value": one, "field": field}]} for one in values
        ],
    }


def signed(told: object, *, secret: str = APP_SECRET) -> tuple[bytes, str]:
    """Return a body and its signature."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return body, hooks.sign(body, secret)
