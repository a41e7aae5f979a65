"""What another system is asked, and asked to do with a booking that it keeps.

A connector makes each of these of its system's own words, and does nothing else: who asks, how
often, and what follows is the services' business (docs/adr/0024-records-are-mirrored.md). A
system is asked how a booking stands before each deed, so that what was done by a try whose
answer was lost is not done again.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol, runtime_checkable

from baton.core.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a connector asks of its system, as it goes over the wire.

    An account of it is asked at most `per_minute` times; the lowest limit that one of the
    systems publishes is 120 a minute (Cal.com, https://cal.com/docs/api-reference/v2).
    """

    url: str
    headers: dict[str, str] = field(repr=False)
    method: str = "GET"
    body: bytes = field(default=b"", repr=False)
    per_minute: int = 100


class Deed(StrEnum):
    """What may be done with a booking in its system."""

    CANCEL = "cancel"
    MOVE = "move"
    CONFIRM = "confirm"
    AGAIN = "again"  # the same booked once more, at another time


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A contact's booking in another system, as it is known here.

    `reference` is its name there, `handle` what its API calls it where that is something else.
    `zone` is that of the business, by whose clocks some systems write.
    """

    reference: str
    starts_at: datetime
    ends_at: datetime
    zone: tzinfo
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a booking stands in its system; `starts_at` is None where it does not say.

    `problem` says why nothing may be done with it from here, "" for nothing.
    """

    is_over: bool
    is_confirmed: bool = False
    starts_at: datetime | None = None
    problem: str = ""


class ActPort(Protocol):
    """The part of a connector that has its system do something: cancel a booking, at least.

    `said` is what its system answered to `look`; what cannot be read of it raises
    `connectors.UnreadableError`. A `key` is the same at every try of one deed.
    """

    def may(self, place: Place) -> frozenset[Deed]:
        """Return what may be done with a booking there, by what is known of it here."""
        ...

    def look(self, place: Place) -> Asking:
        """Return how a booking is asked for."""
        ...

    def stands(self, place: Place, said: Json) -> Stands:
        """Return how a booking stands."""
        ...

    def cancel(self, place: Place, said: Json, *, key: str) -> Asking:
        """Return what cancels a booking."""
        ...

    def check(self) -> Asking:
        """Return what is asked to see whether the settings hold."""
        ...


@runtime_checkable
class MovePort(ActPort, Protocol):
    """The part of a connector whose system moves bookings to times that it has free."""

    def seek(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:
        """Return how it is asked which times are free for a booking."""
        ...

    def free(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:
        """Return when it may begin, by what was `told` of free times; in any order."""
        ...

    def move(self, place: Place, said: Json, to: datetime, *, key: str) -> Asking:
        """Return what moves it."""
        ...

    def moved(self, place: Place, told: Json) -> str:
        """Return what the API calls it from now on, by its answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A booking that was made there just now, by its names as in `Place`."""

    reference: str
    handle: str = ""


@runtime_checkable
class AgainPort(ActPort, Protocol):
    """The part of a connector whose system books for somebody what they had there before.

    The earlier booking stands for what is wanted and for whom: nobody's details are given anew.
    """

    def seek_again(self, place: Place, said: Json, since: datetime, until: datetime) -> Asking:
        """Return how it is asked which times are free for another one of the kind."""
        ...

    def free_again(self, place: Place, said: Json, told: Json) -> tuple[datetime, ...]:
        """Return when it may begin, by what was `told` of free times; in any order."""
        ...

    def book(self, place: Place, said: Json, told: Json, to: datetime, *, key: str) -> Asking:
        """Return what books it at one of the times `told`."""
        ...

    def booked(self, place: Place, told: Json) -> Made:
        """Return what it is called, by the answer."""
        ...


@runtime_checkable
class ConfirmPort(ActPort, Protocol):
    """The part of a connector whose system takes down that somebody said they will come."""

    def confirm(self, place: Place, said: Json, *, key: str) -> Asking:
        """Return what takes it down."""
        ...


@runtime_checkable
class EnterPort(ActPort, Protocol):
    """The part of a connector whose system gives whoever signs in a token for what follows."""

    def enter(self) -> Asking:
        """Return what signs in."""
        ...

    def entered(self, told: Json) -> ActPort:
        """Return what acts with the token of an answer."""
        ...
