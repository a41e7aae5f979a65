"""How often one address may open contacts' own pages (`/t/<token>`), which others serve.

Beyond the limit somebody tries tokens; a person's few taps never come near it.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from baton.ingress.gatehouse import address_of, gatehouse_of
from baton.ingress.refusal import Refusal

_PATH = "/t/"


class PacedTaps:
    """The rest of the application, with a limit in front of one-tap pages."""

    def __init__(self, rest: ASGIApp) -> None:
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say how long to wait, in words for whoever reads them."""
        if scope["type"] == "http" and scope["path"].startswith(_PATH):
            request = Request(scope)
            gatehouse = gatehouse_of(request)
            try:
                gatehouse.require_turn(gatehouse.links_limit, address_of(request))
            except Refusal as refusal:
                headers = {"Retry-After": str(refusal.retry_after), "Cache-Control": "no-store"}
                answer = PlainTextResponse(refusal.message, refusal.status, headers=headers)
                await answer(scope, receive, send)
                return
        await self._rest(scope, receive, send)
