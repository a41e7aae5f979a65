"""The audit page: who did or saw what, and a button that checks the whole chain."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import auditing
from baton.services.desk.auditing import Sought
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import AuditForm, checked
from baton.web.shell import page


@require_GET
@for_staff
def audit_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of entries, newest first."""
    inbox.require(user, Action.READ_AUDIT)
    asked = checked(AuditForm, request.GET).cleaned_data
    sought = Sought(actor=asked["actor"], action=asked["action"], subject=asked["subject"])
    shown = auditing.list_entries(user, sought, before=asked["before"])
    wanted = {name: asked[name] for name in ("actor", "action", "subject") if asked[name]}
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
            "section": "audit",
        },
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
