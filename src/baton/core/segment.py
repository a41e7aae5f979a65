"""Which part of a business's contacts somebody belongs to, as reports tell them apart (CH6).

Flows and people put tags on contacts, by whatever condition; a business says which of the tags
it reports by, the first one first, so that everybody is of one segment alone and parts add up.
"""

from collections.abc import Collection

MEMBER = "member"
OTHER = "other"
"""Those of none of the tags: with a membership, and without."""


def segment_of(tags: Collection[str], *, is_member: bool, order: str) -> str:
    """Return a contact's segment; `order` are tags, joined by commas (`Policy.segments`)."""
    named = (name.strip() for name in order.split(","))
    found = next((name for name in named if name and name in tags), "")
    return found or (MEMBER if is_member else OTHER)
