"""`GET /l/<token>`: leads on to the page that a message named, and counts who opened it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.core.links import is_by_person
from baton.ingress.gatehouse import address_of, gatehouse_of
from baton.ingress.refusal import Refusal
from baton.services.delivery import links

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_MAX_TOKEN = 20


async def follow(request: Request) -> Response:
    """Lead on; an unknown token is refused with 404 and leads nowhere."""
    gatehouse = gatehouse_of(request)
    gatehouse.require_turn(gatehouse.links_limit, address_of(request))
    token, now = request.path_params["token"], gatehouse.house.clock.now()
    is_shaped = token.isascii() and token.isalnum() and len(token) <= _MAX_TOKEN
    way = (
        await gatehouse.threads.run(links.find_way, gatehouse.house, token, now)
        if is_shaped
        else None
    )
    if way is None:
        raise Refusal(404, "unknown_link", "This link leads nowhere. Was it copied as a whole?")
    if is_by_person(request.method, request.headers):
        await gatehouse.record(way.arrival)
    return RedirectResponse(way.target, status_code=302, headers=_HEADERS)
