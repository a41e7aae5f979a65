"""`/u/<mark>`: one click in a mail program, or two on a page, ends all email to somebody.

A visit alone ends nothing: programs that look through mail open every link in it.
"""

from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from baton.ingress.gatehouse import address_of, gatehouse_of
from baton.services.doors import unsubscribing
from baton.services.doors.unsubscribing import BY_PAGE, ONE_CLICK

_MAX_BODY = 1_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_ASK = (
    "<p>One press, and {business} sends you no more email.</p>"
    '<form method="post"><button type="submit">Unsubscribe from all email</button></form>'
)
_DONE = (
    "<p>{business} sends you no more email. If that was a mistake, write START to us by email.</p>"
)
_UNKNOWN = (
    "<p>This link is not one of ours, or not whole. Copy all of it from the email, or answer the"
    " email with the word STOP.</p>"
)


async def show_unsubscribe(request: Request) -> Response:
    """Ask whether it is meant; refuses an unknown link with 404."""
    gatehouse = gatehouse_of(request)
    gatehouse.require_turn(gatehouse.sessions_limit, address_of(request))
    mark = request.path_params["mark"]
    business = await gatehouse.threads.run(unsubscribing.find_business, gatehouse.house, mark)
    if business is None:
        return _page("This link does not work", _UNKNOWN, status=404)
    return _page("Unsubscribe", _ASK.format(business=escape(business)))


async def take_unsubscribe(request: Request) -> Response:
    """End all email to whoever was sent the link; said again it changes nothing."""
    gatehouse = gatehouse_of(request)
    gatehouse.require_turn(gatehouse.sessions_limit, address_of(request))
    mark, body = request.path_params["mark"], b""
    async for piece in request.stream():
        body = (body + piece)[:_MAX_BODY]
    source = ONE_CLICK if b"One-Click" in body else BY_PAGE
    arrival = await gatehouse.threads.run(
        unsubscribing.arrival_of, gatehouse.house, mark, source=source
    )
    if arrival is None:
        return _page("This link does not work", _UNKNOWN, status=404)
    await gatehouse.record(arrival)
    business = await gatehouse.threads.run(unsubscribing.find_business, gatehouse.house, mark)
    return _page("You are unsubscribed", _DONE.format(business=escape(business or "We")))


def _page(title: str, content: str, *, status: int = 200) -> HTMLResponse:
    page = _template().substitute(title=escape(title), content=content)
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


@lru_cache
def _template() -> Template:
    path = Path(__file__).parent / "templates" / "unsubscribe.html"
    return Template(path.read_text(encoding="utf-8"))
