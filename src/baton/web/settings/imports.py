"""Settings > Systems: a file is uploaded, checked, imported, and its faults handed out."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core.errors import InvalidInput
from baton.services import house as houses
from baton.services.desk import import_desk, system_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.shell import page


@require_POST
@for_staff
def upload(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Check a file, which keeps nothing of it yet."""
    house = houses.current()
    file = request.FILES.get("file")
    try:
        if file is None:
            return redirect("system", system_id)  # the browser asks for one before it sends
        is_quiet = bool(request.POST.get("is_quiet"))
        name = file.name or "file"
        started = import_desk.begin(
            house, user, system_id, name, iter(file.chunks()), is_quiet=is_quiet
        )
    except InvalidInput as refusal:
        context = {
            "line": system_desk.get_line(house, user, system_id),
            "why": " ".join(refusal.fields.values()),
            "section": "systems",
        }
        refused = page(request, user, "settings/import_refused.html", context)
        refused.status_code = 422
        return refused
    return redirect("import", started)


@require_GET
@for_staff
def import_page(request: HttpRequest, user: User, import_id: str) -> HttpResponse:
    """Show how far a file is, and what came of its lines."""
    line = import_desk.get_import(user, import_id)
    context = {
        "line": line,
        "faults": import_desk.list_faults(user, import_id),
        "is_mapped": bool(system_desk.get_line(houses.current(), user, line.system_id).maps),
        "section": "systems",
    }
    is_part = bool(getattr(request, "htmx", False))
    template = "settings/_import_standing.html" if is_part else "settings/import.html"
    return page(request, user, template, context)


@require_POST
@for_staff
def act(request: HttpRequest, user: User, import_id: str) -> HttpResponse:
    """Import what was checked, check it again, or stop."""
    import_desk.act(houses.current(), user, import_id, request.POST.get("deed", ""))
    return redirect(reverse("import", args=[import_id]))


@require_GET
@for_staff
def report(_request: HttpRequest, user: User, import_id: str) -> StreamingHttpResponse:
    """Hand out every fault of a file as CSV."""
    return StreamingHttpResponse(
        import_desk.report(user, import_id),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
    )
