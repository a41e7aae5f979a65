"""One table from refusals to answers; a page where a page was asked for, else a fragment."""

import pytest
from django.test import RequestFactory

from baton.core.errors import BatonError, Conflict, Forbidden, InvalidInput, NotFound
from baton.web import errors
from tests.web.conftest import Screen


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound("conversation", "x1"), 404, "There is no such conversation here."),
        (Conflict("Robin has this conversation."), 409, "Robin has this conversation."),
        (
            Forbidden("open transcripts", "auditor"),
            403,
            "Your role (auditor) may not open transcripts.",
        ),
        (InvalidInput({"text": "Too long."}), 422, "Too long."),
    ],
)
def test_each_refusal_has_its_status_and_words(error: BatonError, status: int, words: str) -> None:
    assert errors.status_of(error) == status
    assert errors.words_of(error) == words


def test_anything_else_is_our_fault_and_says_nothing_of_the_inside() -> None:
    class OddError(BatonError):
        pass

    odd = OddError("secret inside")
    assert errors.status_of(odd) == 500
    assert "secret" not in errors.words_of(odd)


def test_pages_for_what_is_missing_or_broken(sam: Screen) -> None:
    assert "There is no such page." in sam.get("/nowhere").text
    assert sam.get("/nowhere").text.startswith("<!doctype html>")
    assert sam.get("/nowhere", htmx=True).text == "<p>There is no such page.</p>\n"
    broken = errors.server_error(RequestFactory().get("/"))
    assert broken.status_code == 500
    assert "please try again" in broken.content.decode()


def test_an_unforeseen_error_is_left_to_django_which_logs_it() -> None:
    middleware = errors.error_pages(errors.server_error)
    handler = middleware.process_exception  # type: ignore[attr-defined] # Django's hook
    request = RequestFactory().get("/")
    assert handler(request, ValueError("x")) is None
    assert handler(request, BatonError("x")) is None
    assert handler(request, Conflict("taken")).status_code == 409


def test_a_sign_that_no_database_keeps_is_refused_before_it_gets_there(robin: Screen) -> None:
    assert robin.client.get("/contacts?q=%00").status_code == 400
    form = "application/x-www-form-urlencoded"
    refused = robin.client.post("/settings/sending/pause", "reason=%00", content_type=form)
    assert refused.status_code == 400
