"""The list of contacts, consents from a file, and consents as proof."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from baton.core import roles, text
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import contact_desk
from baton.services.people import consent_export, consent_import, contact_list
from baton.services.people.consent_import import Report
from baton.store.models import User
from baton.store.queries.contacts import Permits
from baton.web import words
from baton.web.access import for_staff
from baton.web.shell import page


@require_GET
@for_staff
def list_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show contacts, the newest first, or those whom a search finds."""
    channel, permits = request.GET.get("channel", ""), request.GET.get("permits", "")
    wanted = {
        "q": text.clean(request.GET.get("q", ""))[: contact_list.MAX_SEARCH],
        "channel": channel if channel in words.CHANNELS else "",
        "permits": permits if permits in set(Permits) else "",
    }
    before = request.GET.get("before", "")[:32]
    found = contact_list.list_page(
        houses.current(),
        user,
        words=wanted["q"],
        channel=wanted["channel"],
        permits=Permits(wanted["permits"] or Permits.ANYTHING),
        before=before,
    )
    context = {
        **wanted,
        "before": before,
        "found": found,
        "channels": words.CHANNELS,
        "is_narrowed": any(wanted.values()),
        "section": "contacts",
        "may_read_audit_of_all": roles.may(Role(user.role), Action.READ_AUDIT),
    }
    return page(request, user, "contacts/contacts.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def import_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form for a file of consents; posted, tell what it holds, or keep it."""
    inbox.require(user, Action.CONFIGURE)
    report, problem, is_part = None, "", bool(getattr(request, "htmx", False))
    if request.method == "POST":
        try:
            report = _imported(request, user)
        except InvalidInput as refusal:
            if is_part:
                raise
            problem = " ".join(refusal.fields.values())
    context = {
        "report": report,
        "problem": problem,
        "required": consent_import.REQUIRED,
        "optional": consent_import.OPTIONAL,
        "section": "contacts",
    }
    template = "contacts/_import_report.html" if is_part else "contacts/consent_import.html"
    shown = page(request, user, template, context)
    shown.status_code = 422 if problem else 200
    return shown


def _imported(request: HttpRequest, user: User) -> Report:
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput({"file": "Choose a file first."})
    content = upload.read(consent_import.MAX_BYTES + 1)
    is_dry = request.POST.get("deed") != "import"
    return consent_import.import_as(houses.current(), user, content, is_dry=is_dry)


@require_GET
@for_staff
def export_all(request: HttpRequest, user: User) -> StreamingHttpResponse:  # noqa: ARG001 - decorators'
    """Hand out every consent of the workspace as CSV."""
    lines = consent_export.export_all(houses.current(), user)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="consents.csv"'},
    )


@require_GET
@for_staff
def proof(request: HttpRequest, user: User, contact_id: str) -> HttpResponse:
    """Show all that a contact permitted or forbade, to be printed, or as JSON."""
    house = houses.current()
    told = consent_export.show_proof(house, user, contact_id)
    if request.GET.get("as") == "json":
        name = f"consents-{contact_id}.json"
        return JsonResponse(
            {"contact": contact_id, "consents": told},
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    context = {
        "contact": contact_desk.get_profile(house, user, contact_id),
        "told": [_with_moments(one) for one in told],
        "section": "contacts",
    }
    return page(request, user, "contacts/proof.html", context)


def _with_moments(told: dict[str, Json]) -> dict[str, object]:
    """Return a line of the proof with moments that a page can write in the business's zone."""
    moments = {name: datetime.fromisoformat(str(told[name])) for name in ("at", "recorded_at")}
    return {**told, **moments}
