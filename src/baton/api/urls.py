"""Every address of the API, under /api/v1, and how it refuses."""

from http import HTTPStatus
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI, Path, Query, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.throttling import AuthRateThrottle

from baton.api.keys import Key, caller_of, needs
from baton.api.shapes import (
    ConversationPage,
    ConversationShape,
    EntryPage,
    EntryShape,
    EventIn,
    KeyShape,
    KpiShape,
    NoteIn,
    Refusal,
    Taken,
)
from baton.core import ids
from baton.core.errors import BatonError, Conflict, Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.scopes import ABOUT, Scope
from baton.reports.kpis import KpiReading
from baton.services import house as houses
from baton.services.desk import machine_reads, machine_writes
from baton.services.desk.machine_reads import MAX_PAGE

OwnId = Annotated[str, Path(max_length=ids.LENGTH, pattern="^[0-9a-f]{1,32}$")]
_LONGEST_FACT = 500
_PER_MINUTE = "600/m"
_MAX_SEQ = 2**63 - 1

api = NinjaAPI(
    title="Baton",
    version="1",
    description="What other systems read of a workspace, and may tell it, by a key.",
    auth=Key(),
    throttle=[AuthRateThrottle(_PER_MINUTE)],
    docs_url=None,  # a page of scripts from elsewhere; the console loads none
)
_REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429), Refusal)
_STATUS: dict[type[BatonError], HTTPStatus] = {
    Conflict: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
}


@api.get("/key", response={200: KeyShape, **_REFUSALS})
def show_key(request: HttpRequest) -> KeyShape:
    """Tell what this key is called, and what it may do."""
    caller = caller_of(request)
    return KeyShape(
        name=caller.name,
        workspace_id=caller.workspace_id,
        scopes=sorted(caller.scopes),
        locations=list(caller.locations),
    )


@api.get(
    "/conversations",
    response={200: ConversationPage, **_REFUSALS},
    description=f"Needs `{Scope.CONVERSATIONS}`: {ABOUT[Scope.CONVERSATIONS]}.",
)
@needs(Scope.CONVERSATIONS)
def list_conversations(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=ids.LENGTH, pattern="^[0-9a-f]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> ConversationPage:
    """Tell how conversations stand, in the order they began."""
    caller = caller_of(request)
    found, following = machine_reads.list_conversations(caller, after=after, limit=limit)
    return ConversationPage(
        items=[ConversationShape.from_orm(one) for one in found], following=following
    )


@api.get(
    "/kpis",
    response={200: list[KpiShape], **_REFUSALS},
    description=f"Needs `{Scope.REPORTS}`: {ABOUT[Scope.REPORTS]}.",
)
@needs(Scope.REPORTS)
def list_kpis(
    request: HttpRequest, days: Annotated[int, Query(ge=1, le=3660)] = 28
) -> list[KpiShape]:
    """Tell every KPI of the last days, with how sure it is."""
    found = machine_reads.list_kpis(houses.current(), caller_of(request), days=days)
    return [_kpi(one) for one in found]


@api.get(
    "/audit",
    response={200: EntryPage, **_REFUSALS},
    description=f"Needs `{Scope.AUDIT}`: {ABOUT[Scope.AUDIT]}.",
)
@needs(Scope.AUDIT)
def list_entries(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, le=_MAX_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> EntryPage:
    """Tell the audit trail in order, each entry with the hash of the one before it."""
    workspace_id = caller_of(request).workspace_id
    found = machine_reads.list_entries(workspace_id, after=after, limit=limit)
    return EntryPage(items=[EntryShape.from_orm(one) for one in found])


@api.post(
    "/conversations/{conversation_id}/notes",
    response={201: Taken, 409: Refusal, **_REFUSALS},
    description=f"Needs `{Scope.NOTES}`: {ABOUT[Scope.NOTES]}.",
)
@needs(Scope.NOTES)
def add_note(request: HttpRequest, conversation_id: OwnId, note: NoteIn) -> Status[Taken]:
    """Leave a note, signed with the name of the key."""
    machine_writes.add_note(
        houses.current(), caller_of(request), conversation_id, note.text, key=note.key
    )
    return Status(HTTPStatus.CREATED, Taken())


@api.post(
    "/contacts/{contact_id}/events",
    response={202: Taken, **_REFUSALS},
    description=f"Needs `{Scope.EVENTS}`: {ABOUT[Scope.EVENTS]}.",
)
@needs(Scope.EVENTS)
def tell_event(request: HttpRequest, contact_id: OwnId, told: EventIn) -> Status[Taken]:
    """Tell what happened to a contact; it is decided in the order of whatever else happens."""
    facts: dict[str, Json] = {name: _short(value) for name, value in told.facts.items()}
    machine_writes.tell(
        houses.current(), caller_of(request), contact_id, told.event, facts, key=told.key
    )
    return Status(HTTPStatus.ACCEPTED, Taken())


def _short(value: float | str) -> Json:
    """Return a fact's value; raises InvalidInput for a text that is none of a fact."""
    if isinstance(value, str) and len(value) > _LONGEST_FACT:
        raise InvalidInput({"facts": f"A text has at most {_LONGEST_FACT} characters."})
    return value


def _kpi(found: KpiReading) -> KpiShape:
    lies = found.interval
    return KpiShape(
        name=found.kpi.name,
        title=found.kpi.title,
        value=found.value,
        low=lies.low if lies else None,
        high=lies.high if lies else None,
        unit=found.kpi.unit.value,
        count=found.count,
        among=found.among,
        is_enough=found.is_enough,
    )


def _refused(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    told = {"error": {"code": code, "message": message}}
    response = api.create_response(request, told, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@api.exception_handler(BatonError)
def _baton_error(request: HttpRequest, error: BatonError) -> HttpResponse:
    status = _STATUS.get(type(error))
    if status is None:
        raise error
    return _refused(request, status, error.code, str(error))


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    words = "Send a key that is in use, as Authorization: Bearer baton_..."
    return _refused(request, HTTPStatus.UNAUTHORIZED, "no_key", words)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    words = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors)
    return _refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", words)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = "too_many" if error.status_code == HTTPStatus.TOO_MANY_REQUESTS else "refused"
    return _refused(request, error.status_code, code, error.message)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _refused(request, HTTPStatus.NOT_FOUND, "not_found", "There is nothing here.")


urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
