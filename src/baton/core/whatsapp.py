"""What a WhatsApp message can hold, and how choices below a text are shown.

Up to three short choices are buttons, up to ten are rows of a list behind one button; what
fits neither stands as words below the text. The figures are the provider's own:
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from baton.core import sms

WINDOW = timedelta(hours=24)
"""So long after a contact's last word they may be written to freely (C6); after it, only in
words that the provider has approved."""

MAX_TEXT = 4_096
MAX_TEMPLATE = 1_024
MAX_BUTTONS, MAX_BUTTON, MAX_ABOVE_BUTTONS = 3, 20, 1_024
MAX_ROWS, MAX_ROW = 10, 24
MAX_CAPTION = 1_024
DOCUMENT = "document"
MAX_KEY = 200
"""Of a row; a button's may be longer."""


class Look(StrEnum):
    """How the choices of a message are shown."""

    WORDS = "words"
    BUTTONS = "buttons"
    LIST = "list"


def look_of(text: str, choices: Sequence[tuple[str, str]]) -> Look:
    """Return how choices (key and label) below a text are shown."""
    labels = [label for _key, label in choices]
    if not choices or len(set(labels)) < len(labels) or any(_is_odd(*one) for one in choices):
        return Look.WORDS
    longest = max(map(len, labels))
    if len(choices) <= MAX_BUTTONS and longest <= MAX_BUTTON and len(text) <= MAX_ABOVE_BUTTONS:
        return Look.BUTTONS
    if len(choices) <= MAX_ROWS and longest <= MAX_ROW:
        return Look.LIST
    return Look.WORDS


def render(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """Return the text as a phone shows it; choices that can be tapped are no part of it."""
    if look_of(text, choices) is Look.WORDS:
        return sms.render(text, choices)
    return text


def _is_odd(key: str, label: str) -> bool:
    """Return whether a choice would be refused: no words on it, or blanks around its key."""
    return not label.strip() or not key or key != key.strip() or len(key) > MAX_KEY


def media_kind_of(media_type: str) -> str:
    """Return as what a file goes; what is neither picture, film nor sound is a document.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    """
    return _MEDIA.get(media_type, DOCUMENT)


def fits(media_type: str, size: int, text: str) -> bool:
    """Return whether a file of `size` bytes goes with this text as its caption."""
    kind = media_kind_of(media_type)
    if media_type not in _MEDIA and media_type not in _DOCUMENTS:
        return False
    # A sound has no caption.
    return size <= _MOST_BYTES[kind] and len(text) <= (0 if kind == "audio" else MAX_CAPTION)


_MEDIA: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": "image",
        "image/png": "image",
        "video/mp4": "video",
        "video/3gpp": "video",
        "audio/aac": "audio",
        "audio/amr": "audio",
        "audio/mpeg": "audio",
        "audio/mp4": "audio",
    }
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS = frozenset(
    {
        "application/pdf",
        "text/plain",
        f"{_OFFICE}.wordprocessingml.document",
        f"{_OFFICE}.spreadsheetml.sheet",
    }
)
_MEGABYTE = 1_000_000  # below the provider's own, which counts 1,024 for 1,000
_MOST_BYTES: Mapping[str, int] = MappingProxyType(
    {
        "image": 5 * _MEGABYTE,
        "video": 16 * _MEGABYTE,
        "audio": 16 * _MEGABYTE,
        DOCUMENT: 100 * _MEGABYTE,
    }
)
