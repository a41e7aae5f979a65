"""The web chat's requests: begin or resume a visit, say something, read what was said."""

import re

from starlette.requests import Request
from starlette.responses import Response

from baton.channels.email import addresses
from baton.core import files
from baton.core import text as texts
from baton.core.errors import InvalidInput
from baton.core.files import FileFault
from baton.ingress.gatehouse import Gatehouse, address_of, gatehouse_of, unknown_inbox
from baton.ingress.origins import require_allowed_origin
from baton.ingress.refusal import Refusal
from baton.ingress.wire import (
    EmailIn,
    FileOut,
    HistoryOut,
    IdentityIn,
    MessageIn,
    MessageOut,
    SessionIn,
    SessionOut,
    TakenOut,
    UploadOut,
    answer,
    read_body,
    read_json,
)
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.doors import chat, continuation, notifying
from baton.services.doors.chat import Entrance, Feed, Identity, ShownMessage, Visit
from baton.services.facts import ArrivingFile
from baton.services.workspace.connections import EMAIL, PUSH

_INBOX_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MESSAGE_ID = re.compile(r"[0-9a-f]{32}")
_LIMIT = re.compile(r"[0-9]{1,3}")
_MOST_MESSAGES = 200


async def begin_session(request: Request) -> Response:
    """Give a visitor a token: a fresh one, or the earlier visit's, renewed."""
    gatehouse = gatehouse_of(request)
    gatehouse.require_turn(gatehouse.sessions_limit, address_of(request))
    entrance = await open_entrance_in_path(gatehouse, request)
    require_allowed_origin(request, entrance)
    body = await read_json(request, SessionIn)
    identity = _identity_of(body.identity) if body.identity else None
    visit = await _begin(gatehouse, entrance, gatehouse.find_visit(request), identity)
    offer = await gatehouse.threads.run(notifying.find_offer, gatehouse.house, visit.workspace_id)
    return answer(
        SessionOut(
            token=chat.sign_visit(visit, gatehouse.house.clock.now()),
            visitor=visit.visitor,
            name=chat.shown_name(identity) if identity else "",
            business=entrance.business,
            greeting=entrance.greeting,
            email_wording=await gatehouse.threads.run(continuation.wording_of, entrance, EMAIL),
            push_key=offer.public_key if offer else "",
            push_wording=entrance.wordings[PUSH] if offer else "",
        )
    )


async def take_message(request: Request) -> Response:
    """Store a visitor's message; the same id again is the same message."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.messages_limit, visit.visitor)
    gatehouse.require_turn(gatehouse.messages_limit_of_address, address_of(request))
    body = await read_json(request, MessageIn)
    files = await _files_of(gatehouse, visit, body)
    arrival = chat.message_arrival(
        gatehouse.house,
        entrance,
        visit,
        client_id=body.id,
        text=require_text(attachments.words_of(texts.clean(body.text), files)),
        files=files,
    )
    await gatehouse.record(arrival)
    return answer(TakenOut(id=body.id), 202)


async def take_file(request: Request) -> Response:
    """Keep a file whose message is still being written; its bytes are the whole body."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.uploads_limit, visit.visitor)
    gatehouse.require_turn(gatehouse.uploads_limit_of_address, address_of(request))
    policy = await gatehouse.threads.run(attachments.policy_of, gatehouse.house, visit.workspace_id)
    with gatehouse.upload(visit.visitor):
        content = await read_body(request, policy.attachment_bytes)
        kept = await gatehouse.threads.run(
            attachments.keep_for_later,
            gatehouse.house,
            visit.workspace_id,
            visit.lane,
            Upload(content=content),
        )
    if isinstance(kept, FileFault):
        raise Refusal(422, "invalid_file", files.problem_with(kept, policy))
    return answer(UploadOut(id=kept.id, kind=kept.kind), 201)


