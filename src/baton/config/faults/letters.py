"""What is on its way to our webhooks and mailboxes, in the very shape in which it is sent.

What Meta tells is JSON under its signature and a mail is a MIME message, so that what reads
and believes them is played too; a provider of SMS has tests of its own for each body.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from baton.channels import ArrivingMessage, Receipt
from baton.channels.whatsapp import hooks
from baton.config.faults.place import APP_SECRET, CHANNELS, DESK, NUMBER_ID, Place
from baton.core.json import Json
from baton.runtime.ports import Arrival
from baton.services.doors import chat, mailing, provider_hooks
from baton.services.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A webhook of Meta's: its bytes, and the signature in its header."""

    body: bytes
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something on its way to us: built once it arrives, as a fact of the inbox.

    `key` is the sender's own name for it, `words` what it says, for people; one that `is_said`
    is a contact's, one that is `false` pretends to be.
    """

    key: str
    words: str
    lane: str
    told: ArrivingMessage | Receipt | Signed | bytes | Callable[[House], Arrival]
    is_said: bool = False
    is_false: bool = False


def written(place: Place, address: str, text: str, key: str, at: datetime) -> Letter:
    """Return what a contact writes."""
    return Letter(
        key=key, words=text, lane=address, told=_told(place, address, text, key, at), is_said=True
    )


def forged(address: str, text: str, key: str) -> Letter:
    """Return what somebody writes in a contact's name, who does not know Meta's secret."""
    told = _of_meta({"messages": [_message(address, text, key)]}, secret="a guess")  # noqa: S106
    return Letter(key=key, words=text, lane=address, told=told, is_false=True)


def receipt(told: Receipt, *, lane: str, message_id: str, channel: str) -> Letter:
    """Return what a provider tells of a message of ours."""
    key = f"{told.receipt}:{told.state.value}"
    if channel != "whatsapp":
        return Letter(key=key, words=told.state.value, lane=lane, told=told)
    status: Json = {
        "id": told.receipt,
        "status": told.state.value,
        "timestamp": "1",
        "recipient_id": told.recipient.removeprefix("+"),
        "biz_opaque_callback_data": message_id,
        "errors": [{"code": 131026}] if told.fault else [],
    }
    return Letter(key=key, words=told.state.value, lane=lane, told=_of_meta({"statuses": [status]}))


def arrivals_of(place: Place, house: House, letter: Letter) -> list[Arrival]:
    """Return a letter as facts, built by what builds them for whoever brings it.

    Raises WrongSignatureError for one that is not believed.
    """
    told = letter.told
    if isinstance(told, Signed):
        whatsapp = place.providers["whatsapp"]
        news = hooks.read(
            told.body,
            signature=told.signature,
            app_secret=whatsapp.proofs[0],
            phone_number_id=whatsapp.number_id,
        )
        found = [
            provider_hooks.message_arrival(house, whatsapp, one)
            if isinstance(one, ArrivingMessage)
            else provider_hooks.receipt_arrival(house, whatsapp, one)
            for one in news.told
        ]
    elif isinstance(told, ArrivingMessage):
        found = [provider_hooks.message_arrival(house, place.providers["sms"], told)]
    elif isinstance(told, Receipt):
        found = [provider_hooks.receipt_arrival(house, place.providers["sms"], told)]
    elif isinstance(told, bytes):
        found = [mailing.arrival_of(house, place.mailbox, told)]
    else:
        found = [told(house)]
    return [one for one in found if one]


def _told(
    place: Place, address: str, text: str, key: str, at: datetime
) -> ArrivingMessage | Signed | bytes | Callable[[House], Arrival]:
    match CHANNELS[address]:
        case "whatsapp":
            return _of_meta({"messages": [_message(address, text, key)]})
        case "email":
            return _mail(address, text, key, at)
        case "sms":
            return ArrivingMessage(receipt=key, sender=address, text=text)
        case _:
            return lambda house: chat.hook_arrival(
                house, place.inboxes["webchat"], webhook_id=key, sender=address, text=text, name=""
            )


def _message(address: str, text: str, key: str) -> Json:
    return {
        "id": key,
        "from": address.removeprefix("+"),
        "timestamp": "1",
        "type": "text",
        "text": {"body": text},
    }


def _of_meta(value: dict[str, Json], *, secret: str = APP_SECRET) -> Signed:
    about = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID}}
    change = {"field": "messages", "value": about | value}
    body = json.dumps({"entry": [{"id": "1", "changes": [change]}]}).encode()
    return Signed(body=body, signature=hooks.sign(body, secret))


def _mail(address: str, text: str, key: str, at: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = address, DESK, _SUBJECT
    mail["Message-ID"], mail["Date"] = f"<{key}@example.com>", at
    mail.set_content(text)
    return bytes(mail)


_SUBJECT: Final = "A question"
