"""Webhooks from other systems: signed, stored once, answered at once."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from baton.channels.sms import numbers
from baton.core import language, webhook_signature
from baton.core import text as texts
from baton.core.webhook_signature import Signed
from baton.ingress.chat import entrance_in_path, require_text
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.refusal import Refusal
from baton.ingress.wire import (
    HookEvent,
    HookIn,
    HookMessage,
    TakenOut,
    answer,
    parse_json,
    plain,
    read_body,
    require_json,
)
from baton.runtime.ports import Arrival
from baton.services.doors import chat
from baton.services.doors.chat import Entrance
from baton.services.house import House

# The id becomes the message's own name, which a database column has room for.
_WEBHOOK_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


async def take_hook(request: Request) -> Response:
    """Store what a signed webhook tells: 202 the first time, 200 for a replay."""
    gatehouse = gatehouse_of(request)
    entrance = await entrance_in_path(gatehouse, request)
    require_json(request)
    body = await read_body(request)
    signed = _headers_of(request)
    now = gatehouse.house.clock.now()
    problems = [
        webhook_signature.problem_with(signed, body, secret, now) for secret in entrance.secrets
    ]
    if all(problems):
        raise Refusal(401, "wrong_signature", str(problems[0]))
    hook = parse_json(body, HookIn)
    taken = _TAKEN.get(hook.type)
    if taken is None:
        known = ", ".join(_TAKEN)
        raise Refusal(422, "unknown_type", f"This type is not known. Send one of: {known}.")
    arrival = taken(gatehouse.house, entrance, signed.id, hook)
    is_fresh = await gatehouse.record(arrival)
    return answer(TakenOut(id=signed.id), 202 if is_fresh else 200)


def _message(house: House, entrance: Entrance, webhook_id: str, hook: HookIn) -> Arrival:
    message = parse_json(hook.data, HookMessage)
    return chat.hook_arrival(
        house,
        entrance,
        webhook_id=webhook_id,
        sender=_address_of(entrance, message.sender),
        text=require_text(message.text),
        name=texts.clean(message.name),
    )


def _event(house: House, entrance: Entrance, webhook_id: str, hook: HookIn) -> Arrival:
    told = parse_json(hook.data, HookEvent)
    return chat.event_arrival(
        house,
        entrance,
        webhook_id=webhook_id,
        event=told.event,
        contact=_address_of(entrance, told.contact),
        facts={name: plain(value) for name, value in told.facts.items()},
        name=texts.clean(told.name),
        language=_language_of(told.language),
    )


def _language_of(raw: str) -> str:
    """Return a contact's language as it is kept, "" where none is told; refuses with 422."""
    spelt = language.parse(raw) if raw else ""
    if spelt is None:
        raise Refusal(422, "invalid_language", "Write a language as es or es-MX.")
    return spelt


def _address_of(entrance: Entrance, raw: str) -> str:
    """Return the contact's address as the entrance's channel writes it; refuses with 422."""
    if entrance.is_open:
        return raw
    number = numbers.parse_number(raw, numbers.region_of(entrance.sender))
    if number is None:
        raise Refusal(422, "invalid_number", "Name the contact by a whole telephone number.")
    return number


_TAKEN: dict[str, Callable[[House, Entrance, str, HookIn], Arrival]] = {
    "message.received": _message,
    "event.reported": _event,
}


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
