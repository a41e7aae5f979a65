"""The form of the limits of sending; the service judges what it brings."""

from django import forms

from baton.services.desk import sending_desk

_LABELS = {
    "quiet_from": ("Quiet from", "by the clock where the contact is, as 21:00"),
    "quiet_until": ("Quiet until", "the same time as above keeps no quiet hours"),
    "awake_window": ("Awake after their own word for", "as 30m: who has just written is awake"),
    "transactional_per_day": ("About bookings and orders, in 24 hours", ""),
    "transactional_per_week": ("About bookings and orders, in 7 days", ""),
    "promotional_per_day": ("Promotions, in 24 hours", "0 sends none at all"),
    "promotional_per_week": ("Promotions, in 7 days", ""),
    "service_per_day": ("Surveys and the like, in 24 hours", "answers are not counted"),
    "service_per_week": ("Surveys and the like, in 7 days", ""),
    "consent_free_channels": (
        "Channels where no consent is needed",
        "for what is no promotion; joined by commas, as webchat",
    ),
    "sms_part_price": ("One part of an SMS", "with the carrier's fee"),
    "email_price": ("One email", ""),
    "whatsapp_template_price": ("A WhatsApp template", "after 24 hours; within them it is free"),
    "whatsapp_promotion_price": ("A WhatsApp template that promotes", ""),
}


class LimitsForm(forms.Form):
    """The limits as somebody writes them, why they change, and the settings that were seen."""

    reason = forms.CharField(
        max_length=sending_desk.MAX_REASON, error_messages={"required": "Say why."}
    )
    seen = forms.IntegerField(min_value=1)

    def __init__(self, *given: object, **named: object) -> None:
        """Add a field for each limit."""
        super().__init__(*given, **named)  # type: ignore[arg-type] # as Django's own form takes them
        for name in (*sending_desk.LIMITS, *sending_desk.PRICES):
            label, about = _LABELS[name]
            self.fields[name] = forms.CharField(
                label=label,
                help_text=about,
                max_length=60,
                required=name != "consent_free_channels",
            )

    @property
    def limits(self) -> list[forms.BoundField]:
        """The fields of the limits, in order."""
        return [self[name] for name in sending_desk.LIMITS]

    @property
    def prices(self) -> list[forms.BoundField]:
        """The fields of the prices, in order."""
        return [self[name] for name in sending_desk.PRICES]
