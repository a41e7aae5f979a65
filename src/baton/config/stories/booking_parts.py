"""The parts of a story about places: what can be booked, and what becomes of a booking."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from baton.config.stories.basics import Name, Number, Part, Span, Text
from baton.core.bookings import Entry, Kind, Reason, State


class Bookable(Part):
    """An activity, and its slots by the names under which the story's steps book them."""

    title: Text | None = Field(None, description="Its name for people; else that in the file.")
    kind: Kind = Kind.CLASS
    lasts: Span = timedelta(hours=1)
    capacity: Annotated[int, Field(ge=1)] = 1
    price: Number = Field(0, description="In minor units.")
    deposit: Number | None = Field(None, description="In minor units; else the policy's rule.")
    window: Span = Field(timedelta(hours=12), description="Cancelling later is late.")
    hold: Span = Field(timedelta(minutes=30), description="So long a place is held.")
    by_staff: bool = Field(default=False, description="Contacts' changes go to a person.")
    zone: Text | None = Field(None, description="Another place than the story's, in this zone.")
    slots: dict[Name, AwareDatetime] = Field(default_factory=dict)


class BookingAct(StrEnum):
    """What is done about a place, or a membership."""

    BOOK = "book"
    WAIT = "wait"
    HOLD = "hold"
    TAKE = "take"
    RELEASE = "release"
    CONFIRM = "confirm"
    MOVE = "move"
    CANCEL = "cancel"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    PAY_DEPOSIT = "pay_deposit"
    UNDO = "undo"
    CALL_OFF = "call_off"
    JOIN = "join"
    LEAVE = "leave"


_AT_SLOT = frozenset(
    {BookingAct.BOOK, BookingAct.WAIT, BookingAct.HOLD, BookingAct.MOVE, BookingAct.CALL_OFF}
)


class Books(Part):
    """Something is done about a contact's newest booking, by themselves or by a user."""

    who: Name
    act: BookingAct = BookingAct.BOOK
    slot: Name | None = Field(None, description="For book, wait, hold, move and call_off.")
    places: Annotated[int, Field(ge=1)] = 1
    entry: Entry = Entry.AHEAD
    by: Name | None = Field(None, description="A user; else the contact does it on their page.")
    ends_on: date | None = Field(None, description="The last day of the membership of a join.")

    @model_validator(mode="after")
    def _names_its_slot(self) -> "Books":
        if (self.slot is None) is (self.act in _AT_SLOT):
            message = f"the act {self.act} {'takes no' if self.slot else 'needs a'} slot"
            raise ValueError(message)
        if self.ends_on is not None and self.act is not BookingAct.JOIN:
            message = "only a join has a last day"
            raise ValueError(message)
        return self


class Came(Part):
    """A contact came on days before now, as check-ins tell."""

    who: Name
    days_ago: Annotated[tuple[Number, ...], Field(min_length=1, max_length=400)]


class BookingExpectation(Part):
    """The contact's newest booking."""

    state: State | None = None
    slot: Name | None = None
    reason: Reason | None = None
    deposit: Number | None = Field(None, description="What is due or was paid, in minor units.")
