"""What Baton asks of a connector: believe a system's webhook, and say what it tells.

A connector translates and does nothing else (docs/adr/0024). It knows neither tables nor
flows nor other connectors; what it needs of the world it is given.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Protocol, TypeAlias, TypeVar, runtime_checkable
from urllib.parse import urlsplit

import msgspec

from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.records import Person, Record

TOLERANCE = timedelta(minutes=5)
"""How far the moment of a signature may be from ours, either way: what is older may be a replay."""

_MINUTES = (5, 24 * 60)
_MAX_ASKED_URL = 1_000  # a calendar's secret stands in its address
_MAX_SECRET = 200
_TOLD, _ANSWERS = "told", "answers"

_MAX_PAGE_URL = 500

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment that its system writes with its zone; one without is refused."""

Form = TypeVar("Form", bound=msgspec.Struct)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a system told, with what it answered when it was asked; None where it knows nothing."""

    told: Json
    answers: Mapping[str, Json]


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Something under an address that is looked at again and again; nothing without a `url`.

    `user` and `password` prove who asks (basic), if its server wants to know.
    `allows_loopback` reaches this very machine too, for tests.
    """

    url: str = ""
    user: str = ""
    password: str = ""
    minutes: int = 24 * 60
    allows_loopback: bool = False

    @property
    def every(self) -> timedelta:
        """How long after a look the next one is due."""
        return timedelta(minutes=self.minutes)

    @property
    def address(self) -> str:
        """The address as it is asked for; calendars write webcal for https."""
        scheme, separator, rest = self.url.partition("://")
        return f"https{separator}{rest}" if scheme == "webcal" else self.url


def problems_with_watched(watched: Watched) -> dict[str, str]:
    """Return what of an address and its rhythm cannot be used, by field."""
    problems = {}
    least, most = _MINUTES
    if not _is_address(watched):
        problems["url"] = "Give an address that begins with https://."
    if not least <= watched.minutes <= most:
        problems["minutes"] = f"Choose between {least} and {most} minutes."
    if max(len(watched.user), len(watched.password)) > _MAX_SECRET:
        problems["password"] = f"It has more than {_MAX_SECRET} characters."
    return problems


def _is_address(watched: Watched) -> bool:
    try:
        parts = urlsplit(watched.address)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = watched.address.isascii() and watched.address.isprintable()
    schemes = ("https", "http") if watched.allows_loopback else ("https",)
    short = len(watched.url) <= _MAX_ASKED_URL and " " not in watched.url
    return is_whole and plain and short and not parts.username and parts.scheme in schemes


class DisbelievedError(Exception):
    """A webhook does not prove that it is from the system that it claims to be from.

    Its text tells the sender what to change.
    """


class UnreadableError(Exception):
    """A webhook is believed, and is in no form that anybody can read; its text says why."""


