"""What a message names: days, times, orders, sums, marks, members, addresses.

`find` looks in a cleaned text (`nlu.text.clean`) with patterns that walk it once each;
where two finders want the same letters, the earlier one in `_finders` has them.
"""

from collections.abc import Iterator
from datetime import datetime

from baton.core.reading import Entity
from baton.nlu.entities import (
    dates,
    days,
    handles,
    members,
    money,
    page,
    ratings,
    references,
    times,
)
from baton.nlu.entities.members import Candidate, KnownReferences, candidates
from baton.nlu.entities.page import Page
from baton.nlu.entities.references import DEFAULT_SHAPES, Shapes

__all__ = [
    "KINDS",
    "MOST",
    "Candidate",
    "KnownReferences",
    "Shapes",
    "candidates",
    "find",
    "references_in",
]

KINDS = (
    dates.KIND,
    times.KIND,
    references.ORDER,
    references.BOOKING,
    money.KIND,
    ratings.KIND,
    members.KIND,
    handles.EMAIL,
    handles.PHONE,
)
"""Every kind of entity."""

MOST = 200
"""So many entities are told of one message; no person writes that many."""


def find(
    text: str,
    *,
    now: datetime | None,
    known: KnownReferences | None,
    locale: str = "en-GB",
    shapes: Shapes = DEFAULT_SHAPES,
) -> tuple[Entity, ...]:
    """Return what a cleaned text names, in the order of the spans; never raises for any text.

    Days become ISO dates as seen from `now`, taken in its own zone; without it they stay
    phrases ("next friday"). A locale says whether 3/4 is in April or in March.
    """
    laid_out = page.page_of(text, now.date() if now else None, page.region_of(locale))
    taken = bytearray(len(text))
    kept: list[Entity] = []
    for entity in _finders(laid_out, known, shapes, taken):
        if taken.find(1, entity.start, entity.end) < 0:
            taken[entity.start : entity.end] = b"\x01" * (entity.end - entity.start)
            kept.append(entity)
            if len(kept) >= MOST:
                break
    return tuple(sorted(kept, key=lambda entity: entity.start))


def references_in(text: str, *, shapes: Shapes = DEFAULT_SHAPES) -> tuple[str, ...]:
    """Return the numbers of orders and bookings that a cleaned text names, in their order."""
    if not any(map(str.isdecimal, text)):
        return ()
    laid_out = page.page_of(text, None, page.region_of("en-GB"))
    found = [*references.find_named(laid_out), *references.find_shaped(laid_out, shapes)]
    return tuple(dict.fromkeys(one.value for one in sorted(found, key=lambda one: one.start)))


def _finders(
    laid_out: Page, known: KnownReferences | None, shapes: Shapes, taken: bytearray
) -> Iterator[Entity]:
    """Yield what each finder wants, the surest first."""
    yield from handles.find_emails(laid_out)
    yield from references.find_named(laid_out)
    for finder in (money.find, ratings.find, dates.find, days.find, times.find):
        yield from finder(laid_out)
    if known:
        yield from members.find(laid_out, known, taken)
    yield from references.find_shaped(laid_out, shapes)
    yield from handles.find_phones(laid_out)
