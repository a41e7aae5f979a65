"""Settings > Systems: a manager connects one, maps it by form, and takes again what was parked."""

import json
import re
from pathlib import Path

import pytest

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors import Heard
from baton.connectors.calendly import settings as calendly
from baton.connectors.calendly.settings import CalendlySettings
from baton.connectors.square import settings as square
from baton.connectors.square.settings import SquareSettings
from baton.core.roles import Role
from baton.runtime.ports import Done, Park
from baton.services.desk import system_desk
from baton.services.systems import crm, hearing, systems
from baton.services.workspace import inboxes
from baton.store.models import ConnectedSystem, Notice, ReportedEvent, SystemDelivery
from tests.nlu.outside.server import Answer, running
from tests.web.conftest import Gym, Screen

FIXTURES = Path(__file__).parents[1] / "connectors"
EXAMPLE = {"type": "booked", "who": {"phone": "+447700900123", "name": "Ann <b>Lee</b>"}, "id": 7}
MAP = {
    "name": "Bookings",
    "event": "booking_created",
    "when": "type",
    "equals": "booked",
    "person_phone": "who.phone",
    "person_name": "who.name",
    "fact_0": "booking",
    "place_0": "id",
}


@pytest.fixture
def robin(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Robin", Role.MANAGER))


def _connected(robin: Screen) -> str:
    form = {
        "name": "Front desk",
        "proof": "standard",
        "header": "",
        "digest_prefix": "",
        "secret": "",
    }
    shown = robin.post("/settings/systems/new/webhook", form, htmx=False)
    assert shown.status == 200
    system = ConnectedSystem.objects.get()
    assert re.search(r"whsec_[A-Za-z0-9+/=]{40,}", shown.text)
    assert f"/systems/{system.token}" in shown.text
    return f"/settings/systems/{system.id}"


def _post(gym: Gym, said: object, name: str) -> None:
    entrance = hearing.find_entrance(gym.house, ConnectedSystem.objects.get().token)
    assert entrance is not None
    heard = Heard(reference=name, body=json.dumps(said))
    with gym.house.engine.transaction():
        gym.house.engine.inbox.append([hearing.arrival_of(gym.house, entrance, heard)])
    gym.step()


@pytest.mark.req("DI2")
def test_a_system_is_connected_and_mapped_by_its_example(gym: Gym, robin: Screen) -> None:
    assert "No system is connected" in robin.get("/settings/systems").text
    address = _connected(robin)
    assert "whsec_" not in robin.get(address).text
    assert "Not heard yet" in robin.get("/settings/systems").text

    _post(gym, EXAMPLE, "a")
    assert "no mapping is for it" in robin.get(address).text
    # What was heard last is the example; a pasted one takes its place.
    assert "who.phone" in robin.get(f"{address}/map").text
    assert robin.post(f"{address}/example", {"example": "{"}, htmx=False).status == 422
    pasted = {"example": json.dumps(EXAMPLE)}
    assert robin.post(f"{address}/example", pasted, htmx=False).status == 302

    seen = robin.post(f"{address}/map", {**MAP, "deed": "preview"})
    assert "+447700900123" in seen.text
    assert "Ann &lt;b&gt;Lee&lt;/b&gt;" in seen.text
    other = robin.post(f"{address}/map", {**MAP, "deed": "preview", "equals": "moved"})
    assert "not for the example" in other.text
    refused = robin.post(f"{address}/map", {**MAP, "person_phone": "", "deed": "save"}, htmx=False)
    assert refused.status == 422
    assert "Say where a phone" in refused.text
    assert not ConnectedSystem.objects.get().maps
    assert robin.post(f"{address}/map", {**MAP, "deed": "save"}, htmx=False).status == 302
    again = robin.post(f"{address}/map", {**MAP, "deed": "save"}, htmx=False)
    assert "of this name already" in again.text
    kept = robin.get(f"{address}/map?name=Bookings")
    assert 'value="who.phone"' in kept.text


@pytest.mark.req("DI4", "DI12")
def test_what_was_parked_is_mended_and_taken_again(gym: Gym, robin: Screen) -> None:
    address = _connected(robin)
    _post(gym, EXAMPLE, "a")
    robin.post(f"{address}/map", {**MAP, "deed": "save"}, htmx=False)
    # Nobody can be reached yet: it is parked, and taken again when a channel is connected.
    _post(gym, EXAMPLE, "b")
    assert "no channel is connected" in robin.get(address).text
    assert "1 parked" in robin.get("/settings/systems").text
    sms = SandboxSettings(channel="sms", sender="+447700900000")
    wanted = inboxes.Wanted(name="Phone", settings=sms)
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    assert robin.post(f"{address}/retake", htmx=False).status == 302
    gym.step()
    assert ReportedEvent.objects.filter(name="booking_created").exists()
    assert set(SystemDelivery.objects.values_list("fate", flat=True)) == {"ignored", "told"}
    first = SystemDelivery.objects.get(reference="a")
    robin.post(f"{address}/retake/{first.id}", htmx=False)
    gym.step()
    first.refresh_from_db()
    assert (first.fate, first.takes) == ("told", 2)


def test_a_system_is_left_and_taken_up_again(gym: Gym, robin: Screen) -> None:
    address = _connected(robin)
    robin.post(f"{address}/map", {**MAP, "deed": "save"}, htmx=False)
    robin.post(f"{address}/unmap", {"name": "Bookings"}, htmx=False)
    assert not ConnectedSystem.objects.get().maps
    assert "shown this once" in robin.post(f"{address}/secret", htmx=False).text
    robin.post(f"{address}/connect", {"deed": "disconnect"}, htmx=False)
    assert "Not connected" in robin.get(address).text
    robin.post(f"{address}/connect", {"deed": "reconnect"}, htmx=False)
    assert "what it posts is refused" not in robin.get(address).text.split("more")[0]
    assert gym.deeds("system_connected")
    assert gym.deeds("system_mapped")


def test_how_it_is_believed_is_changed_by_form(robin: Screen) -> None:
    address = _connected(robin)
    form = {"name": "Desk", "proof": "hmac", "header": "no good", "digest_prefix": "", "secret": ""}
    refused = robin.post(address, form, htmx=False)
    assert refused.status == 422
    assert "Name the header" in refused.text
    assert robin.post(address, {**form, "header": "X-Sign"}, htmx=False).status == 302
    assert 'value="X-Sign"' in robin.get(address).text


def test_only_who_configures_sees_systems(gym: Gym, robin: Screen) -> None:
    address = _connected(robin)
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    for path in ("/settings/systems", "/settings/systems/new/webhook", address, f"{address}/map"):
        assert sam.get(path).status == 403
    for path in ("retake", "secret", "connect", "unmap", "example"):
        assert sam.post(f"{address}/{path}", htmx=False).status == 403
    assert robin.get("/settings/systems/new/none").status == 404


def test_stripe_is_connected_by_its_key_which_no_page_shows_again(gym: Gym, robin: Screen) -> None:
    key, secret = f"sk_test_{'a1' * 12}", f"whsec_{'b2' * 16}"
    refused = robin.post("/settings/systems/new/stripe", {"name": "Stripe", "secret_key": "pk_1"})
    assert (refused.status, "Copy it whole" in refused.text) == (422, True)
    robin.post("/settings/systems/new/stripe", {"name": "Stripe", "secret_key": key})
    system = ConnectedSystem.objects.get(kind="stripe")
    page = f"/settings/systems/{system.id}"
    robin.post(page, {"name": "Stripe", "secret_key": key, "secret": secret})
    shown = robin.get(page)
    assert systems.hook_url_of(gym.house, system) in shown.text
    assert "Add a mapping" not in shown.text
    assert key not in shown.text
    assert systems.proofs_of(gym.house, ConnectedSystem.objects.get(id=system.id))[0] == secret


@pytest.mark.req("DI2")
def test_a_token_is_tried_out_before_anybody_relies_on_it(gym: Gym, robin: Screen) -> None:
    token, secret = "EAAAl0trialtokenoftests_-", "a signature key of Square's"
    form = {"name": "Salon", "secret": secret, "access_token": token, "place": square.LIVE}
    refused = robin.post("/settings/systems/new/square", {**form, "access_token": "no"})
    assert (refused.status, "Copy it whole" in refused.text) == (422, True)
    robin.post("/settings/systems/new/square", form)
    system = ConnectedSystem.objects.get(kind="square")
    page = f"/settings/systems/{system.id}"
    with running() as server:
        settings = SquareSettings(access_token=token, api_url=server.url)
        own = systems.Wanted(kind=square.KIND, name="Salon", settings=settings)
        systems.change(gym.house, system.workspace_id, system.id, own, actor="test")
        server.answers({"merchant": {"id": "M1"}})
        assert "believes the token" in robin.post(f"{page}/try", htmx=False).text
        server.answers({"errors": []}, status=401)
        shown = robin.post(f"{page}/try", htmx=False).text
        assert "give it a fresh one" in shown
        assert token not in shown
    shown = robin.post(f"{page}/try", htmx=False).text
    assert "could not be asked: its address cannot be reached" in shown
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    assert sam.post(f"{page}/try", htmx=False).status == 403


def _system(gym: Gym, *, quiet_hours: int = 0) -> ConnectedSystem:
    own = systems.Wanted(
        kind=calendly.KIND, name="Studio", settings=CalendlySettings(), quiet_hours=quiet_hours
    )
    workspace_id = gym.hire("Kim", Role.MANAGER).workspace_id
    return systems.connect(gym.house, workspace_id, own, actor="test")[0]


@pytest.mark.req("DI13")
def test_who_leads_hears_once_of_a_system_that_is_silent(gym: Gym, robin: Screen) -> None:
    system = _system(gym, quiet_hours=24)
    told = Notice.objects.filter(kind="system_silent")
    gym.step(hours=23)
    assert not told.exists()
    gym.step(hours=2)
    each = told.count()
    assert each >= 1
    assert "Silent" in robin.get("/settings/systems").text
    assert "Nothing has come from “Studio”" in robin.get("/notices").text
    gym.step(hours=72)
    assert told.count() == each
    # Heard again, and silent again: that is another matter.
    _post(gym, {"event": "routing_form_submission.created"}, "m1")
    assert "Silent" not in robin.get("/settings/systems").text
    gym.step(hours=50)
    assert told.count() == 2 * each
    page = f"/settings/systems/{system.id}"
    robin.post(page, {"name": "Studio", "secret": "", "quiet_hours": ""})
    _post(gym, {"event": "routing_form_submission.created"}, "m2")
    gym.step(hours=50)
    assert told.count() == 2 * each


@pytest.mark.req("DI13")
def test_the_page_says_how_good_the_data_is(gym: Gym, robin: Screen) -> None:
    system = _system(gym)
    for channel in ("sms", "email"):
        wanted = inboxes.Wanted(name=channel, settings=SandboxSettings(channel=channel, sender=""))
        inboxes.connect(gym.house, system.workspace_id, wanted, actor="test")
    told = json.loads((FIXTURES / "calendly" / "1-created.json").read_text("utf-8"))
    guest = told["payload"]
    for name, email, number in (("a", "ann@example.org", None), ("b", "", "12")):
        own = {**guest, "uri": name, "email": email, "text_reminder_number": number}
        _post(gym, {**told, "payload": own}, name)
    lines = system_desk.list_systems(gym.house, robin.user)
    [line] = system_desk.list_data(gym.house, robin.user, lines)
    assert (line.count.refused, line.count.unusable, line.count.unmatched) == (1, 1, 0)
    assert line.system.heard_at is not None
    assert "Without a phone" in robin.get("/settings/systems").text


@pytest.mark.req("DI7")
def test_a_helpdesk_is_connected_and_only_written_to(robin: Screen) -> None:
    given = {
        "name": "Helpdesk", "site": "mystore", "email": "desk@shop.example",
        "api_token": "t" * 40, "queues": "returns, billing",
    }  # fmt: skip
    refused = robin.post("/settings/systems/new/zendesk", {**given, "site": "a/b"}, htmx=False)
    assert refused.status == 422
    robin.post("/settings/systems/new/zendesk", {**given}, htmx=False)
    system = ConnectedSystem.objects.get()
    shown = robin.get("/settings/systems").text
    assert "Written to" in shown
    assert "How good the data is" not in shown  # it tells none
    page = robin.get(f"/settings/systems/{system.id}").text
    assert "returns, billing" in page
    assert given["api_token"] not in page
    assert "What it told last" not in page


@pytest.mark.req("DI8")
def test_any_crm_is_connected_by_its_form_and_tried_out(robin: Screen) -> None:
    form = robin.get("/settings/systems/new/crm").text
    given = dict.fromkeys(("api_token", "secret"), "") | {
        "name": "Our CRM", "tells_tasks": "on", "text_as": "what.todo", "email_as": "what",
    }  # fmt: skip
    assert all(f'name="{name}"' in form for name in given)
    assert "quiet_hours" not in form  # it never tells anything itself
    with running() as server:
        server.answer = lambda _: Answer(status=204)
        given["url"] = f"{server.url}/hook"
        refused = robin.post("/settings/systems/new/crm", given, htmx=False)
        assert (refused.status, "or below it" in refused.text) == (422, True)
        given["email_as"] = "who.email"
        assert "whsec_" in robin.post("/settings/systems/new/crm", given, htmx=False).text
        place = f"/settings/systems/{ConnectedSystem.objects.get().id}"
        page = robin.get(place).text
        assert "has not taken anything yet" in page
        assert "&quot;todo&quot;" in page  # an example of what it is told
        assert server.url not in page
        assert "It took a trial message" in robin.post(f"{place}/try", {}, htmx=False).text
        server.answer = lambda _: Answer(status=401)
        assert "give it a fresh one" in robin.post(f"{place}/try", {}, htmx=False).text
    assert "Does not take it" in robin.get("/settings/systems").text


@pytest.mark.req("DI8")
def test_the_page_of_a_crm_says_why_it_took_nothing(robin: Screen) -> None:
    given = {"name": "HubSpot", "secret": "its client secret", "access_token": "pat-" + "a" * 30}
    robin.post("/settings/systems/new/hubspot", given)
    system = ConnectedSystem.objects.get(kind="hubspot")
    page = f"/settings/systems/{system.id}"
    whole = "did not take what was written"
    assert whole not in robin.get(page).text
    crm.note_problem(system.workspace_id, Park(reason="the system answered 404"))
    shown = robin.get(page).text
    assert f"{whole} to it last: the system answered 404." in shown
    assert given["access_token"] not in shown
    assert "Does not take it" in robin.get("/settings/systems").text
    crm.note_problem(system.workspace_id, Done())
    assert whole not in robin.get(page).text
    assert "Does not take it" not in robin.get("/settings/systems").text
