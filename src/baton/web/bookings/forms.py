"""What a browser may send about places; the services judge it."""

from datetime import date, time
from decimal import Decimal

from django import forms

from baton.core import ids
from baton.core.bookings import Entry, Kind
from baton.services.bookings import activities
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import MAX_PLACES
from baton.services.desk import booking_board, booking_desk
from baton.web.bookings import words

_HOUR = 60
_CENT = Decimal("0.01")
_MOST_TIMES = 24


class CalendarForm(forms.Form):
    """Which days are looked at, and where."""

    view = forms.ChoiceField(required=False, choices=[(one, one) for one in booking_board.VIEWS])
    on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    location = forms.CharField(required=False, max_length=ids.LENGTH)


class BookForm(forms.Form):
    """For whom a slot is booked: a contact who was found, or a name with a number or mailbox."""

    contact = forms.CharField(required=False, max_length=ids.LENGTH)
    name = forms.CharField(required=False, max_length=120)
    handle = forms.CharField(required=False, max_length=254)
    places = forms.IntegerField(min_value=1, max_value=MAX_PLACES, initial=1)
    entry = forms.ChoiceField(required=False, choices=[(one, one) for one in Entry])
    how = forms.ChoiceField(
        required=False, choices=[(one, one) for one in ("book", "hold", "wait")]
    )


class SlotForm(forms.Form):
    """How many places a slot has."""

    capacity = forms.IntegerField(
        min_value=1, error_messages={"required": "Say how many places there are."}
    )


class DeedForm(forms.Form):
    """Where a booking moves: a slot of ours, or a moment in the system that keeps it."""

    slot = forms.CharField(required=False, max_length=40)


class ActivityForm(forms.Form):
    """An activity as a manager writes it: money in units of the currency, the window in hours."""

    name = forms.CharField(max_length=activities.MAX_NAME, label="Name")
    kind = forms.ChoiceField(choices=list(words.KINDS.items()), label="Kind")
    minutes = forms.IntegerField(min_value=1, label="Lasts, in minutes", initial=60)
    capacity = forms.IntegerField(min_value=1, label="Places", initial=1)
    price = forms.DecimalField(
        min_value=0, decimal_places=2, max_digits=9, label="Price", initial=0, required=False
    )
    deposit = forms.DecimalField(
        min_value=0,
        decimal_places=2,
        max_digits=9,
        required=False,
        label="Deposit",
        help_text="for each place; empty: the rule for high value; 0: none",
    )
    cancel_hours = forms.IntegerField(
        min_value=0,
        label="May be cancelled until, in hours before",
        initial=12,
        help_text="later cancellations carry a code of their own",
    )
    hold_minutes = forms.IntegerField(
        min_value=1, label="A place is held for, in minutes", initial=30
    )
    needs_staff_confirmation = forms.BooleanField(
        required=False, label="Changes that contacts ask for go to a person"
    )
    suits_beginners = forms.BooleanField(required=False, label="New members are shown it first")

    @property
    def offer(self) -> Offer:
        """What was written."""
        given = self.cleaned_data
        deposit = given["deposit"]
        return Offer(
            name=given["name"],
            kind=Kind(given["kind"]),
            minutes=given["minutes"],
            capacity=given["capacity"],
            price_minor=int((given["price"] or 0) / _CENT),
            deposit_minor=None if deposit is None else int(deposit / _CENT),
            cancel_minutes=given["cancel_hours"] * _HOUR,
            hold_minutes=given["hold_minutes"],
            needs_staff_confirmation=given["needs_staff_confirmation"],
            suits_beginners=given["suits_beginners"],
        )


class SlotsForm(forms.Form):
    """When slots are made: a day, times of it, and for how many weeks."""

    on = forms.DateField(
        label="First on",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose a day."},
    )
    at = forms.CharField(
        max_length=200, label="At", help_text="by the clock of the place, as 18:00, 19:15"
    )
    weeks = forms.IntegerField(
        min_value=1, max_value=booking_desk.MAX_WEEKS, initial=1, label="For so many weeks"
    )
    location = forms.ChoiceField(required=False, label="Where")
    capacity = forms.IntegerField(
        required=False, min_value=1, label="Places", help_text="empty: as the activity says"
    )

    def __init__(
        self, posted: object = None, *, locations: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Offer the business's locations."""
        super().__init__(posted)  # type: ignore[arg-type] # as Django's own form takes it
        self.fields["location"] = forms.ChoiceField(
            required=False, label="Where", choices=locations
        )

    def clean_at(self) -> tuple[time, ...]:
        """Read the times, each as 18:00."""
        parts = [one.strip() for one in str(self.cleaned_data["at"]).split(",")]
        try:
            found = tuple(time.fromisoformat(one) for one in parts if one)
        except ValueError:
            message = "Write times as 18:00, with commas between them."
            raise forms.ValidationError(message) from None
        if not found or len(found) > _MOST_TIMES or any(one.tzinfo for one in found):
            message = f"Write 1 to {_MOST_TIMES} times, as 18:00."
            raise forms.ValidationError(message)
        return found

    @property
    def first(self) -> date:
        """The first day."""
        day: date = self.cleaned_data["on"]
        return day
