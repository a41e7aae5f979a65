"""What a message costs on its channel, in millionths of the prices' currency.

Millionths, since one email costs less than the smallest coin and sums must stay exact.
"""

from dataclasses import dataclass
from datetime import datetime

from baton.core import sms, whatsapp
from baton.core.policy import Policy

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a business pays its providers, in millionths of a currency (ISO 4217).

    Attributes:
        sms_part: one part of an SMS, with the carrier's fee.
        whatsapp_template, whatsapp_promotion: a template outside an open window.
        email: one email.
        voice: one call.
    """

    currency: str
    sms_part: int
    whatsapp_template: int
    whatsapp_promotion: int
    email: int
    voice: int = 0


def prices_of(policy: Policy) -> Prices:
    """Return what a workspace says that its providers take."""
    return Prices(
        currency=policy.currency,
        sms_part=policy.sms_part_price,
        whatsapp_template=policy.whatsapp_template_price,
        whatsapp_promotion=policy.whatsapp_promotion_price,
        email=policy.email_price,
        voice=policy.voice_price,
    )


def cost_of(
    text: str, channel: str, prices: Prices, *, is_promotional: bool, is_window_open: bool
) -> int:
    """Return what a message costs in millionths; channels of one's own cost nothing."""
    match channel:
        case "sms":
            return cost_of_sms(text, prices.sms_part)
        case "whatsapp" if is_promotional:
            return prices.whatsapp_promotion
        case "whatsapp":
            return 0 if is_window_open else prices.whatsapp_template
        case "email":
            return prices.email
        case "voice":
            return prices.voice
        case _:
            return 0


def cost_of_sms(text: str, part_price: int) -> int:
    """Return what an SMS costs in millionths: each of its parts is paid for (C7)."""
    return part_price * sms.parts_of(text)


def is_window_open(wrote_at: datetime | None, now: datetime) -> bool:
    """Return whether the contact wrote recently enough that an answer needs no template.

    Since July 2025 WhatsApp charges by the template, and nothing for what answers a contact
    within that span: https://developers.facebook.com/docs/whatsapp/pricing
    """
    return wrote_at is not None and now - wrote_at < whatsapp.WINDOW
