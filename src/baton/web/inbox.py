"""The inbox: folders, a list, and room for one conversation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from baton.services import house as houses
from baton.services import inbox
from baton.store.models import User
from baton.store.queries.inbox import Folder
from baton.web import words
from baton.web.access import for_staff
from baton.web.listing import Listing, parse_listing
from baton.web.shell import page


@require_GET
@for_staff
def inbox_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the inbox with no conversation open."""
    return page(
        request,
        user,
        "baton/inbox.html",
        {**list_context(user, parse_listing(request.GET)), "pane": "list"},
    )


@require_GET
@for_staff
def list_fragment(request: HttpRequest, user: User) -> HttpResponse:
    """Return the list and the folders' counts afresh."""
    return page(
        request,
        user,
        "baton/_list.html",
        {
            **list_context(user, parse_listing(request.GET)),
            "is_fragment": True,
        },
    )


def list_context(user: User, listing: Listing) -> dict[str, Any]:
    """Return what the folders and the list show."""
    house = houses.current()
    shown = inbox.list_page(
        house,
        user,
        folder=listing.folder,
        queue=listing.queue,
        words=listing.words,
        after=listing.after,
    )
    counts = inbox.overview(house, user)
    is_narrowed = bool(listing.words or listing.queue)
    return {
        "listing": listing,
        "title": f"Search: {listing.words}" if listing.words else words.FOLDERS[listing.folder],
        "lines": shown.lines,
        "following": listing.page_query(shown.following),
        "empty": (
            "Nothing fits. Search by the end of an id, a request type, a tag or a queue."
            if is_narrowed
            else words.EMPTY[listing.folder]
        ),
        "folders": [
            {"name": folder.value, "title": words.FOLDERS[folder], "count": counts.folders[folder]}
            for folder in Folder
        ],
        "queues": counts.queues,
    }
