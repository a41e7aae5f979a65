"""What Baton asks of a transport: take one message out, and say what became of it.

And what transports tell: what somebody wrote, and the fate of what went out, in one shape
for all providers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from baton.core.consent import Purpose
from baton.core.delivery import Delivery
from baton.core.keywords import Keyword
from baton.core.template import StandIn, TemplateState
from baton.runtime.ports import Again, Outcome, Park, Refused

MAX_ANSWER_BYTES = 262_144
"""What a provider may answer to anything but a request for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """A file that goes out with a message; `media_type` is what its bytes tell."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What an email carries around its text; other channels have no such thing.

    Attributes:
        tag: names the message in its Message-ID and in the address that answers go to, the
            same at every try.
        subject: its subject.
        sent_at: when this try is made, for the header Date.
        answers: the Message-IDs before it, without brackets; the one that it answers last.
        unsubscribe_url: where one click ends all email; "" for what the contact asked for.
        signed_by: who writes, for the foot of a message that nobody asked for; "" else.
        is_automatic: no person wrote it.
    """

    tag: str
    subject: str
    sent_at: datetime
    answers: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    signed_by: str = ""
    is_automatic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as a channel gets it, already allowed by the pre-send policy.

    `message_id` is the channel's idempotency key: the same id is the same message.
    `address` is the contact's raw handle, "" where the lane is enough to reach them.
    `files` are those that the transport carries (`FilesPort`); others stand in the text as
    links. With a `template` its approved words go, which `text` tells. `language` is what
    its words are in, for a channel that speaks them; "" where nobody knows.
    """

    message_id: str
    lane: str
    text: str
    choices: tuple[tuple[str, str], ...]
    address: str = ""
    files: tuple[OutgoingFile, ...] = ()
    letterhead: Letterhead | None = None
    template: StandIn | None = None
    language: str = ""


class ChannelPort(Protocol):
    """One transport, as one inbox uses it."""

    @property
    def name(self) -> str:
        """The channel's word, as stored with addresses and conversations."""
        ...

    @property
    def is_outside(self) -> bool:
        """Whether a message leaves this machine: to an address, at a price, and never twice."""
        ...

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as the contact's device shows it, with what it cannot show as words."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Deliver a message; what the provider raises never leaves the adapter.

        An outcome says what may follow: `Again` only when nothing was taken, `Unknown`
        when nobody can say, `Refused` with a word of `core.delivery.Undelivered` and the
        provider's own code, `Park` when a setting is wrong.
        """
        ...


class ChannelsPort(Protocol):
    """The transports of this installation."""

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:
        """Return the transport of an inbox, or None when nothing is connected there."""
        ...


@runtime_checkable
class LookUpPort(Protocol):
    """A transport whose provider can be asked what it has taken."""

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the receipts of messages with this address and text, the newest first.

        None when the provider cannot be asked right now.
        """
        ...


@runtime_checkable
class FilesPort(Protocol):
    """A transport that carries files itself; any other is given links to them."""

    def carries(self, media_type: str, size: int, *, text: str = "", others: int = 0) -> bool:
        """Return whether a file of this type and size (bytes) goes out as it is.

        `text` is what the message says beside it, `others` how many more files it has.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file as its provider handed it out; what it is, its bytes tell."""

    content: bytes = field(repr=False)


@runtime_checkable
class MediaPort(Protocol):
    """A transport whose provider keeps the files that came with messages."""

    def fetch(self, reference: str, *, most: int) -> FetchedFile | Again | Refused | Park:
        """Get a file by the provider's name for it, of `most` bytes at most.

        `Refused` with a word of `core.files.FileFault` when there is none, or a larger one;
        `Again` when it may be had later; `Park` when a setting is wrong. Asked outside of
        any transaction, and in bounded time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A template as it is handed in: {{1}}, {{2}} in each of its texts, an example of each.

    `link_example` is the whole address to which the button leads with its example.
    """

    name: str
    language: str
    body: str
    examples: tuple[str, ...]
    replies: tuple[str, ...]
    purpose: Purpose
    header: str = ""
    header_examples: tuple[str, ...] = ()
    footer: str = ""
    link_label: str = ""
    link_url: str = ""
    link_example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateNews:
    """How a template stands with its provider; None and "" where nothing is told of it.

    `words` are what a listed one says, `unfit` why such a one cannot be sent from here.
    """

    name: str
    language: str
    provider_id: str
    state: TemplateState | None = None
    reason: str = ""
    quality: str = ""
    words: TemplateDraft | None = None
    unfit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFault:
    """Why a provider could not be asked about templates, or said no, in plain words."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a provider says when it is asked whether the settings hold.

    `problem` is in plain words with what to do, "" when all is well; `account` is the
    provider's own name for what answered, `sender` the number or name that contacts will
    see where the provider knows it.
    """

    problem: str = ""
    account: str = ""
    sender: str = ""


@runtime_checkable
class HealthPort(Protocol):
    """A transport whose provider can be asked whether the settings hold."""

    def check(self) -> Health:
        """Ask, which sends nothing."""
        ...


class WrongSignatureError(Exception):
    """A webhook is not from the provider that it claims to be from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that a provider holds, by what `MediaPort.fetch` gets it by.

    `media_type` and `name` are what the sender says of it.
    """

    reference: str
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingMessage:
    """A message that somebody sent us.

    `receipt` is the provider's id of it, `sender` their address as the provider writes it.
    `keyword` is set when the provider took the message for one and has answered it. `text`
    may be empty when there are `files`.
    """

    receipt: str
    sender: str
    text: str
    name: str = ""
    keyword: Keyword | None = None
    files: tuple[HeldFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message of ours.

    `message_id` is our own name for it, "" when the provider did not repeat it; `fault`
    is a word of `core.delivery.Undelivered`, "" unless it failed; `code` the provider's.
    """

    receipt: str
    recipient: str
    state: Delivery
    told: str
    message_id: str = ""
    fault: str = ""
    code: str = ""


class NotSentError(Exception):
    """The request did not leave, for certain: it may be made again."""


class ForbiddenPlaceError(NotSentError):
    """An address leads to where no stranger may send us: our own machine or network."""


class UnclearError(Exception):
    """The request left, and nobody can say what became of it."""


class HugeAnswerError(UnclearError):
    """The answer was larger than what was asked for, and given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a provider; `user` and `password` prove who asks (basic), if given.

    `most` bounds the answer, in bytes: a larger one is given up.
    """

    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str]
    user: str = ""
    password: str = ""
    most: int = MAX_ANSWER_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider said; `wait` is how long it asks to be left alone (Retry-After).

    `location` is where it says to look instead; nobody has looked there. `etag` is its name for
    what it answered.
    """

    status: int
    body: bytes
    wait: timedelta | None
    location: str = ""
    etag: str = ""


class WirePort(Protocol):
    """How an adapter reaches its provider; `channels.wire` is the one over HTTP."""

    def ask(self, request: Request) -> Answer:
        """Make a request once; raises NotSentError or UnclearError."""
        ...
