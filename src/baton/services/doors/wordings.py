"""What contacts read where they agree to be written to; kept word for word as evidence (P1).

A business may say it in its own words. Which words somebody saw stands in their consent, so a
change holds for whoever agrees from then on.
"""

from collections.abc import Mapping

from baton.services.workspace.connections import EMAIL, PUSH

SHIPPED: Mapping[str, str] = {
    EMAIL: "Leave your email, and we will also answer there if you have left this chat.",
    PUSH: "Notify me here of answers, and of news about what I booked or ordered.",
}
"""Baton's own, by channel: beside the field for an email, and beside the button."""


def in_force(own: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is shown by channel: the business's own words, else Baton's."""
    return {channel: own.get(channel) or shipped for channel, shipped in SHIPPED.items()}
