"""Staff with no console open are called by their browsers, and never for nothing."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from baton.services.desk import agents
from baton.store.models import StaffBrowser
from tests.channels.browser import Browser
from tests.nlu.outside.server import Server, running
from tests.web.conftest import Gym, Screen

PERSON = "Can I talk to a real person please?"
KINDS = ["clock_warned", "clock_breached"]
CHOSEN: dict[str, object] = {"kinds": KINDS, "quiet_from": "", "quiet_until": ""}


@pytest.fixture
def service() -> Iterator[Server]:
    with running() as server:
        server.answers(b"", status=201)
        yield server


def permitted(screen: Screen, service: Server, browser: Browser, name: str = "one") -> None:
    """Let a browser call its person, as calling.js does."""
    page = screen.get("/notices").text
    [key] = re.findall(r'data-key="([^"]+)"', page)
    told = browser.permission(f"{service.url}/push/{name}", key)
    form = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth, "key": key}
    assert screen.post("/notices/browsers", form, htmx=False).status == 204


def calls(service: Server, browser: Browser) -> list[dict[str, object]]:
    """Return what a browser was called for since it was last asked."""
    told = [msgspec.json.decode(browser.read(one.body)) for one in service.asked]
    service.asked.clear()
    return told


@pytest.mark.req("AL11", "GV3")
def test_a_closed_console_calls_for_what_waits_and_names_no_contact(
    gym: Gym, sam: Screen, service: Server
) -> None:
    browser = Browser()
    permitted(sam, service, browser)
    assert "(this one)" in sam.get("/notices").text
    conversation = gym.hear("mia", PERSON, name="Mia")
    agents.accept(gym.house, sam.user, conversation)
    gym.step(minutes=23)
    assert not service.asked  # they chose nothing yet
    sam.post("/notices/alerts", CHOSEN, htmx=False)
    gym.step(minutes=10)
    [call] = calls(service, browser)
    assert call["body"] == "1 x a promise overdue"
    assert call["page"] == f"/inbox/{conversation}"
    assert call["is_silent"] is True


def test_what_comes_together_is_one_call(gym: Gym, sam: Screen, service: Server) -> None:
    browser = Browser()
    permitted(sam, service, browser)
    sam.post("/notices/alerts", CHOSEN | {"has_sound": "on"}, htmx=False)
    for who in ("mia", "nia", "pia", "ria"):
        agents.accept(gym.house, sam.user, gym.hear(who, PERSON))
        gym.step(seconds=2)
    gym.step(minutes=22, seconds=23)  # the first one's clock has warned
    told = calls(service, browser)
    gym.step(seconds=9)  # those of the others' meanwhile: the browser rests
    assert not service.asked
    gym.step(seconds=40)
    told += calls(service, browser)
    counts = [int(str(one["body"]).split()[0]) for one in told]
    assert (sum(counts), len(told)) == (4, 2)
    assert told[0]["is_silent"] is False
    gym.step(seconds=90)
    assert not service.asked


@pytest.mark.parametrize("why", ["seen", "away", "quiet", "signed out", "ended"])
def test_nobody_is_called_for_nothing(gym: Gym, sam: Screen, service: Server, why: str) -> None:
    browser = Browser()
    permitted(sam, service, browser)
    quiet = {"quiet_from": "00:00", "quiet_until": "23:59"} if why == "quiet" else {}
    sam.post("/notices/alerts", CHOSEN | quiet, htmx=False)
    permitted(sam, service, browser)  # the same browser again is the same one
    agents.accept(gym.house, sam.user, gym.hear("mia", PERSON))
    match why:
        case "away":
            agents.set_availability(gym.house, sam.user, is_available=False)
        case "signed out":
            sam.client.logout()
        case "ended":
            found = StaffBrowser.objects.get()
            assert sam.post(f"/notices/browsers/{found.id}/end", htmx=False).status == 302
        case _:
            pass
    service.answers(b"", status=503 if why == "seen" else 201)
    gym.step(minutes=22, seconds=30)
    if why == "seen":
        assert calls(service, browser)  # the push service is away; meanwhile they look
        sam.post("/notices/seen", htmx=False)
        gym.step(minutes=5)
    assert not service.asked
    assert StaffBrowser.objects.exists() is (why not in ("signed out", "ended"))


def test_a_browser_calls_whoever_permitted_last_and_is_forgotten_once_gone(
    gym: Gym, sam: Screen, robin: Screen, service: Server
) -> None:
    browser = Browser()
    permitted(sam, service, browser)
    permitted(robin, service, browser)
    [row] = StaffBrowser.objects.all()
    assert row.user_id == robin.user.id
    assert sam.post(f"/notices/browsers/{row.id}/end", htmx=False).status == 404
    for number in range(6):
        gym.step(seconds=1)
        permitted(sam, service, browser, f"more-{number}")
    assert StaffBrowser.objects.filter(user_id=sam.user.id).count() == 5
    sam.post("/notices/alerts", CHOSEN, htmx=False)
    agents.accept(gym.house, sam.user, gym.hear("mia", PERSON))
    service.answers(b"", status=410)
    gym.step(minutes=23)
    assert len(service.asked) == 5
    assert not StaffBrowser.objects.filter(user_id=sam.user.id).exists()
    assert '"called": false' in sam.get("/notices/fresh").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "http://push.example/abc"),
        ("endpoint", "https://10.0.0.7/abc"),
        ("p256dh", "AAAA"),
        ("auth", "!"),
        ("key", "BOther"),
    ],
)
def test_what_is_no_permission_is_refused(
    sam: Screen, service: Server, field: str, value: str
) -> None:
    [key] = re.findall(r'data-key="([^"]+)"', sam.get("/notices").text)
    told = Browser().permission(f"{service.url}/push/abc", key)
    form = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth, "key": key}
    assert sam.post("/notices/browsers", form | {field: value}, htmx=False).status == 422
    assert not StaffBrowser.objects.exists()
