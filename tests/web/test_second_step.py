"""The second step at sign-in, recovery codes, and the browsers somebody is signed in with."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.db.models import F
from django.test import Client

from baton.core.roles import Role
from baton.services.desk import own_sign_in
from baton.store.models import User, Workspace
from tests.web.conftest import PASSWORD, Gym, Screen

pytestmark = pytest.mark.usefixtures("gym")


def _code(secret: str, *, ahead: int = 0) -> str:
    """Return the code of a moment; each is taken once, so that a second one is of the next."""
    [_, now, _] = sorted(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, now + ahead)))


def _sign_in(email: str) -> Client:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    client.post("/sign-in", {"login": email, "password": PASSWORD})
    return client


def _set_up(client: Client) -> tuple[str, list[str]]:
    """Set the second step up, and return the app's key and the recovery codes."""
    client.post("/sign-in/again?next=/account/app", {"password": PASSWORD, "next": "/account/app"})
    page = client.get("/account/app").content.decode()
    found = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert found, page
    shown = client.post("/account/app", {"code": _code(found[1])}, follow=True).content.decode()
    return found[1], re.findall(r"<li><code>(\w+)</code>", shown)


@pytest.fixture
def maya(gym: Gym) -> User:
    return gym.hire("Maya", Role.MANAGER, password=PASSWORD)


@pytest.mark.req("P24")
def test_with_the_second_step_a_password_alone_lets_nobody_in(gym: Gym, maya: User) -> None:
    first = _sign_in(maya.email)
    assert first.get("/account/app").headers["Location"].startswith("/sign-in/again")
    key, codes = _set_up(first)
    assert len(codes) == 10
    assert "10 recovery codes left" in first.get("/account").content.decode()
    assert codes[0] not in first.get("/account/codes").content.decode()  # shown once

    second = _sign_in(maya.email)
    assert second.get("/").status_code == 302
    wrong = second.post("/sign-in/code", {"code": "000000"}).content.decode()
    assert "That code does not fit" in wrong
    assert second.get("/").status_code == 302
    second.post("/sign-in/code", {"code": _code(key, ahead=1)})
    assert second.get("/").status_code == 200
    assert [actor for actor, _ in gym.deeds("second_step_failed")] == [f"user:{maya.id}"]
    assert len(gym.deeds("second_step_added")) == 2  # the app, and the codes with it


@pytest.mark.req("P24")
def test_a_recovery_code_lets_in_once(maya: User) -> None:
    _, codes = _set_up(_sign_in(maya.email))
    lost = _sign_in(maya.email)
    lost.post("/sign-in/code", {"code": codes[3]})
    assert "9 recovery codes left" in lost.get("/account").content.decode()
    again = _sign_in(maya.email)
    assert "does not fit" in again.post("/sign-in/code", {"code": codes[3]}).content.decode()


def test_the_database_holds_no_key_of_an_app(maya: User) -> None:
    key, codes = _set_up(_sign_in(maya.email))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert key not in kept
    assert not [code for code in codes if code in kept]


def test_guessing_codes_is_stopped_for_a_while(maya: User) -> None:
    _set_up(_sign_in(maya.email))
    guesser = _sign_in(maya.email)
    told = [guesser.post("/sign-in/code", {"code": f"{n:06}"}).content.decode() for n in range(6)]
    assert "does not fit" in told[0]
    assert "wait 5 minutes" in told[5]


def test_the_second_step_is_turned_off_by_its_owner_alone(gym: Gym, maya: User) -> None:
    client = _sign_in(maya.email)
    _set_up(client)
    assert client.post("/account/app/off").status_code == 302
    assert client.get("/account").content.decode().count("Set up an authenticator app") == 1
    assert _sign_in(maya.email).get("/").status_code == 200
    assert len(gym.deeds("second_step_removed")) == 2


@pytest.mark.req("P24", "GV8")
def test_who_lacks_a_second_step_that_is_asked_for_is_led_to_set_it_up(
    sam: Screen, robin: Screen
) -> None:
    Workspace.objects.update(
        policy={"two_step_roles": "manager,auditor"}, revision=F("revision") + 1
    )
    assert sam.get("/").status == 200
    asked = robin.get("/contacts")
    assert (asked.status, asked.headers["Location"]) == (302, "/account")
    assert robin.get("/inbox/list", htmx=True).headers["HX-Redirect"] == "/account"
    assert "Your role signs in with a second step" in robin.get("/account").text
    Authenticator.objects.create(user=robin.user, type="totp", data={"secret": ""})
    assert robin.get("/contacts").status == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(gym: Gym, maya: User) -> None:
    here, there, elsewhere = (_sign_in(maya.email) for _ in range(3))
    page = here.get("/account").content.decode()
    assert page.count("Firefox on Linux") == 5  # three rows, and two buttons that name theirs
    [first, *_] = re.findall(r"/account/sessions/(\d+)/end", page)
    here.post(f"/account/sessions/{first}/end")
    assert there.get("/").status_code == 302
    assert elsewhere.get("/").status_code == 200
    here.post("/account/sessions/end")
    assert elsewhere.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert len(gym.deeds("session_ended")) == 2
    assert len(gym.deeds("signed_in")) == 3


_JUNK = (
    "", "x", "null", "[]", "{}", '{"id": "a"}', '{"id": 1, "rawId": [], "response": {}}',
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30",'
        '"authenticatorData":"YQ","signature":"YQ","userHandle":"/w","attestationObject":"YQ"}}'
    ),
)  # fmt: skip


@pytest.mark.parametrize("junk", _JUNK)
def test_what_is_no_passkey_lets_nobody_in_and_breaks_nothing(maya: User, junk: str) -> None:
    stranger = Client()
    asked = stranger.get("/sign-in/passkey", headers={"accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["userVerification"] == "required"
    assert stranger.post("/sign-in/passkey", {"credential": junk}).status_code in (200, 302)
    assert stranger.get("/").status_code == 302
    client = _sign_in(maya.email)
    again = {"password": PASSWORD, "next": "/account/passkeys/add"}
    client.post("/sign-in/again", again)
    client.get("/account/passkeys/add")
    added = client.post("/account/passkeys/add", {"credential": junk, "name": "x"})
    assert added.status_code == 200
    assert not Authenticator.objects.exists()


def test_nobody_ends_a_session_of_somebody_else(maya: User, sam: Screen) -> None:
    client = _sign_in(maya.email)
    [mine] = UserSession.objects.values_list("id", flat=True)
    assert sam.post(f"/account/sessions/{mine}/end").status == 404
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130 Safari/537 Edg/130",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS) AppleWebKit Version/18 Safari/604",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Safari/537", "Chrome on Android"),
        ("curl/8", "A browser"),
    ],
)
def test_browsers_in_words(agent: str, words: str) -> None:
    assert own_sign_in.browser_of(agent) == words
