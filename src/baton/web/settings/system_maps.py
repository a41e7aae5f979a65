"""The form that says what a system's fields mean, with what becomes of an example."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from baton.core import mapping
from baton.core.errors import InvalidInput
from baton.core.mapping import EVENT, FieldMap
from baton.core.targets import BOOKING
from baton.services import house as houses
from baton.services.desk import system_desk
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.settings.system_forms import MAKES, fact_rows, map_of, target_rows
from baton.web.shell import page

_PERSON_TITLES = {
    "phone": "Phone",
    "email": "Email",
    "person_id": "Their id in the system",
    "name": "Name",
    "language": "Language",
}


@require_http_methods(["GET", "POST"])
@for_staff
def map_page(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Show a map, or an empty one; posted, keep it, or show what it makes of the example."""
    house, name = houses.current(), request.GET.get("name", "")
    line = system_desk.get_line(house, user, system_id)
    if request.method == "GET":
        fresh = FieldMap(name="", makes=EVENT if line.has_hooks else BOOKING)
        shown = system_desk.find_map(user, system_id, name) if name else fresh
        return _page(request, user, system_id, shown, name=name)
    shown = map_of(request.POST)
    if request.POST.get("deed") == "preview":
        return _page(request, user, system_id, shown, name=name)
    try:
        system_desk.save_map(house, user, line.id, shown, name)
    except InvalidInput as refusal:
        return _page(request, user, system_id, shown, name=name, problems=refusal.fields)
    return redirect(f"{reverse('system', args=[system_id])}?saved=map")


@require_POST
@for_staff
def keep_example(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Keep the payload that people map by."""
    example = request.POST.get("example", "")
    try:
        system_desk.keep_example(houses.current(), user, system_id, example)
    except InvalidInput as refusal:
        return _page(
            request,
            user,
            system_id,
            FieldMap(name=""),
            problems=refusal.fields,
            pasted=example[:2_000],
        )
    return redirect("system_map", system_id)


@require_POST
@for_staff
def remove_map(request: HttpRequest, user: User, system_id: str) -> HttpResponse:
    """Forget a map."""
    name = request.POST.get("name", "")
    system_desk.remove_map(houses.current(), user, system_id, name)
    return redirect("system", system_id)


def _page(  # noqa: PLR0913 - a form, and what it is for
    request: HttpRequest,
    user: User,
    system_id: str,
    shown: FieldMap,
    *,
    name: str = "",
    problems: dict[str, str] | None = None,
    pasted: str = "",
) -> HttpResponse:
    house = houses.current()
    example = system_desk.example_of(house, user, system_id)
    is_written = bool(shown.fields)
    context = {
        "line": system_desk.get_line(house, user, system_id),
        "shown": shown,
        "name": name,
        "person": [
            (field, title, shown.fields.get(field, ""), (problems or {}).get(field, ""))
            for field, title in _PERSON_TITLES.items()
        ],
        "kinds": MAKES,
        "targets": target_rows(shown, problems or {}),
        "facts": fact_rows(shown),
        "problems": problems or {},
        "pasted": pasted,
        "places": mapping.places_of(example) if example else (),
        "example": system_desk.written(example) if example else "",
        "preview": system_desk.preview(house, user, system_id, shown)
        if example and is_written
        else None,
        "events": system_desk.known_events(house, user),
        "section": "systems",
    }
    is_part = bool(getattr(request, "htmx", False))
    template = "settings/_system_preview.html" if is_part else "settings/system_map.html"
    response = page(request, user, template, context)
    response.status_code = 422 if problems else 200
    return response
