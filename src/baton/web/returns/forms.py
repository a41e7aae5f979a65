"""The forms of the return rules: what they say, and a case to try them on."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from baton.core.json import Json
from baton.core.return_policy import MAX_MONEY_MINOR, ReturnPolicy
from baton.core.returns import Bought, Claim, Item, Past, Photo, Reason
from baton.services.returns.rules import MAX_REASON
from baton.web.returns.words import REASONS

_HUNDRED = 100
_MOST_MONEY = Decimal(MAX_MONEY_MINOR) / _HUNDRED
_MONEY = ("most_minor", "unattended_minor")
_LISTS = ("final_skus", "final_categories", "only_skus", "only_categories")
_SHARES = ("audit_share", "warn_share")


def _lines(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RulesForm(forms.Form):
    """A return policy as people write it: money in units, shares in percent, lists by line."""

    window_days = forms.IntegerField(label="Days to send back", min_value=1, max_value=730)
    photos = forms.IntegerField(label="Photos needed", min_value=0, max_value=6)
    photo_side = forms.IntegerField(label="Shorter side of a photo", min_value=0, max_value=4_000)
    photo_sharpness = forms.IntegerField(label="Sharpness of a photo", min_value=0, max_value=255)
    damage_by_person = forms.BooleanField(label="A person looks at damage", required=False)
    most_minor = forms.DecimalField(
        label="Above it, a specialist decides", min_value=0, max_value=_MOST_MONEY, decimal_places=2
    )
    unattended_minor = forms.DecimalField(
        label="Refund without a person, up to",
        min_value=0,
        max_value=_MOST_MONEY,
        decimal_places=2,
    )
    repeat_returns = forms.IntegerField(
        label="Returns that are flagged", min_value=0, max_value=100
    )
    repeat_days = forms.IntegerField(label="Within so many days", min_value=1, max_value=730)
    typical_factor = forms.DecimalField(
        label="Times the usual order", min_value=0, max_value=100, decimal_places=1
    )
    flags_addresses = forms.BooleanField(label="Flag different addresses", required=False)
    final_skus = _lines("Articles that never come back")
    final_categories = _lines("Categories that never come back")
    only_skus = _lines("Decide these articles alone")
    only_categories = _lines("Decide these categories alone")
    audit_share = forms.IntegerField(label="Checked by a person, %", min_value=0, max_value=100)
    warn_share = forms.IntegerField(label="Warn above, %", min_value=0, max_value=100)
    reason = forms.CharField(label="Why it changes", required=False, max_length=MAX_REASON)

    @staticmethod
    def of(policy: ReturnPolicy) -> Mapping[str, Any]:
        """Return a policy as the form shows it."""
        said: dict[str, Any] = {}
        for name in RulesForm.base_fields:
            value: Any = getattr(policy, name, "")
            if name in _MONEY:
                value = Decimal(value) / _HUNDRED
            elif name in _SHARES:
                value = round(value * _HUNDRED)
            elif name in _LISTS:
                value = "\n".join(value)
            said[name] = value
        return said

    @property
    def document(self) -> dict[str, Json]:
        """The policy document that was written."""
        document: dict[str, Json] = {}
        for name, value in self.cleaned_data.items():
            if name in _MONEY:
                document[name] = int(value * _HUNDRED)
            elif name in _SHARES:
                document[name] = value / _HUNDRED
            elif name in _LISTS:
                document[name] = [line for line in value.splitlines() if line.strip()]
            elif name != "reason":
                document[name] = float(value) if isinstance(value, Decimal) else value
        return document


class CaseForm(forms.Form):
    """A made-up return to try the rules on."""

    case_price = forms.DecimalField(
        label="It cost", min_value=0, max_value=_MOST_MONEY, decimal_places=2, initial=Decimal(42)
    )
    case_days = forms.IntegerField(label="Days ago", min_value=0, max_value=3_650, initial=10)
    case_reason = forms.ChoiceField(
        label="Why", choices=[(one.value, words) for one, words in REASONS.items()]
    )
    case_sku = forms.CharField(label="Article", required=False, max_length=60)
    case_category = forms.CharField(label="Category", required=False, max_length=60)
    case_photos = forms.IntegerField(label="Good photos", min_value=0, max_value=6, initial=1)
    case_returns = forms.IntegerField(
        label="Other returns lately", min_value=0, max_value=1_000, initial=0
    )
    case_usual = forms.DecimalField(
        label="Usual order",
        min_value=0,
        max_value=_MOST_MONEY,
        decimal_places=2,
        initial=Decimal(0),
    )
    case_elsewhere = forms.BooleanField(label="Shipped to another address", required=False)
    case_known = forms.BooleanField(label="A photo was shown before", required=False)

    def claim(self, policy: ReturnPolicy, today: date) -> Claim:
        """Return the case as the rules see it."""
        given = self.cleaned_data
        price = int(given["case_price"] * _HUNDRED)
        photo = Photo(
            side=max(policy.photo_side, 1),
            sharpness=float(policy.photo_sharpness),
            is_known=given["case_known"],
        )
        return Claim(
            bought=Bought(
                since=today - timedelta(days=given["case_days"]),
                paid_minor=price,
                is_elsewhere=given["case_elsewhere"],
            ),
            items=(
                Item(
                    sku=given["case_sku"],
                    category=given["case_category"],
                    quantity=1,
                    left=1,
                    unit_minor=price,
                ),
            ),
            reason=Reason(given["case_reason"]),
            photos=(photo,) * given["case_photos"],
            past=Past(
                returns=given["case_returns"], usual_minor=int(given["case_usual"] * _HUNDRED)
            ),
            on=today,
        )
