"""The page of a flow's runs: who waits where, and what a person may do about it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_POST

from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.services import house as houses
from baton.services.flows import flow_desk, flow_drafts, flow_migration, flow_runs, run_search
from baton.services.flows.flow_runs import Deed
from baton.store.models import User
from baton.web import errors
from baton.web.access import for_staff
from baton.web.flows.flow_requests import RunsDeedForm, RunsForm, VersionsForm
from baton.web.flows.flows import flows_page, head_of
from baton.web.forms import checked

_DONE = {
    Deed.STOP: "stopped",
    Deed.RESTART: "to begin anew, each in its contact's turn",
}


@for_staff
def runs_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show who waits where; a POST moves the runs of an older version."""
    if request.method != "POST":
        return _shown(request, user, name)
    asked = checked(VersionsForm, request.POST).cleaned_data
    mapping = {
        key.removeprefix("step:"): str(value)
        for key, value in request.POST.items()
        if key.startswith("step:")
    }
    reason = request.POST.get("reason", "")
    try:
        moved = flow_migration.migrate(
            houses.current(),
            user,
            name,
            asked["version"],
            to=asked["to"],
            mapping=mapping,
            reason=reason,
        )
    except InvalidInput as error:
        return _shown(request, user, name, refused=error, told={"reason": reason})
    return _shown(request, user, name, told={"moved": moved})


@require_POST
@for_staff
def change(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Stop runs, or let them begin anew: those that were ticked, or all."""
    asked = checked(RunsDeedForm, request.POST).cleaned_data
    deed, ticked = Deed(asked["deed"]), request.POST.getlist("run")
    try:
        count = flow_runs.change(
            houses.current(),
            user,
            name,
            deed,
            chosen=None if asked["scope"] == "all" else ticked,
            reason=asked["reason"],
        )
    except (InvalidInput, Conflict) as error:
        told = {"deed_reason": asked["reason"], "ticked": ticked, "is_deed_refused": True}
        return _shown(request, user, name, refused=error, told=told)
    runs = f"{count} run" + "s" * (count != 1)
    return _shown(request, user, name, told={"done": f"{runs} {_DONE[deed]}."})


def _shown(
    request: HttpRequest,
    user: User,
    name: str,
    *,
    refused: BatonError | None = None,
    told: dict[str, Any] | None = None,
) -> HttpResponse:
    house = houses.current()
    sought = checked(RunsForm, request.GET).cleaned_data
    page = run_search.list_runs(
        house,
        user,
        name,
        version=sought["version"],
        step=sought["step"],
        who=sought["who"],
        before=sought["before"],
    )
    versions = flow_desk.list_versions(user, name)
    newest = versions[0].version if versions else 0
    is_usable = flow_desk.is_usable(house, user, name, newest)
    context = {
        **head_of(user, flow_drafts.open_flow(user, name)),
        "versions": versions,
        "newest": newest,
        "is_usable": is_usable,
        "plans": [
            (line, flow_migration.plan(house, user, name, line.version, newest))
            for line in versions[1:]
            if line.waiting and is_usable
        ],
        "page": page,
        "sought": sought,
        "waiting_in": sorted(flow_desk.waiting_by_step(user, name)),
        "newest_runs": _query(request.GET) if sought["before"] else "",
        "following": _query(request.GET, before=page.following) if page.following else "",
        "refused": errors.words_of(refused) if refused else "",
        "deeds": [
            (Deed.STOP.value, "Stop: the run is over, without a word to its contact"),
            (Deed.RESTART.value, "Begin anew: in the version in force, with the same facts"),
        ],
        "max_reason": flow_runs.MAX_REASON,
        **(told or {}),
    }
    status = errors.status_of(refused) if refused else 200
    return flows_page(request, user, "flows/flow_runs.html", context, status=status)


def _query(asked: QueryDict, **more: str) -> str:
    kept = {name: asked[name] for name in ("version", "step", "who") if asked.get(name)}
    return f"?{urlencode({**kept, **more})}"
