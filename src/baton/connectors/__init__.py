"""What Baton asks of a connector: believe a system's webhook, and say what it tells.

A connector translates and does nothing else (docs/adr/0024). It knows neither tables nor
flows nor other connectors; what it needs of the world it is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from baton.core.json import Json
from baton.core.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook as it came in; header names are in small letters.

    `url` is the address that the system was given, which some of them sign.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A webhook that is believed.

    `reference` is its own name, the same when it comes again; `body` is what it says, as
    JSON.
    """

    reference: str
    body: str = field(repr=False)


class DisbelievedError(Exception):
    """A webhook does not prove that it is from the system that it claims to be from.

    Its text tells the sender what to change.
    """


class UnreadableError(Exception):
    """A webhook is believed, and is in no form that anybody can read; its text says why."""


class HookPort(Protocol):
    """The part of a connector that hears."""

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:
        """Return what a webhook says; raises DisbelievedError or UnreadableError.

        `proof` is one of the secrets that may have signed it.
        """
        ...


class RecordsPort(Protocol):
    """The part of a connector that knows what its system's payloads mean."""

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:
        """Return the whole present state of each thing that a payload tells of.

        None of them for what is no concern of ours; raises UnreadableError for what does not
        fit the system's own form.
        """
        ...
