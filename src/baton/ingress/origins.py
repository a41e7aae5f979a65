"""Which sites may embed a widget: browsers ask first, and every request is checked again."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baton.ingress.refusal import Refusal
from baton.services.doors.chat import Entrance

_FORBIDDEN = 403
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def require_allowed_origin(request: Request, entrance: Entrance) -> None:
    """Refuse with 403 a page of a site that may not embed this inbox.

    Programs outside of a browser send no origin and are not held up: the check
    protects visitors from foreign pages, the token protects the conversation.
    """
    origin = request.headers.get("origin")
    if origin is None or not entrance.allowed_origins or origin in entrance.allowed_origins:
        return
    if urlsplit(origin).netloc == request.headers.get("host"):
        return
    raise Refusal(
        _FORBIDDEN,
        "origin_not_allowed",
        "This site may not embed the chat. Add its address to the inbox's allowed sites.",
    )


def require_own_page(request: Request) -> None:
    """Refuse with 403 what a page of another site sends with this site's cookie."""
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise Refusal(_FORBIDDEN, "foreign_page", "Only the console's own pages may do this.")


class CrossOrigin:
    """Answers preflight requests and lets pages of other sites read the answers.

    A preflight carries no token, so it cannot be judged by inbox: it is granted,
    and the request that follows is judged. No cookie is ever accepted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin")
        if origin is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            granted = Response(
                status_code=204,
                headers={**_PREFLIGHT, "Access-Control-Allow-Origin": origin, "Vary": "Origin"},
            )
            await granted(scope, receive, send)
        else:
            await self._app(scope, receive, _granting(send, origin))


def _granting(send: Send, origin: str) -> Send:
    async def granting(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] != _FORBIDDEN:
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
            headers.add_vary_header("Origin")
        await send(message)

    return granting
