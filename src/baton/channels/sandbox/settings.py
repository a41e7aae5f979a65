"""How an inbox of the sandbox is set: which channel it plays, under which number."""

import msgspec

SANDBOX = "sandbox"
CHANNELS = ("sms", "whatsapp", "email", "push", "voice")
"""What can be played; the order is that of the form."""


class SandboxSettings(msgspec.Struct, frozen=True, kw_only=True, tag=SANDBOX, tag_field="provider"):
    """No provider: the phone lab and stories play the phone."""

    sender: str = ""
    channel: str = "sms"


def problems_with(settings: SandboxSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    if settings.channel in CHANNELS:
        return {}
    return {"channel": f"The phone lab plays {', '.join(CHANNELS)} alone."}