def require_digest(hook: Hook, header: str, expected: str) -> None:
    """Raise DisbelievedError unless a header holds what was expected of it."""
    given = hook.headers.get(header.lower(), "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise DisbelievedError(f"{header} does not fit. Check the secret.")


def require_moment(moment: datetime, now: datetime, header: str) -> None:
    """Raise DisbelievedError for what was signed too long ago, or too far ahead, to be new."""
    if abs(now - moment) > TOLERANCE:
        raise DisbelievedError(f"{header} is too old. Send it again, signed anew.")


def json_of(body: bytes) -> Json:
    """Return what a body says; raises UnreadableError."""
    if b"\\u0000" in body:
        raise UnreadableError("The body holds a byte that no text has.")  # nor any database
    try:
        said: Json = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError("The body is not JSON.") from error
    return said


def heard(said: Json, reference: str) -> Heard:
    """Return what a body says under its own name, which is kept as a hash of one length."""
    name = hashlib.sha256(reference.encode()).hexdigest()
    return Heard(reference=name, body=msgspec.json.encode(said).decode())


def require_body_digest(hook: Hook, header: str, proof: str) -> None:
    """Raise DisbelievedError unless a header holds the HMAC-SHA256 of the body, in base 64."""
    digest = hmac.new(proof.encode(), hook.body, hashlib.sha256).digest()
    require_digest(hook, header, base64.b64encode(digest).decode())


def heard_whole(hook: Hook) -> Heard:
    """Return what a body says, which is known by its very words; raises UnreadableError."""
    return heard(json_of(hook.body), hashlib.sha256(hook.body).hexdigest())


def utc_of(moment: datetime) -> datetime:
    """Return a moment with its zone, UTC where its system writes none."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_of(raw: str | None) -> datetime | None:
    """Return a moment or a day as its system wrote it, None for what is none."""
    try:
        return utc_of(datetime.fromisoformat(raw)) if raw else None
    except ValueError:
        return None


def page_of(url: str | None) -> str:
    """Return the address of a page that may be shown to contacts, "" for what is none."""
    is_page = url is not None and url.startswith("https://") and len(url) <= _MAX_PAGE_URL
    return (url or "") if is_page else ""


def differ(
    one: Mapping[str, object] | None, other: Mapping[str, object] | None, parts: Sequence[str]
) -> bool | None:
    """Return whether two addresses are not the same, None where either of them is not told.

    Neither case nor signs nor blanks make a difference.
    """
    plain = [_plain(address or {}, parts) for address in (one, other)]
    return plain[0] != plain[1] if all(plain) else None


def _plain(address: Mapping[str, object], parts: Sequence[str]) -> str:
    written = (value for name in parts if isinstance(value := address.get(name), str))
    return "".join(sign for part in written for sign in part.casefold() if sign.isalnum())


def told_as(said: Json, form: type[Form], whose: str) -> Form:
    """Return what a system told in its own form; raises UnreadableError that names the field."""
    try:
        return msgspec.convert(said, form)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"it does not fit {whose} form: {error}") from error


def render_answered(told: Json, answers: Mapping[str, Json]) -> Json:
    """Return what a system told and answered, as it is kept."""
    return {_TOLD: told, _ANSWERS: {**answers}}


def parse_answered(said: Json) -> Answered:
    """Return what was kept; nothing was answered where nobody has asked yet."""
    if isinstance(said, dict) and said.keys() == {_TOLD, _ANSWERS}:
        answers = said[_ANSWERS]
        return Answered(told=said[_TOLD], answers=answers if isinstance(answers, dict) else {})
    return Answered(told=said, answers={})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something about a contact that their CRM keeps: to be done by `due_at`, else a note.

    `mark` is one word of its own, by which it is found again.
    """

    text: str
    mark: str
    at: datetime
    due_at: datetime | None = None
    is_urgent: bool = False
    is_call: bool = False


class CrmPort(Protocol):
    """The part of a connector whose system keeps entries about contacts."""

    def find(self, person: Person) -> Asking:
        """Return how somebody is looked for, by an email, a phone or both."""

    def found(self, said: Json) -> str:
        """Return the one whom an answer names, "" for nobody and for several."""

    def look(self, entry: Entry) -> Asking:
        """Return how it is asked whether an entry stands there already."""

    def stands(self, said: Json) -> bool:
        """Return whether it does, by the answer; raises UnreadableError."""

    def add(self, contact: str, entry: Entry) -> Asking:
        """Return what writes an entry beside a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How a contact stands, as their CRM keeps it: each "" where there is nothing (DI1, DI8).

    `booking_status` is that of the booking to come, else of the last one, `booking_at` its
    moment; `order` the newest order's number and state; `last_seen_at` when last something was
    said.
    """

    booking_status: str = ""
    booking_at: str = ""
    order: str = ""
    last_seen_at: str = ""
    tags: tuple[str, ...] = ()


@runtime_checkable
class TraitsPort(CrmPort, Protocol):
    """The part of a connector whose system keeps how contacts stand."""

    def keeps_traits(self) -> bool:
        """Return whether the business wants them kept there."""

    def keep(self, contact: str, traits: Traits) -> Asking:
        """Return what writes them down; the same again changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A conversation as a helpdesk keeps it; `files` are the tokens of what was handed over.

    `mark` is one word of its own, by which it is found again. Without an `email` it is asked
    for by nobody.
    """

    mark: str
    subject: str
    text: str = field(repr=False)
    tags: tuple[str, ...] = ()
    is_urgent: bool = False
    name: str = ""
    email: str = ""
    files: tuple[str, ...] = ()


class TicketPort(Protocol):
    """The part of a connector whose system keeps tickets."""

    def takes(self, queue: str) -> bool:
        """Return whether what is handed over to a queue becomes a ticket."""

    def look(self, mark: str) -> Asking:
        """Return how it is asked whether a ticket of a mark is there already."""

    def found(self, said: Json) -> str:
        """Return its number by the answer, "" where there is none; raises UnreadableError."""

    def upload(self, name: str, content: bytes) -> Asking:
        """Return what hands a file over."""

    def uploaded(self, said: Json) -> str:
        """Return the token of a file by the answer; raises UnreadableError."""

    def open(self, ticket: Ticket) -> Asking:
        """Return what opens a ticket."""

    def opened(self, said: Json) -> str:
        """Return a ticket's number by the answer; raises UnreadableError."""

    def page_of(self, number: str) -> str:
        """Return where people see a ticket."""

    def check(self) -> Asking:
        """Return what is asked to see whether the settings hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """Money of an order that goes back: its shop's own name for the order, and how much.

    `amount` is written with two decimals. `mark` is one word of its own, by which it is found
    again; it is the same at every try.
    """

    order: str
    amount: str
    currency: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidState:
    """How a payback stands in its shop: by its number there, else why it cannot be paid from here.

    Both are "" for what may be paid.
    """

    number: str = ""
    problem: str = ""


class RefundPort(Protocol):
    """The part of a connector whose system pays orders back.

    It is asked how the order stands before each try, so that none is paid twice, nor more than
    was paid.
    """

    def enter(self) -> Asking | None:
        """Return what is asked for a pass that lasts a while, None where the settings hold one."""

    def entered(self, said: Json) -> "RefundPort":
        """Return the same part with the pass that it was given; raises UnreadableError."""

    def look(self, payback: Payback) -> Asking:
        """Return how an order is asked for."""

    def stands(self, payback: Payback, said: Json) -> PaidState:
        """Return how a payback stands by the answer; raises UnreadableError."""

    def pay(self, payback: Payback, said: Json) -> Asking:
        """Return what pays it, by the answer of the look."""

    def paid(self, said: Json) -> PaidState:
        """Return the number that it has got, or why it was refused; raises UnreadableError."""

    def check(self) -> Asking:
        """Return what is asked to see whether the settings hold."""


class AskPort(Protocol):
    """The part of a connector whose system tells no more than that something changed."""

    def asks(self, said: Json) -> Mapping[str, Asking]:
        """Return what has to be asked before a payload can be read, by the answers' names.

        Empty for what needs no asking, or tells of nothing that is kept here; raises
        UnreadableError. Asking changes nothing there.
        """
        ...

    def check(self) -> Asking:
        """Return what is asked to see whether the settings hold."""
        ...
