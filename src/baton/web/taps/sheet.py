"""What a one-tap page shows: a title, a few lines, and what can be done with one tap."""

from dataclasses import dataclass
from typing import Protocol

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from baton.services.house import House
from baton.services.workspace.fronts import Front
from baton.services.workspace.one_tap import Tap
from baton.web.taps.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A tap that does something: it posts `name=value`."""

    name: str
    value: str
    label: str
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address that leads on."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several to choose from; `about` tells it further."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A choice of one, sent with the button; `is_scale` lays few short ones side by side."""

    name: str
    legend: str
    choices: tuple[Choice, ...]
    is_scale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened, in a list of what happened."""

    at: str
    what: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of something, from none to `most`, sent with the button."""

    name: str
    label: str
    most: int
    about: str = ""

    @property
    def numbers(self) -> range:
        """What can be chosen."""
        return range(self.most + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page. `good` tells what stands now, `rule` what one should know before the tap."""

    title: str
    good: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    rule: str = ""
    counts: tuple[Count, ...] = ()
    counts_legend: str = ""
    pick: Pick | None = None
    comment: str = ""
    """The label of a field for a few words, "" for none."""
    upload: str = ""
    """The label of a field for pictures, sent as `photos`, "" for none."""
    buttons: tuple[Button, ...] = ()
    ways: tuple[Way, ...] = ()
    route: Route | None = None
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever holds a link that is good: what it is for, and how the page speaks to them.

    `files` are the pictures that came with a tap.
    """

    house: House
    tap: Tap
    front: Front
    files: tuple["UploadedFile[bytes]", ...] = ()

    @property
    def actor(self) -> str:
        """Who it is in the audit trail."""
        return f"contact:{self.front.contact_id}"


class Page(Protocol):
    """The page of one errand."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose the subject is; None where it is gone or another workspace's."""
        ...

    def show(self, caller: Caller) -> Sheet:
        """Return how things stand; changes nothing."""
        ...

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Do what was tapped; return where to go then, "" for the same page.

        Said again it changes nothing more. Raises Conflict for what cannot be done any
        more, in words for the contact.
        """
        ...
