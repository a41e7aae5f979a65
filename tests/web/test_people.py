"""Settings > People: accounts made, changed and closed by whoever may, each with its entry."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from baton.core.roles import Role
from baton.store.models import AuditEntry, User
from tests.web.conftest import PASSWORD, Gym, Screen

pytestmark = pytest.mark.usefixtures("gym")


@pytest.fixture
def ada(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Ada", Role.ADMIN))


def test_a_colleague_is_invited_sets_a_password_once_and_signs_in(gym: Gym, ada: Screen) -> None:
    page = ada.post("/settings/people/add", name="Kim", email="Kim@gym.example", role="clinician")
    found = re.search(r'value="http://[^/]+(/welcome/[^"]+)"', page.text)
    assert found
    visitor = Client()
    assert "Welcome, Kim" in visitor.get(found[1]).content.decode()
    assert "too short" in visitor.post(found[1], {"password": "short"}).content.decode()
    assert visitor.post(found[1], {"password": PASSWORD}).headers["Location"] == "/sign-in"
    assert "This link is used up" in visitor.get(found[1]).content.decode()
    visitor.post("/sign-in", {"login": "kim@gym.example", "password": PASSWORD})
    assert visitor.get("/my-day").status_code == 200
    kim = User.objects.get(name="Kim")
    assert gym.deeds("user_created")[-1] == (f"user:{ada.user.id}", f"user:{kim.id}")
    assert "signed in" in ada.get("/settings/people").text


@pytest.mark.req("GV8", "P10")
def test_a_role_is_changed_with_a_reason_and_never_ones_own(ada: Screen, sam: Screen) -> None:
    path = f"/settings/people/{sam.user.id}/role"
    assert ada.post(path, role="senior").status == 422
    assert ada.post(path, role="emperor", reason="Why not").status == 422
    assert ada.post(path, role="senior", reason="Led the desk for a year").status == 302
    assert User.objects.get(id=sam.user.id).role == "senior"
    entry = AuditEntry.objects.get(action="role_changed")
    assert '"role":"senior","role_before":"agent"' in entry.details
    assert "Led the desk" in entry.details
    own = ada.post(f"/settings/people/{ada.user.id}/role", role="manager", reason="Mine")
    assert own.status == 409
    assert User.objects.get(id=ada.user.id).role == "admin"


def test_a_closed_account_is_signed_out_at_once_and_may_be_opened_again(
    gym: Gym, ada: Screen
) -> None:
    user = gym.hire("Maya", Role.AGENT, password=PASSWORD)
    maya = Client()
    maya.post("/sign-in", {"login": user.email, "password": PASSWORD})
    Authenticator.objects.create(user=user, type="totp", data={"secret": ""})
    assert ada.post(f"/settings/people/{user.id}/close", reason="Left us").status == 302
    assert maya.get("/").status_code == 302
    assert "closed" in ada.get("/settings/people").text
    assert ada.post(f"/settings/people/{user.id}/link").status == 409
    assert ada.post(f"/settings/people/{user.id}/reopen", reason="Is back").status == 302
    path = f"/settings/people/{user.id}/forget-second-step"
    assert ada.post(path, reason="Lost the telephone").status == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_who_holds_conversations_passes_them_on_before_the_account_closes(
    gym: Gym, ada: Screen, sam: Screen
) -> None:
    conversation = gym.hear("visitor-1", "I want to talk to a person")
    sam.post(f"/inbox/{conversation}/take")
    refused = ada.post(f"/settings/people/{sam.user.id}/close", reason="Left us")
    assert refused.status == 409
    assert "Pass them on first" in refused.text
    assert User.objects.get(id=sam.user.id).is_active


def test_leads_say_who_works_here_only_where_there_is_no_admin(
    gym: Gym, robin: Screen, sam: Screen, alex: Screen
) -> None:
    assert robin.get("/settings/people").status == 200
    assert sam.get("/settings/people").status == alex.get("/settings/people").status == 403
    gym.hire("Ada", Role.ADMIN)
    assert robin.get("/settings/people").status == 403
    assert "/settings/people" not in robin.get("/settings/routing").text


def test_a_second_step_is_asked_of_roles_with_a_reason(
    gym: Gym, ada: Screen, robin: Screen
) -> None:
    path = "/settings/people/second-step"
    seen = str(gym.workspace.revision)
    assert ada.post(path, roles="manager", seen=seen).status == 422
    assert ada.post(path, roles="emperor", reason="Why not", seen=seen).status == 422
    assert robin.get("/contacts").status == 200
    assert ada.post(path, roles="manager", reason="A clinic asks for it", seen=seen).status == 302
    assert 'value="manager" checked' in ada.get("/settings/people").text
    assert robin.get("/contacts").headers["Location"] == "/account"
    assert ada.post(path, reason="Of another time", seen=seen).status == 409
    assert len(gym.deeds("second_step_asked")) == 1


def test_a_link_of_somebody_else_opens_nothing(ada: Screen, sam: Screen) -> None:
    page = ada.post(f"/settings/people/{sam.user.id}/link").text
    found = re.search(r"/welcome/\w+/([^\"]+)", page)
    assert found
    assert Client().get(f"/welcome/{ada.user.id}/{found[1]}").status_code == 404
    assert Client().post(f"/welcome/{ada.user.id}/x", {"password": PASSWORD}).status_code == 404
