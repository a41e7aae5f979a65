"""The bodies that go over the wire, and how they are read without trusting them."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from baton.core.json import Json
from baton.ingress.refusal import Refusal

MAX_BODY_BYTES = 16 * 1024
_MEGABYTE = 1024 * 1024
_READ_AWAY = 16 * _MEGABYTE
_PATIENCE_SECONDS = 5
_LENGTH_DIGITS = 9  # a declared length of more digits is too large, and costly to even parse

# \Z, since $ would let a line break pass behind the last character.
OneLine = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z")]
OwnId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
ClientId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]


class IdentityIn(Struct, forbid_unknown_fields=True):
    """Who the visitor is, as the business's site says."""

    id: Annotated[OneLine, Meta(min_length=1, max_length=200)]
    signature: Annotated[str, Meta(max_length=128)]
    name: Annotated[OneLine, Meta(max_length=120)] = ""
    membership: Annotated[OneLine, Meta(max_length=40)] = ""


class SessionIn(Struct, forbid_unknown_fields=True):
    """A visitor comes, or comes back."""

    identity: IdentityIn | None = None


class SessionOut(Struct):
    """What the widget needs to begin."""

    token: str
    visitor: str
    name: str
    business: str
    greeting: str
    email_wording: str
    push_key: str
    push_wording: str


class FileIn(Struct, forbid_unknown_fields=True):
    """A file that was uploaded before, and what its sender calls it."""

    id: OwnId
    name: Annotated[OneLine, Meta(max_length=200)] = ""


class MessageIn(Struct, forbid_unknown_fields=True):
    """A visitor's message under an id of the widget's own; files may stand without words."""

    id: ClientId
    text: str
    files: Annotated[list[FileIn], Meta(max_length=20)] = []


class TakenOut(Struct):
    """Something was stored."""

    id: str


class EmailIn(Struct, forbid_unknown_fields=True):
    """Where a visitor wants to be answered once they have left."""

    email: Annotated[OneLine, Meta(max_length=254)]


class PermissionIn(Struct, forbid_unknown_fields=True):
    """A browser permits notifications; `page` is where the visitor said so."""

    endpoint: Annotated[str, Meta(max_length=2_000)]
    p256dh: Annotated[str, Meta(max_length=100)]
    auth: Annotated[str, Meta(max_length=40)]
    key: Annotated[str, Meta(max_length=100)]
    page: Annotated[str, Meta(max_length=2_000)]


class SeenIn(Struct, forbid_unknown_fields=True):
    """The last message that a visitor has seen."""

    id: OwnId


class TypingIn(Struct, forbid_unknown_fields=True):
    """The conversation in which somebody of the staff writes."""

    conversation: OwnId


class UploadOut(Struct):
    """A file that was taken, to be named in a message."""

    id: str
    kind: str


class FileOut(Struct):
    """A file of a message: `url` opens it, "" where it is not here (yet)."""

    id: str
    kind: str
    name: str
    size: int
    is_shown: bool
    url: str


class MessageOut(Struct):
    """A message as its contact sees it."""

    id: str
    client_id: str
    author: str
    name: str
    text: str
    choices: tuple[dict[str, str], ...]
    files: list[FileOut]
    at: datetime


class StateOut(Struct):
    """Who has the conversation, and where it stands."""

    owner: str
    status: str


class HistoryOut(Struct):
    """A part of a conversation, and where to go on."""

    messages: list[MessageOut]
    cursor: str
    owner: str
    status: str


FactName: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,59}\Z")]
FactText: TypeAlias = Annotated[str, Meta(max_length=500)]
FactValue: TypeAlias = (
    bool | int | float | FactText | Annotated[list[FactText], Meta(max_length=50)]
)


class HookIn(Struct):
    """The outer shape of a webhook; what is inside depends on its type."""

    type: str
    data: msgspec.Raw


class HookMessage(Struct):
    """The content of `message.received`; further fields are the sender's own business."""

    sender: Annotated[OneLine, Meta(min_length=1, max_length=200)] = msgspec.field(name="from")
    text: str
    name: Annotated[OneLine, Meta(max_length=120)] = ""


class HookEvent(Struct):
    """The content of `event.reported`: what happened, in whose world, with its facts."""

    event: FactName
    contact: Annotated[OneLine, Meta(min_length=1, max_length=200)] = msgspec.field(name="for")
    facts: Annotated[dict[FactName, FactValue], Meta(max_length=50)] = {}
    name: Annotated[OneLine, Meta(max_length=120)] = ""
    language: Annotated[OneLine, Meta(max_length=10)] = ""


def plain(value: FactValue) -> Json:
    """Return a fact's value as JSON, whose lists hold anything."""
    return [*value] if isinstance(value, list) else value


Body = TypeVar("Body", bound=Struct)


async def read_json(request: Request, kind: type[Body]) -> Body:
    """Read a JSON body of a known shape, or refuse with 413, 415 or 400."""
    require_json(request)
    return parse_json(await read_body(request), kind)


def require_json(request: Request) -> None:
    """Refuse with 415 what does not say that it is JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(
            415,
            "unsupported_media_type",
            "Send JSON, with the header Content-Type: application/json.",
        )


async def read_body(request: Request, most: int = MAX_BODY_BYTES) -> bytes:
    """Read a body, but never more than `most` bytes of it; refuses with 413."""
    declared = request.headers.get("content-length", "")
    if len(declared) > _LENGTH_DIGITS:
        raise _too_large(most)
    if declared.isdecimal() and int(declared) > most:
        if int(declared) <= _READ_AWAY:
            await _read_away(request)
        raise _too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            await _read_away(request)
            raise _too_large(most)
    return bytes(body)


async def _read_away(request: Request) -> None:
    """Let a sender of too much finish, within bounds: who still writes hears no answer."""
    left = _READ_AWAY
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return


def parse_json(body: bytes | msgspec.Raw, kind: type[Body]) -> Body:
    """Read JSON of a known shape, or refuse with 400."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "invalid_body", f"A field does not fit: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_json", "The body is not JSON. Send one JSON object.") from error


def answer(body: Struct, status: int = 200) -> Response:
    """Return a JSON response that nobody keeps."""
    return Response(
        msgspec.json.encode(body),
        status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


def _too_large(most: int) -> Refusal:
    limit = f"{most // 1024} kB" if most < _MEGABYTE else f"{most / _MEGABYTE:.3g} MB"
    return Refusal(413, "too_large", f"That is too large. Please keep it under {limit}.")
