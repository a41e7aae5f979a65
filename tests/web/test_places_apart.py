"""Places side by side: who works for one reads and changes nothing of another one's contacts.

The plan is the console's own map of addresses, as between workspaces: every address is asked by
somebody of each role who works elsewhere, for what belongs to a contact of another place.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern

from baton.core.roles import Action, Role, may
from baton.store import models as store
from baton.store.models import Contact, Conversation, Location, User
from tests.support.bare_rows import bare
from tests.web import addresses
from tests.web.addresses import BY_TOKEN, WORD, OneOfEach, arguments
from tests.web.conftest import Gym

_OF_CONTACT = {"contact_id", "conversation_id", "order_id", "return_id"}
_SHOWN = {
    "approvals", "breaches", "contacts", "export_consents", "export_failures", "failures",
    "feedback", "inbox", "inbox_list", "invoices", "leaving", "members", "monitor",
    "orders", "retention_report", "returns", "review", "tasks",
}  # fmt: skip
"""The lists that show something of the contact to who works where they belong."""
_ASKED = {
    "feedback": {"kind": "csat"},
    "inbox": {"folder": "bot"},
    "inbox_list": {"folder": "bot"},
    "orders": {"state": "all"},
}
_WHOLE = {"audit", "export_audit"}
"""The trail is the whole house's: by ids and tokens it proves who did what, wherever."""


@pytest.fixture
def apart(gym: Gym) -> OneOfEach:
    """One of everything of a contact of the quayside, who is at risk, unhappy and waited for."""
    made = addresses.one_of_each_of_a_contact(gym, "Common")
    first = Location.objects.get()
    first.pk, first.id, first.name = None, "quayside", "Quayside"
    first.save(force_insert=True)
    Contact.objects.update(location_id="quayside")
    now, whose = gym.clock.now(), {"workspace_id": gym.workspace.id}
    contact_id = made.ids["contact_id"]
    theirs = {**whose, "contact_id": contact_id}
    talk = {**theirs, "conversation_id": made.ids["conversation_id"]}
    Conversation.objects.update(failed_attempts=1, handled_by="bot", status="open")
    task = f"task:{made.ids['task_id']}"
    store.Task.objects.update(title_sealed=gym.house.keyset.seal("Call them", task))
    at = {"since": now, "scored_at": now}
    bare(store.ChurnScore, WORD, id=contact_id, **whose, **at, is_at_risk=True, signs="[]")
    told = {"asked_at": now, "answered_at": now, "rating": 1, "words_sealed": b""}
    bare(store.SurveyResponse, WORD, **talk, **told, kind="csat", follows_id=None)
    talk.pop("contact_id")
    bare(store.Breach, WORD, **talk, ended_at=None, due_at=now, reason="first_response")
    bare(store.Retention, WORD, **talk, told_at=now, wish="cancel", outcome="saved", offer="")
    bare(store.Consent, WORD, **theirs, channel="sms", purpose="marketing")
    return made


def people_of(gym: Gym, location: str) -> list[User]:
    """Return somebody of each role who works for a place; one of those that may do the same."""
    alike = {tuple(may(role, deed) for deed in Action): role for role in Role}
    return [
        bare(
            User,
            f"{role}{location[:4]}",
            email=f"{role}@{location}.example",
            workspace_id=gym.workspace.id,
            role=role.value,
            locations=[location],
            skills=["billing", "retention", "clinical", "bookings"],
        )
        for role in alike.values()
    ]


@pytest.mark.req("P10", "P24")
def test_no_role_reads_or_changes_anything_of_another_place(gym: Gym, apart: OneOfEach) -> None:
    people = people_of(gym, Location.objects.exclude(id="quayside").get().id)
    fields, before = addresses.posted(apart.ids), _rows_of_contacts()
    opened = []
    for pattern in _of_contacts(apart):
        given = arguments(pattern, apart.ids)
        for user in people:
            for method in ("GET", "POST"):
                answer = addresses.ask(
                    pattern, user, method, given, {} if method == "GET" else fields
                )
                # No refusal of theirs but this one: another would say that there is such a thing.
                if answer and answer.status_code != 405:
                    opened.append(f"{method} {pattern.name} as {user.role}: {answer.status_code}")
    assert not opened
    assert _rows_of_contacts() == before


