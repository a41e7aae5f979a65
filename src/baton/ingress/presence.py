"""Small signs of life in a conversation: somebody writes, somebody has seen."""

from starlette.requests import Request
from starlette.responses import Response

from baton.core import roles
from baton.core.roles import Action
from baton.ingress.gatehouse import gatehouse_of
from baton.ingress.origins import require_allowed_origin, require_own_page
from baton.ingress.refusal import Refusal
from baton.ingress.wire import SeenIn, TypingIn, read_json
from baton.services import sign_in
from baton.services.desk import watching
from baton.services.doors import presence

_NOTHING = 204


async def take_visitor_typing(request: Request) -> Response:
    """Tell the agent that the visitor writes."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.signs_limit, visit.visitor)
    await gatehouse.threads.run(
        presence.tell_typing, gatehouse.house, presence.BY_CONTACT, visit.lane
    )
    return Response(status_code=_NOTHING)


async def take_seen(request: Request) -> Response:
    """Note that the visitor has seen what was said to them, up to a message."""
    gatehouse = gatehouse_of(request)
    entrance, visit = await gatehouse.visit(request)
    require_allowed_origin(request, entrance)
    gatehouse.require_turn(gatehouse.signs_limit, visit.visitor)
    body = await read_json(request, SeenIn)
    await gatehouse.threads.run(presence.note_seen, gatehouse.house, visit, body.id)
    return Response(status_code=_NOTHING)


async def take_agent_typing(request: Request) -> Response:
    """Tell the visitor that somebody of the staff writes to them."""
    gatehouse = gatehouse_of(request)
    require_own_page(request)
    key = request.cookies.get(sign_in.cookie_name(), "")
    person = await gatehouse.threads.run(sign_in.find_signed_in, key) if key else None
    if person is None:
        raise Refusal(401, "not_signed_in", "Sign in first.")
    if not roles.may(person.role, Action.ANSWER):
        raise Refusal(403, "forbidden", "Your role may not answer contacts.")
    gatehouse.require_turn(gatehouse.signs_limit, person.user_id)
    body = await read_json(request, TypingIn)
    lane = await gatehouse.threads.run(watching.lane_of, gatehouse.house, person, body.conversation)
    if lane:
        await gatehouse.threads.run(presence.tell_typing, gatehouse.house, presence.BY_AGENT, lane)
    return Response(status_code=_NOTHING)
