"""How a voice inbox is connected: an account at Twilio, who calls, and whom a key reaches."""

import re

import msgspec

from baton.channels import twilio
from baton.channels.twilio import TWILIO_API

TWILIO_VOICE = "twilio_voice"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class TwilioVoiceSettings(
    msgspec.Struct, frozen=True, kw_only=True, tag=TWILIO_VOICE, tag_field="provider"
):
    """An account at Twilio, and the number that calls.

    `reach` is the number that whoever presses 1 is put through to, "" where a colleague calls
    them back instead. `base` is another address than Twilio's for tests.
    """

    account_sid: str
    auth_token: str
    sender: str
    reach: str = ""
    base: str = TWILIO_API


def problems_with(settings: TwilioVoiceSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    problems = twilio.problems_with(settings)
    if not _NUMBER.fullmatch(settings.sender):
        problems["sender"] = "Write the number with its country, as +447700900123."
    if settings.reach and not _NUMBER.fullmatch(settings.reach):
        problems["reach"] = "Write the number with its country, or leave it empty."
    return problems
