"""The console's own map of addresses, asked one by one: for tests of who is answered what.

Whoever adds an address whose ids are not known here is told by a test that fails.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Role
from baton.store import models as store
from baton.store.models import Contact, User
from tests.support.bare_rows import bare
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
    "return_id": store.Return,
    "photo_id": store.ReturnPhoto,
    "review_id": store.Review,
    "slot_id": store.Slot,
    "suggestion_id": store.ArticleSuggestion,
    "system_id": store.ConnectedSystem,
    "task_id": store.Task,
    "turn_id": store.Turn,
    "version_id": store.TemplateVersion,
    "view_id": store.SavedView,
}
MADE = ("conversation_id", "contact_id", "member_id", "pk", "session_id")
# What a row of a kind says besides, so that pages can bear it.
STANDING: dict[str, dict[str, str]] = {
    "approval_id": {"state": "proposed", "asked": "manager"},
    "booking_id": {"state": "booked"},
    "invoice_id": {"state": "open"},
    "membership_id": {"state": "active"},
    "order_id": {"state": "delivered"},
    "return_id": {"state": "specialist", "reason": "size"},
}
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
# Open to a key, which is of the whole workspace.
BY_KEY = {"add_note", "tell_event"}
# Shown only behind an opened transcript, two contacts, kept bytes, one's own sign-in: their own
# tests open them.
BEHIND = {"browser_id", "file_id", "merge_id", "photo_id"}
CLOSED = (NotFound, Forbidden, Http404, PermissionDenied)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfEach:
    """A business with one of everything that an address can name, by its name in addresses."""

    workspace_id: str
    ids: dict[str, Any]


def one_of_each(gym: Gym) -> OneOfEach:
    """Let there be a row of each kind that an address can name; all speak of the word."""
    made = one_of_each_of_a_contact(gym, WORD)
    ids, theirs = dict(made.ids), made.workspace_id
    for name, kind in OWNED.items():
        ids.setdefault(name, _kept(kind, theirs, WORD, {}))
    member = gym.hire(WORD, Role.AGENT)
    ids |= {
        "member_id": member.id,
        "pk": bare(Authenticator, WORD, user=member, type="webauthn").pk,
        "session_id": bare(UserSession, WORD, user=member, ip="127.0.0.1").pk,
    }
    for kind in (store.FlowVersion, store.Article, store.ArticleVersion, store.Rollout):
        bare(kind, WORD, workspace_id=theirs)
    return OneOfEach(workspace_id=theirs, ids=ids)


def one_of_each_of_a_contact(gym: Gym, word: str) -> OneOfEach:
    """Let there be a row of each kind that belongs to somebody, of a contact named by the word."""
    conversation = gym.hear("visitor-1", f"Is {WORD} open?", name=WORD)
    ids: dict[str, Any] = {
        "contact_id": Contact.objects.get().id,
        "conversation_id": conversation,
    }
    for name, kind in OWNED.items():
        fields = {field.name for field in kind._meta.fields}
        own = {one: ids[one] for one in _OWNERS if one in fields and one in ids}
        if own:
            ids[name] = _kept(kind, gym.workspace.id, word, {**own, **STANDING.get(name, {})})
    return OneOfEach(workspace_id=gym.workspace.id, ids=ids)


_OWNERS = ("contact_id", "conversation_id", "return_id")


def _kept(kind: type[models.Model], workspace_id: str, word: str, told: dict[str, Any]) -> Any:
    found = kind._default_manager.filter(workspace_id=workspace_id).first()
    return (found or bare(kind, word, workspace_id=workspace_id, **told)).pk


def addresses() -> Iterator[URLPattern]:
    """Yield every address of the console."""

    def walk(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one

    return walk(get_resolver().url_patterns)


def arguments(pattern: URLPattern, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an address is asked with; raises KeyError for an id that nobody placed."""
    if pattern.name in BY_TOKEN:
        return {}
    given = {name: ids[name] if name in ids else WORDS[name] for name in pattern.pattern.converters}
    room = pattern.callback.__module__.rpartition(".")[0]
    if "name" in given:
        given["name"] = WORD if room in NAMED else DEEDS.get(pattern.name or "", given["name"])
    return given


def ask(
    pattern: URLPattern,
    user: User,
    method: str,
    given: Mapping[str, Any],
    posted: Mapping[str, Any],
) -> HttpResponseBase | None:
    """Return what a view answers, None where it is closed; asked as middleware asks."""
    request = request_of(user, method, posted)
    try:
        with context.request_context(request):
            answer: HttpResponseBase = pattern.callback(request, **given)
    except CLOSED:
        return None
    except (Conflict, InvalidInput):
        return HttpResponse(status=422)
    return answer


def request_of(user: User, method: str, posted: Mapping[str, Any]) -> HttpRequest:
    """Return a request of somebody signed in."""
    make = RequestFactory()
    request = make.get("/", posted) if method == "GET" else make.post("/", dict(posted))
    request.user = user
    request.session = SessionStore()
    request.allauth = None  # type: ignore[attr-defined] # as its middleware does
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    request.htmx = False  # type: ignore[attr-defined] # as its middleware does
    return request


def posted(ids: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields that forms have, naming what somebody else's is."""
    return {
        "to": f"user:{ids.get('member_id', '')}",
        "other": ids["contact_id"],
        "contact": ids["contact_id"],
        "template": ids.get("version_id", ""),
        "message": ids["turn_id"],
        "text": "Hello",
        "reason": "Because",
        "channel": "webchat",
    }


def leak(answer: HttpResponseBase, given: Mapping[str, Any], words: tuple[str, ...]) -> str:
    """Return what an answer says of somebody else, "" for nothing."""
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    text = text_of(answer)
    asked = {str(value) for value in given.values()}
    found = [word for word in words if len(word) > 3 and word in text and word not in asked]
    return f"says {found[0]}" if found else ""


def text_of(answer: HttpResponseBase) -> str:
    """Return a whole answer as text."""
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    body = answer.getvalue() if answer.streaming else answer.content  # type: ignore[attr-defined]
    return str(body.decode(errors="replace"))
