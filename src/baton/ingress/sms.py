"""Providers' webhooks for SMS: what somebody wrote, and what became of what we wrote.

Verified, stored once, answered at once. Whatever a provider tells that is no message
and no receipt is answered with success as well, or it would tell it again for hours.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from baton.channels.sms import gateway_hooks, settings, twilio_hooks
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.provider_calls import believed, store
from baton.ingress.refusal import Refusal
from baton.ingress.wire import TakenOut, answer, read_body
from baton.services.workspace import connections


async def take_twilio(request: Request) -> Response:
    """Store what Twilio tells; a false signature is refused with 403 and stores nothing."""
    gatehouse = gatehouse_of(request)
    entrance = await gatehouse.provider_entrance(
        connections.SMS, settings.TWILIO, request.path_params["inbox_token"]
    )
    body = await read_body(request)
    query = request.url.query
    url = f"{entrance.hook_url}?{query}" if query else entrance.hook_url
    signature = request.headers.get(twilio_hooks.HEADER, "")
    told = believed(
        entrance,
        lambda proof: twilio_hooks.read(body, url=url, signature=signature, auth_token=proof),
    )
    await store(gatehouse, entrance, [told] if told else [])
    return Response(twilio_hooks.EMPTY_TWIML, media_type="text/xml")


async def take_gateway(request: Request) -> Response:
    """Store what a gateway tells; a false signature is refused with 403 and stores nothing."""
    gatehouse = gatehouse_of(request)
    entrance = await gatehouse.provider_entrance(
        connections.SMS, settings.GATEWAY, request.path_params["inbox_token"]
    )
    body = await read_body(request)
    signature = request.headers.get(gateway_hooks.HEADER, "")
    try:
        told = believed(
            entrance, lambda proof: gateway_hooks.read(body, signature=signature, secret=proof)
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_body", f"The body does not fit: {error}.") from error
    await store(gatehouse, entrance, [told])
    return answer(TakenOut(id=told.receipt))
