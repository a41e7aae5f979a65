"""Any CRM that takes a webhook hears of contacts: signed, under its own names, and once."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from baton.connectors.crm.settings import CrmSettings, problems_with
from baton.core import webhook_signature
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.webhook_signature import Signed
from baton.runtime.ports import Park
from baton.services.calls import Call, Failed, Performed
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.systems import asking, crm, systems, tidings
from baton.services.systems.tidings import ToldCrm
from baton.store.models import AuditEntry, ConnectedSystem, Contact, RuntimeEffect, Task
from tests.connectors.examples import EXAMPLES
from tests.ingress.installation import Installation
from tests.ingress.test_mirrors import answering, connect, placed_at, post
from tests.nlu.outside.server import Answer, Asked, Server, running

HUBSPOT = next(one for one in EXAMPLES if one.kind == "hubspot")


class Listener:
    """A CRM that takes webhooks, and remembers them by their names."""

    def __init__(self) -> None:
        self.took: dict[str, dict[str, Json]] = {}
        self.asked: list[Asked] = []
        self.answer = Answer(status=204)

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        self.took.setdefault(asked.headers["webhook-id"], json.loads(asked.body))
        return self.answer

    @property
    def said(self) -> list[dict[str, Json]]:
        return list(self.took.values())


@pytest.fixture
def told() -> Iterator[tuple[Listener, Server]]:
    listener = Listener()
    with running() as server:
        server.answer = listener
        yield listener, server


def _connected(gym: Installation, server: Server, **settings: object) -> tuple[ToldCrm, str]:
    """Connect a CRM in the place of the one that told of a contact."""
    with answering(HUBSPOT) as first:
        placed = placed_at(HUBSPOT, first.url)
        post(gym, placed, connect(gym, placed), HUBSPOT.told[0])
    ConnectedSystem.objects.update(is_connected=False)
    own = CrmSettings(url=f"{server.url}/hook", **settings)  # type: ignore[arg-type] # by name
    wanted = systems.Wanted(kind="crm", name="Our CRM", settings=own)
    system, secret = systems.connect(gym.house, gym.workspace.id, wanted, actor="test")
    found = tidings.find(gym.house, system)
    assert found is not None
    return found, secret


def _task(gym: Installation, title: str) -> RuntimeEffect:
    house, contact = gym.house, Contact.objects.get()
    now, task_id = house.clock.now(), house.next_id(house.clock.now())
    Task.objects.create(
        id=task_id, workspace_id=contact.workspace_id, contact_id=contact.id, conversation_id="c",
        flow="onboarding", queue="concierge", created_at=now, due_at=now + timedelta(days=1),
        title_sealed=house.keyset.seal(title, f"task:{task_id}"),
    )  # fmt: skip
    with house.engine.transaction():
        ledger = Ledger(house, now)
        crm.order(ledger, contact.workspace_id, "lane", task_id)
        ledger.flush()
    gym.step(1)
    return RuntimeEffect.objects.get(intent_key=f"crm:{task_id}")


@pytest.mark.req("P24")
def test_what_leads_into_our_own_network_waits_for_a_person() -> None:
    wanted = Asking(method="POST", url="https://10.0.0.1:8443/hook", headers={})
    outcome = asking.deliver(wanted)
    assert isinstance(outcome, Park)
    assert "BATON_OWN_NETWORK" in outcome.reason


@pytest.mark.req("DI8", "ON7")
def test_a_task_is_told_signed_under_the_crm_s_names_and_once(
    gym: Installation, told: tuple[Listener, Server]
) -> None:
    listener, server = told
    found, secret = _connected(
        gym, server, api_token="t" * 20, email_as="person.email", text_as="person.todo", phone_as=""
    )
    listener.answer = Answer(status=502)  # it was taken, and the answer is lost
    effect = _task(gym, "High priority: call a new member.")
    assert effect.state == "due"
    assert "502" in ConnectedSystem.objects.get(id=found.system.id).problem
    listener.answer = Answer(status=200, pieces=(b"ok",))  # no JSON
    fresh = systems.rotate_secret(gym.house, gym.workspace.id, found.system.id, actor="test")
    gym.step(600)
    effect.refresh_from_db()
    assert (effect.state, len(listener.asked), len(listener.said)) == ("done", 2, 1)
    kept = ConnectedSystem.objects.get(id=found.system.id)
    assert (kept.problem, kept.heard_at) == ("", gym.house.clock.now())
    [message] = listener.said
    person = message.pop("person")
    assert isinstance(person, dict)
    assert person["todo"] == "High priority: call a new member."
    assert "@" in str(person["email"])
    assert message.keys() == {"type", "at", "due_at", "is_urgent", "is_call"}
    assert (message["type"], message["is_urgent"], message["is_call"]) == ("task", True, True)
    last = listener.asked[-1]
    assert last.headers["authorization"] == f"Bearer {'t' * 20}"
    signed = Signed(
        id=last.headers["webhook-id"],
        timestamp=last.headers["webhook-timestamp"],
        signatures=last.headers["webhook-signature"],
    )
    now = gym.house.clock.now()
    for one in (secret, fresh):  # for a day both hold
        assert webhook_signature.problem_with(signed, last.body, one, now) is None
    assert AuditEntry.objects.filter(action="task_told_to_crm").count() == 1


@pytest.mark.req("DI8")
def test_how_a_contact_stands_and_notes_are_told_where_they_are_wanted(
    gym: Installation, told: tuple[Listener, Server]
) -> None:
    listener, server = told
    _connected(gym, server, tells_tasks=False)
    contact = Contact.objects.get()
    Contact.objects.filter(id=contact.id).update(marks={"tags": ["vip"]})
    with gym.house.engine.transaction():
        telling.tell(gym.house, contact.id, "order_delivered", {"order": "10442"}, key="a")
    gym.step(1)
    assert _task(gym, "Call").state == "done"
    by_type = {str(one["type"]): one for one in listener.said}
    assert by_type.keys() == {"contact", "note"}
    assert (by_type["contact"]["tags"], by_type["contact"]["order"]) == (["vip"], "")
    assert str(by_type["note"]["text"]).startswith("Order 10442: delivered.")
    call = Call(
        workspace_id=contact.workspace_id, contact_id=contact.id, by="flow:x",
        given={"text": "Paused"}, key="k",
    )  # fmt: skip
    note = crm.offered_by(gym.house)["note_in_crm"]
    assert isinstance(note(call), Performed)
    listener.answer = Answer(status=403)
    assert isinstance(note(call), Failed)


def test_a_trial_is_about_nobody_and_says_what_is_wrong(
    gym: Installation, told: tuple[Listener, Server]
) -> None:
    listener, server = told
    found, _secret = _connected(gym, server)
    assert tidings.try_out(found) == ""
    assert listener.said[0]["email"] == "trial@example.com"
    listener.answer = Answer(status=404)
    assert tidings.try_out(found) == "the system answered 404"
    assert ConnectedSystem.objects.get(id=found.system.id).problem == "the system answered 404"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, ""),
        ({"email_as": "properties.email", "phone_as": "properties.phone", "tags_as": ""}, ""),
        ({"email_as": "a b"}, "email_as"),
        ({"email_as": "type"}, "email_as"),
        ({"email_as": "person", "phone_as": "person.phone"}, "email_as"),
        ({"url": "http://crm.example/hook"}, "url"),
        ({"url": "https://user:word@crm.example/hook"}, "url"),
        ({"api_token": "two words"}, "api_token"),
        ({"tells_tasks": False, "tells_notes": False, "tells_contacts": False}, "tells_tasks"),
    ],
)
def test_what_of_its_form_cannot_be_used(given: dict[str, object], problem: str) -> None:
    settings = CrmSettings(**{"url": "https://crm.example/hook", **given})  # type: ignore[arg-type] # by name
    assert (problem in problems_with(settings)) is bool(problem)
    assert bool(problems_with(settings)) is bool(problem)
