"""What a system that only listens is told about a contact: one message, and it answers nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from baton.core.deeds import Asking
from baton.core.json import Json


class Tiding(StrEnum):
    """What a message is about."""

    TASK = "task"  # something for people to do about a contact
    NOTE = "note"
    CONTACT = "contact"  # how one stands by now
    TRIAL = "trial"  # about nobody: whether a message arrives


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message; `mark` is one word of its own, the same at every try.

    `facts` are told by our names, as `connectors.crm.settings` lists them.
    """

    about: Tiding
    mark: str
    at: datetime
    facts: Mapping[str, Json] = field(repr=False)


class TellPort(Protocol):
    """The part of a connector whose system is told, and is asked for nothing."""

    def hears(self, about: Tiding) -> bool:
        """Return whether it is told of such."""

    def body(self, told: Told) -> Json:
        """Return a message in the words of the system."""

    def tell(self, told: Told, *, secrets: Sequence[str], now: datetime) -> Asking:
        """Return what hands a message over, signed with each of the secrets."""
