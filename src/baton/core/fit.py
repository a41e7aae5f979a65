"""Whether words are of a length that suits a channel: short ones for phones, long ones for mail.

SMS parts are those of 3GPP TS 23.038; a notification is as long as iOS and Android show it.
"""

from baton.core import sms, whatsapp

SMS_PARTS, SMS_MOST_PARTS = 2, 3
"""SMS are paid by the part. With the longest names in it a text may take two; nobody reads
more than three."""

PUSH = 178
VOICE = 600
"""What is said by telephone, twice: about 40 seconds each time."""


def suits(channel: str, text: str) -> bool:
    """Return whether a text that nobody asked for is short enough for a channel (C15)."""
    match channel:
        case "sms":
            return sms.parts_of(text) <= SMS_MOST_PARTS
        case "whatsapp":
            return len(text) <= whatsapp.MAX_TEMPLATE
        case "voice":
            return len(text) <= VOICE
        case "push":
            return len(text) <= PUSH
        case _:
            return True
