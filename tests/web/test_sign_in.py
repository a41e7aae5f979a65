"""Signing in: one neutral sentence, a limit that says how long, and no sign-up."""

import pytest
from django.test import Client, override_settings

from baton.core.roles import Role
from tests.web.conftest import PASSWORD, Gym, Screen

pytestmark = pytest.mark.usefixtures("gym")

NEUTRAL = "That e-mail and password do not match an account."


def _attempt(client: Client, email: str, password: str) -> str:
    return client.post("/sign-in", {"login": email, "password": password}).content.decode()


def test_a_person_signs_in_with_their_password(gym: Gym) -> None:
    gym.hire("Maya", Role.AGENT, password=PASSWORD)
    client = Client()
    response = client.post("/sign-in", {"login": "maya@gym.example", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_an_unknown_address_and_a_wrong_password_read_the_same(gym: Gym) -> None:
    gym.hire("Maya", Role.AGENT, password=PASSWORD)
    wrong = _attempt(Client(), "maya@gym.example", "not it at all")
    unknown = _attempt(Client(), "nobody@gym.example", "not it at all")
    assert NEUTRAL in wrong
    assert NEUTRAL in unknown


def test_after_five_failures_it_says_how_long_to_wait_even_to_the_right_password(gym: Gym) -> None:
    gym.hire("Maya", Role.AGENT, password=PASSWORD)
    client = Client()
    for _ in range(5):
        assert NEUTRAL in _attempt(client, "maya@gym.example", "not it at all")
    assert "wait 5 minutes" in _attempt(client, "maya@gym.example", PASSWORD)
    assert client.get("/").status_code == 302


def test_too_many_attempts_from_one_address_are_told_to_wait_a_minute() -> None:
    client = Client()
    for _ in range(30):
        client.post("/sign-in", {})
    response = client.post("/sign-in", {})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert "wait one minute" in response.content.decode()


def test_somebody_inactive_is_not_let_in(sam: Screen) -> None:
    assert sam.get("/").status == 200
    sam.user.is_active = False
    sam.user.save()
    assert sam.get("/").status == 302


@pytest.mark.parametrize("path", ["/sign-up", "/accounts/signup/", "/admin/"])
def test_there_is_no_sign_up_and_no_admin(path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/inbox/list", "/inbox/x", "/review", "/audit"])
def test_strangers_are_sent_to_the_sign_in_page(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in?next=")


def test_a_fragment_asked_for_after_the_session_ended_moves_the_whole_page() -> None:
    response = Client().get("/inbox/list", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/sign-in"
    assert response.content == b""


def test_signing_out_needs_a_post(sam: Screen) -> None:
    assert "Sign out?" in sam.get("/sign-out").text
    assert sam.get("/").status == 200
    assert sam.post("/sign-out", htmx=False).status == 302
    assert sam.get("/").status == 302


def test_forms_without_proof_of_origin_are_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in", {"login": "maya@gym.example", "password": "x"})
    assert response.status_code == 403
    assert "reload it" in response.content.decode()


def test_outside_the_demo_nobody_is_offered_a_quick_sign_in(gym: Gym) -> None:
    gym.hire("Sam", Role.AGENT)
    assert "Sign in as" not in Client().get("/sign-in").content.decode()
    assert Client().post("/sign-in/demo/sam").status_code == 404


@override_settings(BATON_DEMO=True)
def test_in_the_demo_one_click_signs_in(gym: Gym) -> None:
    user = gym.hire("Sam", Role.AGENT)
    user.email = "sam@demo.example"
    user.save()
    client = Client()
    page = client.get("/sign-in").content.decode()
    assert "Sign in as Sam (agent)" in page
    assert "Sign in as Alex (auditor)" in page
    assert client.get("/sign-in/demo/sam").status_code == 405
    assert client.post("/sign-in/demo/sam").status_code == 302
    assert client.get("/").status_code == 200
    assert Client().post("/sign-in/demo/stranger").status_code == 404
    assert Client().post("/sign-in/demo/robin").status_code == 404  # not in this workspace


@pytest.mark.parametrize("path", ["/sign-in", "/", "/no/such/page", "/inbox/unknown"])
def test_every_page_forbids_foreign_and_inline_scripts(sam: Screen, path: str) -> None:
    answer = sam.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<style" not in answer.text
    assert " style=" not in answer.text
