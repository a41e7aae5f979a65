"""Webhooks of connected systems: believed, stored sealed, answered; decided by the worker."""

from starlette.requests import Request
from starlette.responses import Response

from baton.connectors import DisbelievedError, Hook, UnreadableError
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.refusal import Refusal
from baton.ingress.wire import TakenOut, answer, read_body
from baton.services.systems import hearing

_MAX_BODY = 256 * 1024


async def stand(request: Request) -> Response:
    """Say whether there is somebody to post to; Mindbody asks before it posts at all."""
    gatehouse = gatehouse_of(request)
    token = request.path_params["system_token"]
    entrance = await gatehouse.threads.run(hearing.find_entrance, gatehouse.house, token)
    return Response(status_code=204 if entrance else 404)


async def take(request: Request) -> Response:
    """Store what a system tells: 202 the first time, 200 when it comes again."""
    gatehouse = gatehouse_of(request)
    house = gatehouse.house
    token = request.path_params["system_token"]
    entrance = await gatehouse.threads.run(hearing.find_entrance, house, token)
    if entrance is None:
        raise Refusal(404, "unknown_system", "No system is connected under this address.")
    body = await read_body(request, _MAX_BODY)
    hook = Hook(body=body, headers=dict(request.headers.items()), url=entrance.url)
    try:
        heard = hearing.believe(house, entrance, hook)
    except DisbelievedError as error:
        raise Refusal(401, "wrong_signature", str(error)) from error
    except UnreadableError as error:
        raise Refusal(400, "invalid_body", str(error)) from error
    is_fresh = await gatehouse.record(hearing.arrival_of(house, entrance, heard))
    return answer(TakenOut(id=heard.reference), 202 if is_fresh else 200)
