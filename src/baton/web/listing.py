"""A list of the inbox as an address says it: folder, queue, search and where a page begins."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict

from baton.core.errors import InvalidInput
from baton.store.queries.inbox import Folder, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list shows."""

    folder: Folder
    queue: str
    words: str
    after: Place | None

    @property
    def query(self) -> str:
        """Return the address part that leads back to this list's first page."""
        parts = {"folder": self.folder.value, "queue": self.queue, "q": self.words}
        return urlencode({name: value for name, value in parts.items() if value})

    def page_query(self, place: Place | None) -> str:
        """Return the address part of the page after a place, "" when there is none."""
        if place is None:
            return ""
        return f"{self.query}&{urlencode({'after': render_place(place)})}"


def parse_listing(query: QueryDict) -> Listing:
    """Read a list's address; raises InvalidInput for a folder or place that cannot be."""
    try:
        folder = Folder(query.get("folder", "") or Folder.QUEUE)
    except ValueError:
        raise InvalidInput({"folder": "There is no such folder."}) from None
    after = query.get("after", "")
    return Listing(
        folder=folder,
        queue=query.get("queue", "")[:40],
        words=query.get("q", "").strip(),
        after=parse_place(after) if after else None,
    )


def parse_place(text: str) -> Place:
    """Read a place back from an address; raises InvalidInput."""
    try:
        score, moment, last_id = text.split("~")
        return Place(
            score=int(score),
            # A moment without a zone would not compare; here every one is in UTC.
            moment=datetime.fromisoformat(moment).astimezone(UTC),
            id=last_id,
        )
    except (ValueError, OverflowError):
        raise InvalidInput({"after": "This page address is not complete."}) from None


def render_place(place: Place) -> str:
    """Return a place as an address holds it."""
    return f"{place.score}~{place.moment.isoformat()}~{place.id}"
