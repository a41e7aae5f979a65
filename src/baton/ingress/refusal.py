"""How a request is refused: one shape for every error, in words that say what to do."""

import logging
from typing import ClassVar

import msgspec
from django.db import Error as DatabaseError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from baton.core.errors import BatonError

_log = logging.getLogger(__name__)

_PLAIN_WORDS = {
    404: "There is nothing at this address. Check the path and the inbox's token.",
    405: "This address does not take that method.",
}


class Refusal(BatonError):  # noqa: N818 - the error tree reads as the outcome
    """A request that will not be carried out, as its sender is told."""

    code: ClassVar[str] = "refused"

    def __init__(
        self, status: int, name: str, message: str, *, retry_after: int | None = None
    ) -> None:
        self.status = status
        self.name = name
        self.message = message
        self.retry_after = retry_after
        super().__init__(message)


def unavailable() -> Refusal:
    """Return the refusal of a moment in which nothing can be stored or read."""
    return Refusal(
        503, "unavailable", "The server cannot take this right now. Try again.", retry_after=2
    )


def render_refusal(refusal: Refusal) -> Response:
    """Return a refusal as a response."""
    body = {"error": {"code": refusal.name, "message": refusal.message}}
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 413:  # noqa: PLR2004 - the rest of the body is not going to be read
        headers["Connection"] = "close"
    return Response(
        msgspec.json.encode(body),
        refusal.status,
        headers=headers,
        media_type="application/json",
    )


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class alone
    return render_refusal(error)


def _not_served(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    words = _PLAIN_WORDS.get(error.status_code, error.detail)
    code = "not_found" if error.status_code == 404 else "not_allowed"  # noqa: PLR2004 - HTTP's own
    return render_refusal(Refusal(error.status_code, code, words))


def _gone(_request: Request, _error: Exception) -> Response:
    return render_refusal(Refusal(400, "incomplete", "The request broke off. Send it again."))


def _database_away(_request: Request, error: Exception) -> Response:
    _log.error("the database does not answer: %s", type(error).__name__)
    return render_refusal(unavailable())


def exception_handlers() -> dict[type[Exception], ExceptionHandler]:
    """Return what Starlette does with each kind of error."""
    return {
        Refusal: _refused,
        HTTPException: _not_served,
        ClientDisconnect: _gone,
        DatabaseError: _database_away,
    }