@pytest.mark.req("P10", "P24")
def test_no_list_shows_anything_of_another_place(gym: Gym, apart: OneOfEach) -> None:
    words = (WORD, apart.ids["contact_id"], apart.ids["conversation_id"])
    first = Location.objects.exclude(id="quayside").get().id
    there, elsewhere = (
        next(one for one in people_of(gym, place) if one.role == Role.OPERATIONS)
        for place in ("quayside", first)
    )
    shown: set[str] = set()
    leaks = []
    for pattern in addresses.addresses():
        name = str(pattern.name)
        if pattern.pattern.converters or name.startswith("mfa_") or name in _WHOLE:
            continue
        # Who works there looks first: what is drawn for many is drawn for those who see alike.
        if (answer := addresses.ask(pattern, there, "GET", {}, _ASKED.get(name, {}))) and (
            addresses.leak(answer, {}, words)
        ):
            shown.add(name)
        answer = addresses.ask(pattern, elsewhere, "GET", {}, _ASKED.get(name, {}))
        if answer and (leak := addresses.leak(answer, {}, words)):
            leaks.append(f"{name}: {leak}")
    assert not leaks
    assert shown == _SHOWN


@pytest.mark.req("P10", "P24")
def test_nobody_of_another_place_is_named_in_a_form(gym: Gym, apart: OneOfEach) -> None:
    """What an address does not name, a form may: by the same rule."""
    first = Location.objects.exclude(id="quayside").get().id
    slot = bare(store.Slot, "slot", workspace_id=gym.workspace.id, location_id=first)
    gym.hear("visitor-2", "Hello")
    other = Contact.objects.exclude(id=apart.ids["contact_id"]).get()
    sam = gym.screen_of(next(one for one in people_of(gym, first) if one.role == Role.OPERATIONS))
    named, before = addresses.posted(apart.ids), _rows_of_contacts()
    told = {"conversation": apart.ids["conversation_id"], "cause": "wrong_answer"}
    answers = (
        sam.post(f"/contacts/{other.id}/merge", named),
        sam.post(f"/calendar/slots/{slot.id}/book", {**named, "places": 1}),
        sam.post("/review/failures/new", told),
    )
    assert [one.status for one in answers] == [403, 403, 403]
    assert _rows_of_contacts() == before


@pytest.mark.req("P24")
def test_whether_another_workspace_has_a_slot_is_not_told(gym: Gym) -> None:
    theirs = bare(store.Slot, "theirs", workspace_id="another", location_id="theirs")
    here = next(one for one in people_of(gym, "here") if one.role == Role.OPERATIONS)
    sam = gym.screen_of(here)
    there, nowhere = (
        sam.post(f"/calendar/slots/{one}/book", {"places": 1}) for one in (theirs.id, "nothing")
    )
    assert (there.status, there.text) == (nowhere.status, nowhere.text)


def _of_contacts(apart: OneOfEach) -> Iterator[URLPattern]:
    """Yield the console's addresses that name what belongs to the contact."""
    for pattern in addresses.addresses():
        is_console = pattern.name not in addresses.BY_KEY | BY_TOKEN
        if is_console and set(pattern.pattern.converters) & set(apart.ids):
            yield pattern


def _rows_of_contacts() -> dict[str, list[Any]]:
    """Return every row that is some contact's, to the last field."""
    return {
        kind.__name__: list(kind._default_manager.order_by("pk").values_list())
        for kind in apps.get_app_config("store").get_models()
        if _OF_CONTACT & {field.name for field in kind._meta.fields}
    }
