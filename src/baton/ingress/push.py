"""Notifications: a browser permits them, ends them, and tells what became of one."""

from starlette.requests import Request
from starlette.responses import Response

from baton.channels.push import hooks
from baton.channels.push.settings import WEB_PUSH
from baton.channels.push.subscriptions import Subscription
from baton.core.errors import InvalidInput
from baton.ingress.gatehouse import address_of, gatehouse_of
from baton.ingress.origins import require_allowed_origin
from baton.ingress.provider_calls import believed
from baton.ingress.refusal import Refusal
from baton.ingress.wire import PermissionIn, TakenOut, answer, read_body, read_json
from baton.services.doors import notifying
from baton.services.facts import DeliveryReported
from baton.services.workspace.connections import PUSH


async def take_permission(request: Request) -> Response:
    """Keep a visitor's permission to notify their browser, with their consent."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.addresses_limit, visit.visitor)
    gatehouse.require_turn(gatehouse.addresses_limit, address_of(request))
    body = await read_json(request, PermissionIn)
    told = Subscription(
        endpoint=body.endpoint, p256dh=body.p256dh, auth=body.auth, key=body.key, page=body.page
    )
    origin = request.headers.get("origin", "")
    try:
        arrival = await gatehouse.threads.run(
            notifying.permitted_arrival, gatehouse.house, entrance, visit, told, origin=origin
        )
    except InvalidInput as error:
        raise Refusal(422, "invalid_permission", f"Not accepted: {error}.") from error
    await gatehouse.record(arrival)
    return answer(TakenOut(id=""), 202)


async def end_permission(request: Request) -> Response:
    """Send a visitor's browser nothing more."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.addresses_limit, visit.visitor)
    await gatehouse.record(notifying.ended_arrival(gatehouse.house, entrance, visit))
    return answer(TakenOut(id=""), 202)


async def take_told(request: Request) -> Response:
    """Store that a notification was shown or opened; what nobody can prove is refused."""
    gatehouse = gatehouse_of(request)
    gatehouse.require_turn(gatehouse.links_limit, address_of(request))
    token = request.path_params["inbox_token"]
    entrance = await gatehouse.provider_entrance(PUSH, WEB_PUSH, token)
    body = await read_body(request)
    told = believed(entrance, lambda proof: hooks.read(body, private=proof))
    if told is not None:
        report = DeliveryReported(
            message_id=told.message_id,
            receipt=told.receipt,
            state=told.state.value,
            channel=PUSH,
        )
        arrival = await gatehouse.threads.run(
            notifying.told_arrival, gatehouse.house, entrance.workspace_id, report
        )
        await gatehouse.record_all([arrival] if arrival else [])
    return answer(TakenOut(id=told.receipt if told else ""), 202)
