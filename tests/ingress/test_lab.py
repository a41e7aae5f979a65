"""What the phone lab shows to whom."""

from httpx import Client

from baton.services.workspace.workspaces import create
from baton.store.models import Inbox
from tests.ingress.installation import PLACE, Installation
from tests.ingress.test_server import session_of
from tests.ingress.visitor import Visitor, a_visitor


def _glass(client: Client, gym: Installation, visitor: Visitor) -> tuple[int, dict[str, object]]:
    cookies = {"Cookie": f"sessionid={session_of(gym.agent)}"}
    answer = client.get("/lab/glass", headers=visitor.headers | cookies)
    return answer.status_code, answer.json() if answer.status_code == 200 else {}


def test_the_lab_is_for_staff(client: Client, gym: Installation) -> None:
    for path in ("/lab/", "/lab/glass"):
        answer = client.get(path, headers=a_visitor(client, gym).headers)
        assert answer.headers["location"].startswith("/sign-in")


def test_the_page_offers_examples_and_the_workspaces_inbox(
    client: Client, gym: Installation
) -> None:
    page = client.get("/lab/", headers={"Cookie": f"sessionid={session_of(gym.agent)}"})
    assert page.status_code == 200
    assert gym.inbox.token in page.text
    assert 'data-say="STOP"' in page.text


def test_the_glass_shows_what_was_decided_and_why(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    assert _glass(client, gym, ann) == (200, {"conversation": None})
    ann.say("what time do you open?")
    gym.step()
    ann.say("I want my money back, this is a scam", client_id="m2")
    gym.step()

    status, seen = _glass(client, gym, ann)
    assert status == 200
    assert seen["owner"] in {"queue", "async"}
    assert seen["queue"] == "billing"
    turns = seen["turns"]
    assert isinstance(turns, list)
    newest, oldest = turns
    assert (newest["decision"], newest["intent"]) == ("handed_over", "refund_request")
    assert oldest["intent"] == "opening_hours"
    assert 0.8 <= oldest["confidence"] <= 1
    assert seen["url"] == f"/inbox/{seen['conversation']}"


def test_the_glass_does_not_open_for_another_workspace(client: Client, gym: Installation) -> None:
    other = create(gym.house, name="Other", pack_name="fitness", place=PLACE)
    token = Inbox.objects.get(workspace_id=other.id).token
    session = client.post(f"/chat/{token}/sessions", json={}).json()
    stranger = Visitor(client=client, token=session["token"], id=session["visitor"])
    assert _glass(client, gym, stranger)[0] == 404
    forged = Visitor(client=client, token="x", id="")
    assert _glass(client, gym, forged)[0] == 404
