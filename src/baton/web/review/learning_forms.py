"""Forms of the learning pages: what a browser may send, before the services judge it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from baton.core.errors import InvalidInput
from baton.core.pack import RequestType

_LINES = forms.Textarea(attrs={"rows": 5, "aria-describedby": "about-examples"})


class IntentForm(forms.Form):
    """A new intent with its first examples."""

    name = forms.CharField(max_length=60, error_messages={"required": "Give it a short name."})
    wants = forms.CharField(
        max_length=200, error_messages={"required": "Say what the customer wants."}
    )
    request_type = forms.ChoiceField(error_messages={"required": "Choose a request type."})
    examples = forms.CharField(required=False, strip=False, max_length=20_000, widget=_LINES)

    def __init__(self, *given: Any, kinds: Sequence[RequestType], **named: Any) -> None:
        """Offer the request types of a workspace."""
        super().__init__(*given, **named)
        chosen = forms.ChoiceField(
            choices=[("", "Choose one"), *((k.name, k.title) for k in kinds)]
        )
        self.fields["request_type"] = chosen
        self.order_fields(["name", "wants", "request_type", "examples"])

    def refuse(self, error: InvalidInput) -> None:
        """Show what the service refused beside the fields it speaks of."""
        for name, why in error.fields.items():
            self.add_error(name if name in self.fields else None, why)


class ExamplesForm(forms.Form):
    """Examples written by hand for an intent, one a line."""

    intent = forms.CharField(max_length=200)
    examples = forms.CharField(strip=False, max_length=20_000, widget=_LINES)


class ReasonForm(forms.Form):
    """Why something is done; the services say where a reason must stand."""

    reason = forms.CharField(required=False, max_length=300)