async def take_email(request: Request) -> Response:
    """Keep where a visitor wants to be answered once they have left, with their consent."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.addresses_limit, visit.visitor)
    gatehouse.require_turn(gatehouse.addresses_limit, address_of(request))
    body = await read_json(request, EmailIn)
    email = addresses.parse_address(body.email)
    if email is None:
        raise Refusal(422, "invalid_email", "That is no email address. Please check it.")
    arrival = continuation.left_arrival(
        gatehouse.house, entrance, visit, channel=EMAIL, address=email
    )
    await gatehouse.record(arrival)
    return answer(TakenOut(id=""), 202)


async def list_messages(request: Request) -> Response:
    """Return a part of a visitor's own conversation."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    feed = await gatehouse.threads.run(
        chat.read_feed, gatehouse.house, visit, after=after_of(request), limit=_limit_of(request)
    )
    return answer(render_feed(feed))


async def entrance_in_path(gatehouse: Gatehouse, request: Request) -> Entrance:
    """Return the entrance that the address names; refuses with 404."""
    token = request.path_params["inbox_token"]
    # What cannot be a token is not even looked up.
    return await gatehouse.entrance(token if _INBOX_TOKEN.fullmatch(token) else "-")


async def open_entrance_in_path(gatehouse: Gatehouse, request: Request) -> Entrance:
    """Return the entrance that the address names, if strangers may write there themselves.

    Refuses with 404: behind a number stands a provider, and only what it signs is believed.
    """
    entrance = await entrance_in_path(gatehouse, request)
    if not entrance.is_open:
        raise unknown_inbox()
    return entrance


def require_text(raw: str) -> str:
    """Return a message's text made safe, or refuse with 422 in words for its writer."""
    text = texts.clean(raw)
    if problem := texts.problem_with(text):
        raise Refusal(422, "invalid_text", problem)
    return text


def after_of(request: Request) -> str:
    """Return the message behind which to read; refuses with 400 what is no message id."""
    after = request.query_params.get("after", "")
    if after and not _MESSAGE_ID.fullmatch(after):
        raise Refusal(400, "invalid_after", "`after` must be the id of a message.")
    return after


def render_feed(feed: Feed) -> HistoryOut:
    """Return a feed as it goes over the wire."""
    return HistoryOut(
        messages=[render_message(message) for message in feed.messages],
        cursor=feed.cursor,
        owner=feed.owner,
        status=feed.status,
    )


def render_message(message: ShownMessage) -> MessageOut:
    """Return a message as it goes over the wire."""
    return MessageOut(
        id=message.id,
        client_id=message.client_id,
        author=message.author,
        name=message.name,
        text=message.text,
        choices=message.choices,
        files=[
            FileOut(
                id=file.id,
                kind=file.kind,
                name=file.name,
                size=file.size,
                is_shown=file.is_shown,
                url=url,
            )
            for file, url in message.files
        ],
        at=message.at,
    )


async def _files_of(
    gatehouse: Gatehouse, visit: Visit, body: MessageIn
) -> tuple[ArrivingFile, ...]:
    """Return the visitor's own uploads that a message names; refuses with 422."""
    if not body.files:
        return ()
    names = {file.id: file.name for file in body.files}
    found = await gatehouse.threads.run(
        attachments.find_uploads, visit.workspace_id, visit.lane, names
    )
    if len(found) < len(names):
        message = "A file is no longer here. Please add it once more."
        raise Refusal(422, "unknown_file", message)
    return found


async def _begin(
    gatehouse: Gatehouse, entrance: Entrance, earlier: Visit | None, identity: Identity | None
) -> Visit:
    try:
        visit, arrival = chat.begin_visit(
            gatehouse.house, entrance, earlier=earlier, identity=identity
        )
    except InvalidInput as error:
        raise Refusal(401, "wrong_signature", f"Not accepted: {error}.") from error
    if arrival:
        await gatehouse.record(arrival)
    return visit


def _identity_of(identity: IdentityIn) -> Identity:
    return Identity(
        id=identity.id,
        name=identity.name,
        membership=identity.membership,
        signature=identity.signature,
    )


def _limit_of(request: Request) -> int:
    raw = request.query_params.get("limit", "50")
    if not _LIMIT.fullmatch(raw) or not 1 <= int(raw) <= _MOST_MESSAGES:
        raise Refusal(400, "invalid_limit", f"`limit` must be from 1 to {_MOST_MESSAGES}.")
    return int(raw)
