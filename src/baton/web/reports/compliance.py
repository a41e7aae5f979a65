"""Reports > Compliance: the check-list run with its evidence, and as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import NotFound
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import compliance
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page


@require_GET
@for_staff
def compliance_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the newest run, and those before it."""
    runs = compliance.list_runs(user)
    context = {"runs": runs, "newest": runs[0] if runs else None, "section": "compliance"}
    return page(request, user, "reports/compliance.html", context)


@require_POST
@for_staff
def check(_request: HttpRequest, user: User) -> HttpResponse:
    """Go through the check-list now."""
    compliance.run_for(houses.current(), user)
    return redirect("compliance")


@require_GET
@for_staff
def compliance_file(_request: HttpRequest, user: User) -> HttpResponse:
    """Give the newest run as a PDF."""
    runs = compliance.list_runs(user)
    if not runs:
        raise NotFound("compliance check", "newest")
    from baton.services.desk import compliance_pdf  # noqa: PLC0415 - dear to load, and few ask

    name = f"compliance-{runs[0].at:%Y-%m-%d}.pdf"
    return HttpResponse(
        compliance_pdf.drawn(runs[0], inbox.business_of(user.workspace_id)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
