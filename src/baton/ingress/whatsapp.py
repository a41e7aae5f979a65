"""Meta's webhooks for WhatsApp: first the proof that the address is ours, then all news.

Verified, stored once, answered at once. What is no message and no receipt is answered with
success as well, or Meta would tell it again for days.
"""

import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from baton.channels.whatsapp import hooks, settings
from baton.ingress.gatehouse import Gatehouse, gatehouse_of
from baton.ingress.provider_calls import believed, store
from baton.ingress.refusal import Refusal
from baton.ingress.wire import read_body
from baton.services.delivery import pacing, templates
from baton.services.doors.provider_hooks import ProviderEntrance
from baton.services.workspace import connections

_MAX_CHALLENGE = 200


async def verify(request: Request) -> Response:
    """Repeat Meta's challenge when it knows the inbox's verify token; refuses with 403."""
    entrance = await _entrance_of(gatehouse_of(request), request)
    asked = request.query_params
    token = asked.get("hub.verify_token", "").encode()
    is_known = hmac.compare_digest(token, entrance.verify_token.encode())
    if asked.get("hub.mode") != hooks.SUBSCRIBE or not is_known:
        raise Refusal(403, "wrong_verify_token", "Copy the verify token from the inbox's page.")
    # Plain text that no browser takes for a page, whoever knows the token.
    challenge = asked.get("hub.challenge", "")[:_MAX_CHALLENGE]
    return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})


async def take(request: Request) -> Response:
    """Store what Meta tells; a false signature is refused with 403 and stores nothing."""
    gatehouse = gatehouse_of(request)
    entrance = await _entrance_of(gatehouse, request)
    body = await read_body(request, hooks.MAX_BODY_BYTES)
    signature = request.headers.get(hooks.HEADER, "")
    try:
        news = believed(
            entrance,
            lambda proof: hooks.read(
                body, signature=signature, app_secret=proof, phone_number_id=entrance.number_id
            ),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_body", f"The body does not fit: {error}.") from error
    await store(gatehouse, entrance, news.told)
    if news.templates:
        await gatehouse.threads.run(
            templates.take_news, gatehouse.house, entrance.workspace_id, news.templates
        )
    if news.begun_per_day is not None:
        await gatehouse.threads.run(
            pacing.take_limit,
            gatehouse.house,
            entrance.workspace_id,
            entrance.inbox_id,
            news.begun_per_day,
        )
    return PlainTextResponse("ok")


async def _entrance_of(gatehouse: Gatehouse, request: Request) -> ProviderEntrance:
    token = request.path_params["inbox_token"]
    return await gatehouse.provider_entrance(connections.WHATSAPP, settings.CLOUD, token)
