"""The forms of what people propose and answer, before the services judge it."""

import re
from decimal import Decimal

from django import forms

from baton.core import approvals
from baton.core.approvals import Kind
from baton.core.retention import Outcome, Wish
from baton.services.conversation.proposals import Proposal
from baton.services.desk.approval_board import Folder

# "80", "80.5", "80,50": a number with two places at most, with whichever mark people write.
_AMOUNT = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")


class ProposalForm(forms.Form):
    """Money or an exception for the contact of a conversation."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    amount = forms.CharField(required=False, max_length=20)
    reason = forms.CharField(max_length=60, error_messages={"required": "Choose a reason."})
    subject = forms.CharField(required=False, max_length=approvals.MAX_SUBJECT)
    note = forms.CharField(required=False, max_length=approvals.MAX_WORDS)

    def clean_amount(self) -> int:
        """Return the amount in minor units."""
        written = str(self.cleaned_data["amount"]).strip()
        if not written:
            return 0
        found = _AMOUNT.fullmatch(written)
        if found is None:
            message = "Write the amount as 80.00."
            raise forms.ValidationError(message)
        return int(Decimal(f"{found[1]}.{found[2] or '0'}") * 100)

    @property
    def proposal(self) -> Proposal:
        """What was filled in."""
        given = self.cleaned_data
        return Proposal(
            kind=Kind(given["kind"]),
            amount_minor=given["amount"],
            reason=given["reason"],
            subject=given["subject"],
            note=given["note"],
        )


class RetentionForm(forms.Form):
    """What somebody who wants to leave wants, why, what they are offered, and what came of it."""

    wish = forms.ChoiceField(choices=[(one.value, one.value) for one in Wish])
    churn_reason = forms.CharField(max_length=60)
    offer = forms.CharField(required=False, max_length=60)
    outcome = forms.ChoiceField(choices=[(one.value, one.value) for one in Outcome])


class AnswerForm(forms.Form):
    """Why something is declined, or under which number it was carried out."""

    words = forms.CharField(required=False, max_length=approvals.MAX_WORDS)


class FolderForm(forms.Form):
    """Which approvals are looked at, and which page of them."""

    folder = forms.ChoiceField(required=False, choices=[(one, one) for one in Folder])
    page = forms.IntegerField(required=False, min_value=1)
