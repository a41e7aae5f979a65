"""A list of the inbox as an address says it: folder, queue, search and where a page begins."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict

from baton.core import ids, text, urgency
from baton.core.errors import InvalidInput
from baton.store.queries.inbox import Folder, Place

# A name of `services.packs`, an id of `core.ids`.
_QUEUE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(rf"[0-9a-f]{{{ids.LENGTH}}}")
_SCORE = re.compile(r"[0-9]{1,3}")


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
    queue = query.get("queue", "")
    if queue and not _QUEUE.fullmatch(queue):
        raise InvalidInput({"queue": "There is no such queue."})
    return Listing(
        folder=folder,
        queue=queue,
        words=text.clean(query.get("q", "")),
        after=parse_place(after) if after else None,
    )


def parse_place(address: str) -> Place:
    """Read a place back from an address; raises InvalidInput."""
    try:
        score, moment, last_id = address.split("~")
        # A moment without a zone would not compare; here every one is in UTC.
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_place() from None
    is_score = _SCORE.fullmatch(score) and int(score) <= urgency.MAX
    if not is_score or not _ID.fullmatch(last_id):
        raise _no_place()
    return Place(score=int(score), moment=at, id=last_id)


def _no_place() -> InvalidInput:
    return InvalidInput({"after": "This page address is not complete."})


def render_place(place: Place) -> str:
    """Return a place as an address holds it."""
    return f"{place.score}~{place.moment.isoformat()}~{place.id}"
