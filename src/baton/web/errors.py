"""The one table from what Baton refuses to a status and to words for people."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from baton.core.errors import BatonError, Conflict, Forbidden, InvalidInput, NotFound

GetResponse = Callable[[HttpRequest], HttpResponse]

_FORM = "application/x-www-form-urlencoded"
_STATUS: dict[type[BatonError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def status_of(error: BatonError) -> HTTPStatus:
    """Return the HTTP status of a refusal; anything unforeseen is the server's fault."""
    return _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def words_of(error: BatonError) -> str:
    """Return a refusal in words for the person at the screen."""
    match error:
        case NotFound():
            return f"There is no such {error.kind} here."
        case Conflict():
            return error.message
        case Forbidden():
            return f"Your role ({error.role}) may not {error.action}."
        case InvalidInput():
            return " ".join(error.fields.values())
        case _:
            return "Something went wrong on our side. Nothing was changed."


def error_pages(get_response: GetResponse) -> GetResponse:
    """Answer Baton's own refusals with their status, as a fragment where one was asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return error_response(
                request, HTTPStatus.BAD_REQUEST, "That holds a sign that is no text."
            )
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if (
            not isinstance(error, BatonError)
            or status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            return None  # Django logs it and shows the page below
        return error_response(request, status_of(error), words_of(error))

    middleware.process_exception = process_exception  # type: ignore[attr-defined] # Django's hook
    return middleware


def _has_nul(request: HttpRequest) -> bool:
    """Return whether a sign came that no person types and PostgreSQL keeps in no text.

    Uploads are not read here: what comes beside them passes forms, which refuse it.
    """
    if "%00" in request.META.get("QUERY_STRING", ""):
        return True
    return request.content_type == _FORM and b"%00" in request.body


def error_response(request: HttpRequest, status: HTTPStatus, words: str) -> HttpResponse:
    """Return words as a page of their own, or as a fragment for the page that is open."""
    template = "baton/_problem.html" if getattr(request, "htmx", False) else "baton/error.html"
    return render(request, template, {"status": status.value, "words": words}, status=status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - by name
    """Say that there is no such page."""
    return error_response(request, HTTPStatus.NOT_FOUND, "There is no such page.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - by name
    """Say that a page is not for this role."""
    return error_response(request, HTTPStatus.FORBIDDEN, "Your role may not open this page.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke, without anything that could break again."""
    words = "Something went wrong on our side. Nothing was changed; please try again."
    return error_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, words)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Say how long to wait: every limit of ours is at most one per minute and address."""
    words = "That was too often from one place. Please wait one minute, then try again."
    response = error_response(request, HTTPStatus.TOO_MANY_REQUESTS, words)
    response.headers["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Say what to do when a form's proof of origin is missing or old."""
    words = "This page was open for too long. Please reload it and try again."
    return error_response(request, HTTPStatus.FORBIDDEN, words)
