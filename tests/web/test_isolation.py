"""Workspaces side by side: nothing of one is read or changed from another, by any page or role.

The plan is the console's own map of addresses: whoever adds an address whose ids are not known
here is told by a test that fails, and every other address is asked by every role of a
neighbour, for ids that exist, read and written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Role
from baton.services.workspace import workspaces
from baton.store import models as store
from baton.store.models import Contact, User, Workspace
from tests.support.bare_rows import bare
from tests.web.conftest import _PLACE as PLACE
from tests.web.conftest import Gym

WORD = "Zanzibar"
OWNED: dict[str, type[models.Model]] = {
    "activity_id": store.Activity,
    "key_id": store.ApiKey,
    "approval_id": store.Approval,
    "assessment_id": store.PastAssessment,
    "booking_id": store.Booking,
    "browser_id": store.StaffBrowser,
    "delivery_id": store.SystemDelivery,
    "escalation_id": store.Escalation,
    "example_id": store.TaughtExample,
    "failure_id": store.Failure,
    "file_id": store.Attachment,
    "import_id": store.Import,
    "inbox_id": store.Inbox,
    "invoice_id": store.Invoice,
    "macro_id": store.Macro,
    "membership_id": store.Membership,
    "merge_id": store.Merge,
    "order_id": store.Order,
    "phase_id": store.SupervisedPhase,
    "photo_id": store.ReturnPhoto,
    "return_id": store.Return,
    "review_id": store.Review,
    "slot_id": store.Slot,
    "suggestion_id": store.ArticleSuggestion,
    "system_id": store.ConnectedSystem,
    "task_id": store.Task,
    "turn_id": store.Turn,
    "version_id": store.TemplateVersion,
    "view_id": store.SavedView,
}
_MADE = ("conversation_id", "contact_id", "member_id", "pk", "session_id")
# Words and places of an address that name nothing of a workspace by themselves.
WORDS = {
    "deed": "retire",
    "kind": "shopify",
    "language": "en",
    "name": "take",
    "number": 1,
    "provider": "webchat",
    "step": "start",
    "version": 1,
}
DEEDS = {
    "answer_approval": "approve",
    "booking_deed": "cancel",
    "contact_deed": "merge",
    "invoice_deed": "void",
    "order_deed": "cancel",
    "person_deed": "close",
    "return_deed": "withdraw",
}
# Things that are known by a name: one that stands in the other workspace alone.
NAMED = {
    "baton.web.flows",
    "baton.web.knowledge",
    "baton.web.pilot",
}
# Open to whoever holds what stands in the address, or to nobody signed in.
BY_TOKEN = {"begin", "preferences", "tap", "demo_sign_in", "welcome", "begin_vouched"}
# Shown only behind an opened transcript, two contacts, kept bytes, one's own sign-in: their own
# tests open them.
BEHIND = {"browser_id", "file_id", "merge_id", "photo_id"}
REFUSED = (NotFound, Forbidden, Conflict, InvalidInput, Http404, PermissionDenied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Two businesses in one database: what is asked for is the first one's."""

    theirs: str
    ids: dict[str, Any]
    words: tuple[str, ...]
    people: dict[Role, User]


@pytest.fixture
def neighbours(gym: Gym) -> Neighbours:
    conversation = gym.hear("visitor-1", f"Is {WORD} open?", name=WORD)
    theirs = gym.workspace.id
    member = gym.hire(WORD, Role.AGENT)
    contact = Contact.objects.get()
    bare(store.Attachment, WORD, workspace_id=theirs, conversation_id=conversation)
    bare(store.Merge, WORD, workspace_id=theirs, contact_id=contact.id)
    ids = {name: _kept(kind, theirs) for name, kind in OWNED.items() if name != "photo_id"}
    photo = bare(store.ReturnPhoto, WORD, workspace_id=theirs, return_id=ids["return_id"])
    ids |= {
        "photo_id": photo.id,
        "conversation_id": conversation,
        "contact_id": contact.id,
        "member_id": member.id,
        "pk": bare(Authenticator, WORD, user=member, type="webauthn").pk,
        "session_id": bare(UserSession, WORD, user=member, ip="127.0.0.1").pk,
    }
    for kind in (store.FlowVersion, store.Article, store.ArticleVersion, store.Rollout):
        bare(kind, WORD, workspace_id=theirs)
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
    return Neighbours(theirs=theirs, ids=ids, words=(WORD, *map(str, ids.values())), people=people)


