"""Workspaces side by side: nothing of one is read or changed from another, by any page or role.

The plan is the console's own map of addresses: every address is asked by every role of a
neighbour, for ids that exist, read and written.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from allauth.core import context
from django.apps import apps
from django.http import Http404
from django.urls import URLPattern

from baton.core.errors import NotFound
from baton.core.roles import Role
from baton.services.workspace import workspaces
from baton.store.models import User, Workspace
from tests.support.bare_rows import bare
from tests.web import addresses
from tests.web.addresses import BEHIND, BY_TOKEN, WORD, arguments
from tests.web.conftest import _PLACE as PLACE
from tests.web.conftest import Gym


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Two businesses in one database: what is asked for is the first one's."""

    theirs: str
    ids: dict[str, Any]
    words: tuple[str, ...]
    people: dict[Role, User]


@pytest.fixture
def neighbours(gym: Gym) -> Neighbours:
    made = addresses.one_of_each(gym)
    other = workspaces.create(
        gym.house, name="Southside", pack_name="fitness", place=PLACE, is_supervised=False
    )
    people = {
        role: workspaces.create_user(
            gym.house,
            other.id,
            email=f"{role}@south.example",
            name=role.value,
            role=role,
            password=None,
            skills=("billing", "retention", "clinical", "bookings"),
        )
        for role in Role
    }
    words = (WORD, *map(str, made.ids.values()))
    return Neighbours(theirs=made.workspace_id, ids=made.ids, words=words, people=people)


@pytest.mark.req("P24")
def test_no_role_reads_or_changes_anything_of_another_workspace(neighbours: Neighbours) -> None:
    before, fields = _rows_of(neighbours.theirs), addresses.posted(neighbours.ids)
    told = []
    for pattern in addresses.addresses():
        if not pattern.pattern.converters or pattern.name in BY_TOKEN:
            continue
        given = arguments(pattern, neighbours.ids)
        for role, user in neighbours.people.items():
            for method in ("GET", "POST"):
                asked = {} if method == "GET" else fields
                answer = addresses.ask(pattern, user, method, given, asked)
                if answer and (leak := addresses.leak(answer, given, neighbours.words)):
                    told.append(f"{method} {pattern.name} as {role}: {leak}")
    assert not told
    assert _rows_of(neighbours.theirs) == before


@pytest.mark.req("P24")
def test_no_list_or_report_shows_anything_of_another_workspace(neighbours: Neighbours) -> None:
    told = []
    for pattern in addresses.addresses():
        if pattern.pattern.converters:
            continue
        for role in (Role.OPERATIONS, Role.AUDITOR):
            answer = addresses.ask(pattern, neighbours.people[role], "GET", {}, {})
            if answer and (leak := addresses.leak(answer, {}, neighbours.words)):
                told.append(f"{pattern.name} as {role}: {leak}")
    assert not told


def test_the_ids_that_are_asked_for_are_found_by_their_own_people(neighbours: Neighbours) -> None:
    """What nobody finds proves nothing: each id opens some address for its own people."""
    own = bare(User, "own", workspace_id=neighbours.theirs, role=Role.OPERATIONS.value)
    member = User.objects.get(name=WORD)
    lost = {*neighbours.ids} - BEHIND
    for pattern in addresses.addresses():
        given = arguments(pattern, neighbours.ids)
        if set(given) & lost and any(
            _is_found(pattern, user, method, given)
            for user in (own, member)
            for method in ("GET", "POST")
        ):
            lost -= set(given)
    assert not lost


def _is_found(pattern: URLPattern, user: User, method: str, given: dict[str, Any]) -> bool:
    request = addresses.request_of(user, method, {})
    try:
        with context.request_context(request):
            answer = pattern.callback(request, **given)
    except (NotFound, Http404):
        return False
    except Exception:  # noqa: BLE001 - a bare row may be more than a page can bear: it was found
        return True
    return answer.status_code not in (404, 405)


def _rows_of(workspace_id: str) -> dict[str, list[Any]]:
    """Return every row of a workspace, to the last field."""
    told: dict[str, list[Any]] = {
        "workspace": list(Workspace.objects.filter(id=workspace_id).values_list())
    }
    for kind in apps.get_app_config("store").get_models():
        if any(field.name == "workspace_id" for field in kind._meta.fields):
            rows = kind._default_manager.filter(workspace_id=workspace_id)
            told[kind.__name__] = list(rows.order_by("pk").values_list())
    return told
