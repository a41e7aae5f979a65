"""What is handed over becomes a ticket of the helpdesk: once, with all that was said and shown."""

import json

import msgspec
import pytest
from httpx import Client
from msgspec.structs import replace
from typing_extensions import override

from baton.connectors.helpdesk import settings as helpdesk
from baton.connectors.helpdesk.settings import HelpdeskSettings
from baton.connectors.zendesk import settings as zendesk
from baton.connectors.zendesk.settings import ZendeskSettings, problems_with
from baton.core.json import Json
from baton.services.conversation import tickets
from baton.services.systems import asking, systems
from baton.services.systems.kinds import SystemSettings
from baton.store.models import AuditEntry, Conversation, Message, RuntimeEffect
from tests.ingress.installation import Installation
from tests.ingress.visitor import a_visitor
from tests.nlu.outside.server import Answer, Asked, Server, running
from tests.support.photos import a_photo

TOKEN = "t" * 40


class Helpdesk:
    """A Zendesk account that keeps what it is given; `fault` is answered to the next ticket."""

    def __init__(self) -> None:
        self.tickets: list[dict[str, Json]] = []
        self.files: list[bytes] = []
        self.asked: list[Asked] = []
        self.fault: Answer | None = None

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if "external_id=" in asked.path:
            mark = asked.path.partition("external_id=")[2]
            known = [one for one in self.tickets if one["external_id"] == mark]
            return _said({"tickets": [{"id": 35436} for _ in known]})
        if asked.path.startswith("/api/v2/uploads.json"):
            self.files.append(asked.body)
            return _said({"upload": {"token": f"file-{len(self.files)}"}}, status=201)
        if asked.method == "GET":
            return _said({"user": {"id": 1}})
        self.tickets.append(json.loads(asked.body)["ticket"])
        fault, self.fault = self.fault, None
        return fault or _said({"ticket": {"id": 35436}}, status=201)


class AnyHelpdesk(Helpdesk):
    """A helpdesk behind the requests of our own form."""

    @override
    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.headers["authorization"] != f"Bearer {TOKEN}":
            return Answer(status=401)
        if asked.path.startswith("/tickets?mark="):
            mark = asked.path.partition("mark=")[2]
            known = any(one["mark"] == mark for one in self.tickets)
            return _said({"number": 35436}) if known else Answer(status=404)
        if asked.path.startswith("/files?name="):
            self.files.append(asked.body)
            return _said({"token": f"file-{len(self.files)}"}, status=201)
        if asked.method == "GET":
            return _said({})
        ticket = json.loads(asked.body)
        assert asked.headers["idempotency-key"] == ticket["mark"]
        self.tickets.append(
            {**ticket, "comment": {"body": ticket["text"], "uploads": ticket["files"]}}
        )
        fault, self.fault = self.fault, None
        return fault or _said({"number": "35436"}, status=201)


def _said(said: Json, status: int = 200) -> Answer:
    return Answer(status=status, pieces=(msgspec.json.encode(said),))


DESKS: dict[str, tuple[type[Helpdesk], ZendeskSettings | HelpdeskSettings]] = {
    zendesk.KIND: (
        Helpdesk,
        ZendeskSettings(site="mystore", email="desk@shop.example", api_token=TOKEN, queues=""),
    ),
    helpdesk.KIND: (
        AnyHelpdesk, HelpdeskSettings(url="https://help.example/baton", api_token=TOKEN, queues=""),
    ),
}  # fmt: skip


def _connect(
    gym: Installation, server: Server, queues: str, kind: str = zendesk.KIND
) -> SystemSettings:
    settings = replace(DESKS[kind][1], queues=queues, api_url=server.url)
    wanted = systems.Wanted(kind=kind, name="Helpdesk", settings=settings)
    systems.connect(gym.house, gym.workspace.id, wanted, actor="test")
    return settings


def _hand_over(client: Client, gym: Installation) -> Conversation:
    """Let somebody write, with a photo, what people take."""
    mia = a_visitor(client, gym)
    shown = mia.upload(a_photo()).json()["id"]
    words = {
        "id": "m1",
        "text": "I was charged twice this month",
        "files": [{"id": shown, "name": "receipt.jpg"}],
    }
    mia.client.post("/chat/messages", json=words, headers=mia.headers)
    gym.step()
    return Conversation.objects.get()


@pytest.mark.req("DI7", "DI16", "RT16", "G39")
@pytest.mark.parametrize("kind", DESKS)
def test_a_handoff_is_a_ticket_once_with_all_that_was_said(
    client: Client, gym: Installation, kind: str
) -> None:
    kept = DESKS[kind][0]()
    with running() as server:
        server.answer = kept
        settings = _connect(gym, server, "billing, returns", kind)
        assert asking.problem_with(settings) == ""
        kept.fault = Answer(status=502)  # it is kept, and the answer is lost
        conversation = _hand_over(client, gym)
        effect = RuntimeEffect.objects.get(kind=tickets.OPEN_TICKET)
        assert (effect.state, len(kept.tickets)) == ("due", 1)
        gym.step(600)
        effect.refresh_from_db()
    assert effect.state == "done"
    [ticket] = kept.tickets
    assert "Contact: I was charged twice this month" in str(ticket["comment"])
    # The first try handed the photo over and was lost; the second found the ticket.
    assert [one.startswith(b"\xff\xd8") for one in kept.files] == [True]
    assert "'uploads': ['file-1']" in str(ticket["comment"])
    assert "billing_dispute" in str(ticket["tags"])
    assert TOKEN not in str(ticket)
    note = Message.objects.get(conversation_id=conversation.id, is_note=True)
    said = gym.house.keyset.unseal(note.body_sealed, f"message:{note.id}")
    assert said.startswith("Ticket 35436 in the helpdesk: ")
    assert AuditEntry.objects.filter(action="ticket_opened").count() == 1


@pytest.mark.parametrize("queues", ["returns", "bookings"])
def test_what_goes_to_other_queues_is_no_ticket(
    client: Client, gym: Installation, queues: str
) -> None:
    kept = Helpdesk()
    with running() as server:
        server.answer = kept
        _connect(gym, server, queues)
        _hand_over(client, gym)
    assert not kept.asked


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"site": "mystore.zendesk.com"}, "site"),
        ({"site": "a/../b"}, "site"),
        ({"email": "nobody"}, "email"),
        ({"api_token": "short"}, "api_token"),
        ({"queues": "Returns desk"}, "queues"),
    ],
)
def test_settings_that_lead_elsewhere_are_refused(wrong: dict[str, str], field: str) -> None:
    good = {"site": "my-store", "email": "a@b.example", "api_token": TOKEN, "queues": "returns"}
    assert problems_with(ZendeskSettings(**good)) == {}
    assert list(problems_with(ZendeskSettings(**{**good, **wrong}))) == [field]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://help.example"}, "url"),
        ({"url": "https://a@help.example"}, "url"),
        ({"url": "https://help.example/../x?y"}, "url"),
        ({"api_token": "short"}, "api_token"),
        ({"queues": "Returns desk"}, "queues"),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(wrong: dict[str, str], field: str) -> None:
    good = {"url": "https://help.example/baton", "api_token": TOKEN, "queues": "returns"}
    assert helpdesk.problems_with(HelpdeskSettings(**good)) == {}
    assert list(helpdesk.problems_with(HelpdeskSettings(**{**good, **wrong}))) == [field]
