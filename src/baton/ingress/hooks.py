"""Webhooks from other systems: signed, stored once, answered at once."""

import re

from starlette.requests import Request
from starlette.responses import Response

from baton.core import text as texts
from baton.ingress import signature
from baton.ingress.chat import entrance_in_path, require_text
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.refusal import Refusal
from baton.ingress.signature import Signed
from baton.ingress.wire import (
    HookIn,
    HookMessage,
    TakenOut,
    answer,
    parse_json,
    read_body,
    require_json,
)
from baton.services import chat

MESSAGE_RECEIVED = "message.received"
KNOWN_TYPES = (MESSAGE_RECEIVED,)
# The id becomes the message's own name, which a database column has room for.
_WEBHOOK_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


async def take_hook(request: Request) -> Response:
    """Store what a signed webhook tells: 202 the first time, 200 for a replay."""
    gatehouse = gatehouse_of(request)
    entrance = await entrance_in_path(gatehouse, request)
    require_json(request)
    body = await read_body(request)
    signed = _headers_of(request)
    problem = signature.problem_with(signed, body, entrance.secret, gatehouse.house.clock.now())
    if problem:
        raise Refusal(401, "wrong_signature", problem)
    hook = parse_json(body, HookIn)
    if hook.type not in KNOWN_TYPES:
        known = ", ".join(KNOWN_TYPES)
        raise Refusal(422, "unknown_type", f"This type is not known. Send one of: {known}.")
    message = parse_json(hook.data, HookMessage)
    arrival = chat.hook_arrival(
        gatehouse.house,
        entrance,
        webhook_id=signed.id,
        sender=message.sender,
        text=require_text(message.text),
        name=texts.clean(message.name),
    )
    is_fresh = await gatehouse.record(arrival)
    return answer(TakenOut(id=signed.id), 202 if is_fresh else 200)


def _headers_of(request: Request) -> Signed:
    headers = request.headers
    signed = Signed(
        id=headers.get("webhook-id", ""),
        timestamp=headers.get("webhook-timestamp", ""),
        signatures=headers.get("webhook-signature", ""),
    )
    if not _WEBHOOK_ID.fullmatch(signed.id):
        raise Refusal(
            400, "invalid_webhook_id", "webhook-id must be 1 to 64 letters, digits, or any of . _ -"
        )
    return signed
