"""Meta's webhooks: whether one is Meta's, and all that it tells.

How they are signed: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
What they hold: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
One may tell of many messages and receipts, of several numbers of the account.
"""

import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import msgspec

from baton.channels import ArrivingMessage, HeldFile, Receipt, TemplateNews, WrongSignatureError
from baton.channels.whatsapp import codes, limits, templates
from baton.channels.whatsapp.payloads import Contact, Envelope, Hook, Media, Message, Status, Value
from baton.core.delivery import Delivery

Shape = TypeVar("Shape", bound=msgspec.Struct)

HEADER = "x-hub-signature-256"
SUBSCRIBE = "subscribe"
MAX_BODY_BYTES = 3 * 1024 * 1024
"""As large as Meta makes one."""

_PREFIX = "sha256="
_MESSAGES = "messages"
_MAX_ID = 128
_MEDIA_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_STATES: Mapping[str, Delivery] = MappingProxyType(
    {
        "sent": Delivery.SENT,
        "delivered": Delivery.DELIVERED,
        "read": Delivery.READ,
        "played": Delivery.READ,  # of a voice message, beyond read
        "failed": Delivery.FAILED,
    }
)
_UNREADABLE = "[a message that cannot be shown]"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a webhook tells of one number, and of its account's templates and daily limit.

    `begun_per_day` is 0 for no limit, None where nothing is told of it.
    """

    told: tuple[ArrivingMessage | Receipt, ...]
    templates: tuple[TemplateNews, ...] = ()
    begun_per_day: int | None = None


def sign(body: bytes, app_secret: str) -> str:
    """Return the signature of a body: HMAC-SHA256 with the app's secret, in hex."""
    return f"{_PREFIX}{hmac.digest(app_secret.encode(), body, 'sha256').hex()}"


def read(body: bytes, *, signature: str, app_secret: str, phone_number_id: str) -> News:
    """Read a webhook: all that it tells of one number, in the order in which it is told.

    Raises WrongSignatureError for one that Meta did not sign, msgspec.DecodeError for a
    body that is none.
    """
    if not hmac.compare_digest(sign(body, app_secret).encode(), signature.lower().encode()):
        raise WrongSignatureError
    told = msgspec.json.decode(body, type=Hook)
    changes = [change for entry in told.entry for change in entry.changes]
    values = (_read(change.value, Value) for change in changes if change.field == _MESSAGES)
    return News(
        told=tuple(
            one
            for value in values
            if value and value.metadata.phone_number_id == phone_number_id
            for one in _told_in(value)
        ),
        templates=templates.news_in((change.field, change.value) for change in changes),
        begun_per_day=limits.limit_in((change.field, change.value) for change in changes),
    )


def _told_in(value: Value) -> Iterator[ArrivingMessage | Receipt]:
    known = (_read(raw, Contact) for raw in value.contacts)
    names = {contact.wa_id: contact.profile.name for contact in known if contact}
    for raw in value.messages:
        envelope = _read(raw, Envelope)
        if envelope is None or not envelope.sender or not 0 < len(envelope.id) <= _MAX_ID:
            continue
        message = _read(raw, Message)
        text = _text_of(message) if message else _UNREADABLE
        files = tuple(_files_in(message)) if message else ()
        if text or files:
            yield ArrivingMessage(
                receipt=envelope.id,
                sender=_number(envelope.sender),
                text=text,
                name=names.get(envelope.sender, ""),
                files=files,
            )
    for raw in value.statuses:
        status = _read(raw, Status)
        if receipt := _receipt_of(status) if status else None:
            yield receipt


def _read(raw: msgspec.Raw, shape: type[Shape]) -> Shape | None:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, RecursionError):
        return None


def _receipt_of(status: Status) -> Receipt | None:
    state = _STATES.get(status.status)
    if state is None or not 0 < len(status.id) <= _MAX_ID:
        return None
    code = status.errors[0].code if status.errors else 0
    is_failed = state is Delivery.FAILED
    return Receipt(
        receipt=status.id,
        recipient=_number(status.recipient_id),
        state=state,
        told=status.status,
        message_id=status.biz_opaque_callback_data,
        fault=codes.undelivered_of(code).value if is_failed else "",
        code=str(code) if is_failed and code else "",
    )


def _text_of(message: Message) -> str:
    """Return what a message says: of a tapped choice its key, of a picture what stands below.

    A reaction, and what WhatsApp itself notes in a chat, says nothing: "".
    """
    told = _TOLD.get(message.type)
    return told(message) if told else _NOTES.get(message.type, "")


def _chosen(message: Message) -> str:
    chosen = message.interactive.button_reply or message.interactive.list_reply
    return chosen.id or chosen.title if chosen else ""


def _place(message: Message) -> str:
    place = message.location
    named = ", ".join(filter(None, (place.name, place.address)))
    return f"[location] {named or f'{place.latitude}, {place.longitude}'}"


def _caption(message: Message) -> str:
    media = _media_of(message)
    return media.caption if media else ""


def _files_in(message: Message) -> Iterator[HeldFile]:
    """Yield the file of a message, by the id under which Meta keeps it."""
    media = _media_of(message)
    if media and _MEDIA_ID.fullmatch(media.id):
        yield HeldFile(reference=media.id, media_type=media.mime_type, name=media.filename)


def _media_of(message: Message) -> Media | None:
    return message.image or message.video or message.audio or message.document or message.sticker


_TOLD: Mapping[str, Callable[[Message], str]] = MappingProxyType(
    {
        "text": lambda message: message.text.body,
        "button": lambda message: message.button.payload or message.button.text,
        "interactive": _chosen,
        "location": _place,
        "image": _caption,
        "video": _caption,
        "document": _caption,
    }
)
# Words for what says none: that something came is not lost.
_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "contacts": "[contact card]",
        "unsupported": _UNREADABLE,
    }
)


def _number(wa_id: str) -> str:
    """Return a WhatsApp id as a telephone number: the same digits."""
    return f"+{wa_id}" if wa_id.isdecimal() else wa_id
