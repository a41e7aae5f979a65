"""What Baton asks of a transport: take one message out, and say what became of it."""

from dataclasses import dataclass
from typing import Protocol

from baton.runtime.ports import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as a channel gets it, already allowed by the pre-send policy.

    `message_id` is the channel's idempotency key: the same id is the same message.
    """

    message_id: str
    lane: str
    text: str
    choices: tuple[tuple[str, str], ...]


class ChannelPort(Protocol):
    """One transport."""

    @property
    def name(self) -> str:
        """The channel's word, as stored with addresses and conversations."""
        ...

    @property
    def max_characters(self) -> int:
        """The longest text that the channel carries."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Deliver a message; what the provider raises never leaves the adapter."""
        ...
