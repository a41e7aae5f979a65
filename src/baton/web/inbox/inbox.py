"""The inbox: folders, a list, and room for one conversation."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from baton.core import roles
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services import inbox
from baton.services.glances import Look, glances_of
from baton.services.house import House
from baton.services.inbox import Overview
from baton.store.models import User
from baton.store.queries.inbox import MAX_COUNTED, Folder
from baton.web import words
from baton.web.access import for_staff
from baton.web.inbox.listing import Listing, parse_listing
from baton.web.shell import page


@require_GET
@for_staff
def inbox_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the inbox with no conversation open."""
    return page(
        request,
        user,
        "inbox/inbox.html",
        {**list_context(user, parse_listing(request.GET)), "pane": "list"},
    )


@require_GET
@for_staff
def list_fragment(request: HttpRequest, user: User) -> HttpResponse:
    """Return the list and the folders' counts afresh."""
    return page(
        request,
        user,
        "inbox/_list.html",
        {
            **list_context(user, parse_listing(request.GET)),
            "is_fragment": True,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page of a list as it is shown, and where the one after it begins."""

    rows: str
    following: str


def list_context(user: User, listing: Listing) -> dict[str, Any]:
    """Return what the folders and the list show."""
    house = houses.current()
    look = glances_of(house).look(user.workspace_id)
    counts = inbox.overview(house, user, look)
    is_narrowed = bool(listing.words or listing.queue)
    return {
        "listing": listing,
        "title": f"Search: {listing.words}" if listing.words else words.FOLDERS[listing.folder],
        # Drawn as the page is, so that moments are told in the zone that the page is in.
        "draw": cache(lambda: _drawn(house, user, listing, look)),
        "empty": (
            "Nothing fits. Search by the end of an id, a request type, a tag or a queue."
            if is_narrowed
            else words.EMPTY[listing.folder]
        ),
        "queues": counts.queues,
        "folders": _folders(house, user, Shown(listing=listing, counts=counts, look=look)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the folders are drawn from."""

    listing: Listing
    counts: Overview
    look: Look


def _folders(house: House, user: User, shown: Shown) -> str:
    """Draw the folders; people who count alike share one drawing."""
    listing, counts = shown.listing, shown.counts
    may_answer = roles.may(Role(user.role), Action.ANSWER)
    told = {
        "listing": listing,
        "folders": [
            {"name": folder.value, "title": words.FOLDERS[folder], "count": counts.folders[folder]}
            for folder in Folder
        ],
        "most": MAX_COUNTED,
        "queues": counts.queues,
        "may_answer": may_answer,
    }
    if listing.words:
        return render_to_string("inbox/_folders.html", told)
    waiting = (queue.waiting for queue in counts.queues)
    counted = (*counts.folders.values(), *waiting)
    key = ("folders", may_answer, listing.folder, listing.queue, *counted)
    return glances_of(house).of(
        shown.look, key, lambda: render_to_string("inbox/_folders.html", told)
    )


def _drawn(house: House, user: User, listing: Listing, look: Look) -> Drawn:
    """Draw a list; one that looks the same to all who see alike is drawn once."""
    if listing.words or listing.folder in (Folder.MINE, Folder.TEAM):
        return _draw(house, user, listing, look)
    inbox.require(user, Action.READ_INBOX)
    key = ("inbox", listing, inbox.sight_of(house, user, look))
    return glances_of(house).of(look, key, lambda: _draw(house, user, listing, look))


def _draw(house: House, user: User, listing: Listing, look: Look) -> Drawn:
    shown = inbox.list_page(
        house,
        user,
        folder=listing.folder,
        queue=listing.queue,
        words=listing.words,
        after=listing.after,
        look=look,
    )
    told = {"lines": shown.lines, "listing": listing, "now": house.clock.now()}
    rows = render_to_string("inbox/_rows.html", told) if shown.lines else ""
    return Drawn(rows=rows, following=listing.page_query(shown.following))
