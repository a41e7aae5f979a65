"""The API: what a key opens, what it does not, and that nothing sent to it breaks it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings

from baton.api.urls import api
from baton.core.errors import Forbidden, InvalidInput
from baton.core.roles import Role
from baton.core.scopes import Scope
from baton.services.desk import api_keys
from baton.services.desk.api_keys import Wanted
from baton.services.workspace import workspaces
from baton.store.models import (
    ApiKey,
    AuditEntry,
    Consent,
    Contact,
    Conversation,
    Location,
    Message,
)
from tests.api.conftest import Keyed
from tests.web.conftest import _PLACE as PLACE
from tests.web.conftest import Gym, Screen

OPENS = {
    "/api/v1/conversations": Scope.CONVERSATIONS,
    "/api/v1/kpis": Scope.REPORTS,
    "/api/v1/audit": Scope.AUDIT,
}


WRITES = {
    "/conversations/{conversation_id}/notes": (Scope.NOTES, {"text": "Look", "key": "1"}),
    "/contacts/{contact_id}/events": (Scope.EVENTS, {"event": "parcel_lost", "key": "1"}),
}


def test_what_a_key_writes_is_kept_once_and_speaks_for_nobody(gym: Gym, keyed: Keyed) -> None:
    conversation, other = (gym.hear(who, "When do you open?") for who in ("one", "two"))
    contact = Conversation.objects.get(id=conversation).contact_id
    ids = {"conversation_id": conversation, "contact_id": contact}
    sent = Message.objects.filter(is_note=False).count()
    for path, (wanted, body) in WRITES.items():
        where = f"/api/v1{path}".format(**ids)
        for scope in Scope:
            answer = keyed(scope).post(where, body, content_type="application/json")
            assert answer.status_code == (403 if scope is not wanted else 201 + ("even" in path))
        client = keyed(wanted)
        for _ in range(2):
            assert client.post(where, body, content_type="application/json").status_code < 300
        nowhere = f"/api/v1{path}".format(conversation_id="0" * 32, contact_id="0" * 32)
        assert client.post(nowhere, body, content_type="application/json").status_code == 404
        wrong = client.post(where, {**body, "key": ""}, content_type="application/json")
        assert wrong.status_code == 422
    gym.step(minutes=1)
    written = Message.objects.count()
    neighbour = workspaces.create(gym.house, name="South", pack_name="fitness", place=PLACE)
    client = keyed(*Scope)
    ApiKey.objects.update(workspace_id=neighbour.id)
    for path, (_, body) in WRITES.items():
        where = f"/api/v1{path}".format(**ids)
        assert client.post(where, body, content_type="application/json").status_code == 404
    assert Message.objects.count() == written
    notes = Message.objects.filter(is_note=True, conversation_id=conversation)
    assert notes.count() == 2  # once for each key, whatever was asked again
    assert not Message.objects.filter(is_note=True, conversation_id=other).exists()
    assert len(gym.deeds("noted")) == 2
    assert {actor.partition(":")[0] for actor, _ in gym.deeds("event_told")} == {"api_key"}
    assert Message.objects.filter(is_note=False).count() == sent


@pytest.mark.req("DI15", "H17", "P12", "P1")
def test_a_key_marks_a_record_as_sensitive_and_tells_a_consent(gym: Gym, keyed: Keyed) -> None:
    gym.hear("one", "When do you open?")
    contact = Contact.objects.get()
    client = keyed(Scope.EVENTS)
    facts = {"purpose": "promotional", "source": "desk", "channel": "webchat"}
    for place, (event, about) in enumerate(
        [("record_marked_sensitive", {}), ("consent_given", facts)]
    ):
        told = {"event": event, "facts": about, "key": f"{place}"}
        where = f"/api/v1/contacts/{contact.id}/events"
        assert client.post(where, told, content_type="application/json").status_code == 202
    gym.step(minutes=1)
    contact.refresh_from_db()
    assert contact.marks["tags"] == ["sensitive"]
    given = Consent.objects.get(contact_id=contact.id, purpose="promotional")
    assert (given.is_granted, given.source) == (True, "desk")


def test_a_key_opens_what_it_was_made_for_and_no_more(gym: Gym, keyed: Keyed) -> None:
    gym.hear("visitor-1", "When do you open? I am at 020 7946 0123", name="Zanzibar")
    addresses = {f"/api/v1{path}" for path in api.get_openapi_schema()["paths"]}
    assert {one.rpartition("/api/v1")[2] for one in addresses} == {
        "/key",
        *(one.removeprefix("/api/v1") for one in OPENS),
        *WRITES,
    }
    for scope in Scope:
        client = keyed(scope)
        told = client.get("/api/v1/key").json()
        assert (told["name"], told["scopes"]) == ("Warehouse", [scope.value])
        for path, wanted in OPENS.items():
            answer = client.get(path)
            assert answer.status_code == (200 if wanted is scope else 403), (path, scope)
            assert "Zanzibar" not in answer.content.decode()
            assert "7946" not in answer.content.decode()


@pytest.fixture
def talks(gym: Gym) -> dict[str, str]:
    """A conversation at each of two places, by the place."""
    first = Location.objects.get()
    here, first.pk, first.id = first.id, None, "quayside"
    first.save(force_insert=True)
    made = {one: gym.hear(f"visitor-{one}", "When do you open?") for one in (here, "quayside")}
    for where, talk in made.items():
        Contact.objects.filter(conversation_id=talk).update(location_id=where)
        Conversation.objects.filter(id=talk).update(location_id=where)
    return made


_NO_TRAIL = tuple(one for one in Scope if one is not Scope.AUDIT)


def bound_to(*places: str, scopes: Collection[Scope] = _NO_TRAIL) -> Wanted:
    return Wanted(name="Quay", scopes=scopes, days=9, locations=places)


@pytest.mark.req("P10")
@pytest.mark.parametrize("places", [(), ("quayside",)])
def test_a_key_of_some_places_meets_the_contacts_of_these_alone(
    gym: Gym, talks: dict[str, str], places: tuple[str, ...]
) -> None:
    key = api_keys.make(gym.house, gym.hire("Lead", Role.ADMIN), bound_to(*places))
    client = Client(headers={"authorization": f"Bearer {key}"})
    assert client.get("/api/v1/key").json()["locations"] == [*places]
    seen = {talks[one] for one in places or talks}
    listed = client.get("/api/v1/conversations").json()["items"]
    assert {one["id"] for one in listed} == seen
    kpis = {one["name"]: one for one in client.get("/api/v1/kpis").json()}
    assert kpis["automated_resolution"]["among"] == len(seen)
    for talk in talks.values():
        contact = Conversation.objects.get(id=talk).contact_id
        for path, (_, body) in WRITES.items():
            where = f"/api/v1{path}".format(conversation_id=talk, contact_id=contact)
            answer = client.post(where, body, content_type="application/json")
            assert (answer.status_code == 404) is (talk not in seen)


@pytest.mark.req("P10")
def test_nobody_makes_a_key_of_more_than_is_theirs(gym: Gym, talks: dict[str, str]) -> None:
    here = next(iter(talks))
    lead = gym.hire("Lead", Role.ADMIN)
    api_keys.make(gym.house, lead, bound_to())
    for wanted in (bound_to("quayside", scopes=tuple(Scope)), bound_to("nowhere")):
        with pytest.raises(InvalidInput):
            api_keys.make(gym.house, lead, wanted)  # the trail is of all places
    lead.locations = ["quayside"]
    for wanted in (bound_to(), bound_to(here), bound_to("quayside", here)):
        with pytest.raises(InvalidInput):
            api_keys.make(gym.house, lead, wanted)
    with pytest.raises(Forbidden):
        api_keys.revoke(gym.house, lead, ApiKey.objects.get().id)
    api_keys.make(gym.house, lead, bound_to("quayside"))
    lead.save()
    page = gym.screen_of(lead).get("/settings/api-keys").text
    assert ('value="quayside"' in page, f'value="{here}"' in page) == (True, False)


def test_without_a_key_in_use_nothing_opens(gym: Gym, keyed: Keyed) -> None:
    client = keyed(Scope.AUDIT, days=1)
    assert client.get("/api/v1/audit").status_code == 200
    for header in ("", "Bearer", "Bearer baton_nothing", "Basic eDp5", "Bearer \N{SNOWMAN}"):
        refused = Client(headers={"authorization": header}).get("/api/v1/audit")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "no_key"), header
    gym.clock.advance(timedelta(days=1))
    assert client.get("/api/v1/audit").status_code == 401


def test_conversations_come_page_by_page_and_of_one_workspace(gym: Gym, keyed: Keyed) -> None:
    mine = [gym.hear(f"visitor-{n}", "When do you open?") for n in range(3)]
    client = keyed(Scope.CONVERSATIONS)
    first = client.get("/api/v1/conversations", {"limit": 2}).json()
    rest = client.get("/api/v1/conversations", {"after": first["following"]}).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == mine
    assert rest["following"] is None
    other = workspaces.create(gym.house, name="South", pack_name="fitness", place=PLACE)
    ApiKey.objects.update(workspace_id=other.id)
    assert client.get("/api/v1/conversations").json()["items"] == []


@pytest.mark.req("P10", "P11")
def test_the_trail_is_read_in_order_and_holds_together(gym: Gym, keyed: Keyed) -> None:
    client = keyed(Scope.AUDIT)
    first = client.get("/api/v1/audit", {"limit": 1}).json()["items"]
    rest = client.get("/api/v1/audit", {"after": first[0]["seq"]}).json()["items"]
    assert rest[0]["previous_hash"] == first[0]["hash"]
    assert len(rest) == AuditEntry.objects.filter(workspace_id=gym.workspace.id).count() - 1


def test_the_page_shows_a_key_once_and_revokes_it_at_once(gym: Gym, robin: Screen) -> None:
    assert robin.post("/settings/api-keys/make", name="", days="0").status == 422
    page = robin.post("/settings/api-keys/make", name="Lake", days="30", scopes="audit:read").text
    key = page.partition('value="baton_')[2].partition('"')[0]
    client = Client(headers={"authorization": f"Bearer baton_{key}"})
    assert client.get("/api/v1/audit").status_code == 200
    again = robin.get("/settings/api-keys").text
    assert key not in again
    assert "never" not in again  # it was used
    assert key not in str(list(ApiKey.objects.values()))
    [row] = ApiKey.objects.all()
    assert robin.post(f"/settings/api-keys/{row.id}/revoke").status == 302
    assert client.get("/api/v1/audit").status_code == 401
    assert [subject for _, subject in gym.deeds("api_key_revoked")] == [f"api_key:{row.id}"]


def test_a_key_that_asks_too_often_waits(keyed: Keyed, monkeypatch: pytest.MonkeyPatch) -> None:
    [throttle] = api.throttle if isinstance(api.throttle, list) else [api.throttle]
    monkeypatch.setattr(throttle, "num_requests", 3)
    client = keyed(Scope.AUDIT)
    codes = [client.get("/api/v1/key").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_whatever_is_sent_to_it_it_answers_as_it_says(keyed: Keyed) -> None:
    """Schemathesis makes requests of the description, and holds every answer against it."""
    # Here, where alone it is needed: it takes a second to import, and each process imports tests.
    import schemathesis  # noqa: PLC0415
    from schemathesis.core.result import Ok  # noqa: PLC0415

    key = keyed(*Scope).defaults["HTTP_AUTHORIZATION"]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked = 0

    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(headers={"Authorization": key})

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        made = found.ok().as_strategy()
        settings(
            max_examples=4,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(given(case=made)(ask))()
    assert asked >= 8