@pytest.mark.req("P24")
def test_no_role_reads_or_changes_anything_of_another_workspace(neighbours: Neighbours) -> None:
    before = _rows_of(neighbours.theirs)
    told = []
    for pattern in _addresses():
        if not pattern.pattern.converters or pattern.name in BY_TOKEN:
            continue
        given = _arguments(pattern, neighbours.ids)
        for role, user in neighbours.people.items():
            for method in ("GET", "POST"):
                answer = _ask(pattern, user, method, given, neighbours)
                if answer and (leak := _leak(answer, given, neighbours)):
                    told.append(f"{method} {pattern.name} as {role}: {leak}")
    assert not told
    assert _rows_of(neighbours.theirs) == before


@pytest.mark.req("P24")
def test_no_list_or_report_shows_anything_of_another_workspace(neighbours: Neighbours) -> None:
    told = []
    for pattern in _addresses():
        if pattern.pattern.converters:
            continue
        for role in (Role.OPERATIONS, Role.AUDITOR):
            answer = _ask(pattern, neighbours.people[role], "GET", {}, neighbours)
            if answer and (leak := _leak(answer, {}, neighbours)):
                told.append(f"{pattern.name} as {role}: {leak}")
    assert not told


def test_the_ids_that_are_asked_for_are_found_by_their_own_people(neighbours: Neighbours) -> None:
    """What nobody finds proves nothing: each id opens some address for its own people."""
    own = bare(User, "own", workspace_id=neighbours.theirs, role=Role.OPERATIONS.value)
    member = User.objects.get(name=WORD)
    lost = {*OWNED, *_MADE} - BEHIND
    for pattern in _addresses():
        given = _arguments(pattern, neighbours.ids)
        if set(given) & lost and any(
            _is_found(pattern, user, method, given)
            for user in (own, member)
            for method in ("GET", "POST")
        ):
            lost -= set(given)
    assert not lost


def _kept(kind: type[models.Model], workspace_id: str) -> Any:
    found = kind._default_manager.filter(workspace_id=workspace_id).first()
    return (found or bare(kind, WORD, workspace_id=workspace_id)).pk


def _addresses() -> Iterator[URLPattern]:
    def walk(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one

    return walk(get_resolver().url_patterns)


def _arguments(pattern: URLPattern, ids: dict[str, Any]) -> dict[str, Any]:
    """Return what an address is asked with; raises KeyError for an id that nobody placed."""
    if pattern.name in BY_TOKEN:
        return {}
    given = {name: ids[name] if name in ids else WORDS[name] for name in pattern.pattern.converters}
    room = pattern.callback.__module__.rpartition(".")[0]
    if "name" in given:
        given["name"] = WORD if room in NAMED else DEEDS.get(pattern.name or "", given["name"])
    return given


def _ask(
    pattern: URLPattern, user: User, method: str, given: dict[str, Any], known: Neighbours
) -> HttpResponseBase | None:
    """Return what a view answers, None for a refusal; the request is as middleware makes it."""
    request = _request(user, method, known)
    try:
        with context.request_context(request):
            answer: HttpResponseBase = pattern.callback(request, **given)
    except REFUSED:
        return None
    return answer


def _is_found(pattern: URLPattern, user: User, method: str, given: dict[str, Any]) -> bool:
    request = _request(user, method, None)
    try:
        with context.request_context(request):
            answer = pattern.callback(request, **given)
    except (NotFound, Http404):
        return False
    except Exception:  # noqa: BLE001 - a bare row may be more than a page can bear: it was found
        return True
    return answer.status_code not in (404, 405)


def _request(user: User, method: str, known: Neighbours | None) -> HttpRequest:
    posted = _posted(known) if known else {}
    make = RequestFactory()
    request = make.get("/") if method == "GET" else make.post("/", posted)
    request.user = user
    request.session = SessionStore()
    request.allauth = None  # type: ignore[attr-defined] # as its middleware does
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    request.htmx = False  # type: ignore[attr-defined] # as its middleware does
    return request


def _posted(known: Neighbours) -> dict[str, Any]:
    """Return fields that forms have, naming what is the other workspace's."""
    ids = known.ids
    return {
        "to": f"user:{ids['member_id']}",
        "other": ids["contact_id"],
        "contact": ids["contact_id"],
        "template": ids["version_id"],
        "message": ids["turn_id"],
        "text": "Hello",
        "reason": "Because",
        "channel": "webchat",
    }


def _leak(answer: HttpResponseBase, given: dict[str, Any], known: Neighbours) -> str:
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    body = answer.getvalue() if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = body.decode(errors="replace")
    asked = {str(value) for value in given.values()}
    found = [word for word in known.words if len(word) > 3 and word in text and word not in asked]
    return f"says {found[0]}" if found else ""


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
