"""What the forms of all inboxes have."""

from django import forms


class ChannelForm(forms.Form):
    """What every inbox has: a name for the staff."""

    name = forms.CharField(max_length=120, label="Name")
