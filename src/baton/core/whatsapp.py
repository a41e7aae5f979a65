"""What a WhatsApp message can hold, and how choices below a text are shown.

Up to three short choices are buttons, up to ten are rows of a list behind one button; what
fits neither stands as words below the text. The figures are the provider's own:
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from baton.core import sms

WINDOW = timedelta(hours=24)
"""So long after a contact's last word they may be written to freely (C6); after it, only in
words that the provider has approved."""

MAX_TEXT = 4_096
MAX_TEMPLATE = 1_024
MAX_BUTTONS, MAX_BUTTON, MAX_ABOVE_BUTTONS = 3, 20, 1_024
MAX_ROWS, MAX_ROW = 10, 24
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
