"""The audit page: who did or saw what, and a button that checks the whole chain."""

from dataclasses import fields
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from baton.core.roles import Action
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import auditing
from baton.services.desk.auditing import Sought
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import AuditForm, checked
from baton.web.shell import page

_SOUGHT = tuple(field.name for field in fields(Sought))


@require_GET
@for_staff
def audit_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of entries, newest first."""
    inbox.require(user, Action.READ_AUDIT)
    asked = checked(AuditForm, request.GET).cleaned_data
    sought = Sought(**{name: asked[name] for name in _SOUGHT})
    shown = auditing.list_entries(user, sought, before=asked["before"])
    wanted = {name: asked[name] for name in _SOUGHT if asked[name]}
    return page(
        request,
        user,
        "reports/audit.html",
        {
            "shown": shown,
            "actions": auditing.list_actions(user),
            "sought": sought,
            "following": urlencode({**wanted, "before": shown.following})
            if shown.following
            else "",
            "wanted": urlencode(wanted),
            "section": "audit",
        },
    )


@require_GET
@for_staff
def export_trail(request: HttpRequest, user: User) -> StreamingHttpResponse:
    """Hand out the entries that are looked for as CSV."""
    asked = checked(AuditForm, request.GET).cleaned_data
    sought = Sought(**{name: asked[name] for name in _SOUGHT})
    return StreamingHttpResponse(
        auditing.export(houses.current(), user, sought),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


@require_POST
@for_staff
def verify_chain(request: HttpRequest, user: User) -> HttpResponse:
    """Walk the whole chain and say whether it holds."""
    inbox.require(user, Action.READ_AUDIT)
    broken = auditing.verify(user.workspace_id)
    template = (
        "reports/_verified.html" if getattr(request, "htmx", False) else "reports/verified.html"
    )
    return page(request, user, template, {"broken": broken, "section": "audit"})
