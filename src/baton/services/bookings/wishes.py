"""What contacts ask for in free words: a place found and booked, a booking of theirs found (ON21).

Each action answers with what flows then say and offer; nobody hears of a booking that is not
their own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from baton.core import bookings, wishing
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.wishing import Chance, Fitting, Wish
from baton.nlu import wishes
from baton.services import inbox
from baton.services.bookings import counter, openings, places, telling
from baton.services.bookings.openings import Bounds, Opening
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.store.models import Activity, Booking, Slot
from baton.store.queries import people

BOOK = "book_place"
_OFFERED = 3
_NAMES = ("first", "second", "third")
_MOST = 50
_SOUGHT = 200
_FAR = timedelta(days=60)


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on what was asked for in words, by the names under which flows call."""
    return {
        "find_places": lambda call: _find_places(house, call),
        BOOK: lambda call: book(house, call),
        "find_booking": lambda call: _find_booking(house, call),
    }


def book(house: House, call: Call) -> Ended:
    """Book a place that was offered; of one that another system keeps say where it is booked."""
    slot_id, people_count = str(call.given.get("place", "")), call.given.get("places", 1)
    slot = Slot.objects.filter(id=slot_id, workspace_id=call.workspace_id).first()
    if slot is None:
        return Failed(problem="there is no such time")
    if slot.system_id:
        return _led_there(call, slot)
    wish = places.Wish(
        contact_id=people.whole_of(call.contact_id),
        slot_id=slot_id,
        places=people_count if isinstance(people_count, int) else 1,
    )
    try:
        with counter.at(house, call.workspace_id, slot.activity_id, actor=call.by) as desk:
            row = places.book_at(desk, wish)
            told = telling.facts_of(house, row, desk.activity) | {"page_url": ""}
            done = Performed(result=told)
            call.settle(done)
    except (Conflict, InvalidInput, NotFound) as refusal:
        return Failed(problem=str(refusal))
    return done


def _led_there(call: Call, slot: Slot) -> Ended:
    """Lead to where its own system takes the booking."""
    if not slot.page_url:
        return Failed(problem="this time is kept by another system, which has no page to book it")
    activity = Activity.objects.get(id=slot.activity_id)
    done = Performed(
        result={
            "class_name": activity.name,
            "starts_at": slot.starts_at.astimezone(UTC).isoformat(),
            "page_url": slot.page_url,
        }
    )
    call.settle(done)
    return done


def _find_places(house: House, call: Call) -> Ended:
    """Return the first free places that fit what was said, beside what was said before."""
    now, zone = house.clock.now(), inbox.zone_of(call.workspace_id)
    # Those that people book are known by name too: who wants one is not asked which.
    offered = Activity.objects.filter(workspace_id=call.workspace_id, removed_at=None)
    names = dict(offered.values_list("id", "name"))
    earlier = _read(str(call.given.get("sought", "")))
    said = wishes.wish_in(str(call.given.get("words", "")), names, now.astimezone(zone))
    wish = said.over(earlier)
    found = _openings(call, wish, zone, now) if not wish.is_vague else ()
    chances = [
        Chance(slot_id=one.slot_id, activity_id=one.activity_id, starts_at=one.starts_at)
        for one in found
    ]
    fitting, chosen = wishing.choose(chances, wish, zone, most=_OFFERED)
    by_id = {one.slot_id: one for one in found}
    told = [(one.slot_id, by_id[one.slot_id].activity, one.starts_at) for one in chosen]
    done = Performed(
        result={
            "found": len(chosen),
            "fits": fitting.value,
            "is_vague": wish.is_vague,
            "people": wish.places,
            "sought": msgspec.json.encode(wish).decode(),
            **_offered(told),
        }
    )
    call.settle(done)
    return done


def _openings(call: Call, wish: Wish, zone: tzinfo, now: datetime) -> tuple[Opening, ...]:
    """Return free times of the days that were named; where none fits, of any day."""
    contact_id = people.whole_of(call.contact_id)
    span = wishing.span_of(wish, zone)
    near = Bounds(
        activity_ids=wish.activities,
        since=span[0] if span else None,
        until=span[1] if span else None,
        of_others=True,
    )
    bounds = [near, Bounds(activity_ids=wish.activities, of_others=True)] if span else [near]
    for one in bounds:
        found = openings.list_openings(
            call.workspace_id,
            now,
            bounds=one,
            contact_id=contact_id,
            places=wish.places,
            most=_SOUGHT,
        )
        if found:
            return found
    return ()


def _find_booking(house: House, call: Call) -> Ended:
    """Return the booking to come that somebody means, or those that they may mean."""
    now, zone = house.clock.now(), inbox.zone_of(call.workspace_id)
    own = Booking.objects.filter(
        workspace_id=call.workspace_id,
        contact_id=people.whole_of(call.contact_id),
        state__in=bookings.STANDING,
        starts_at__gt=now,
        starts_at__lte=now + _FAR,
    )
    rows = list(own.order_by("starts_at", "id")[:_MOST])
    activities = Activity.objects.in_bulk({one.activity_id for one in rows})
    reference = str(call.given.get("booking", ""))
    if reference:
        meant = [one for one in rows if one.reference == reference]
    else:
        names = {one.id: one.name for one in activities.values()}
        said = wishes.wish_in(str(call.given.get("words", "")), names, now.astimezone(zone))
        meant = _meant(rows, said, zone)
    told = [(one.reference, activities[one.activity_id].name, one.starts_at) for one in meant]
    result: dict[str, Json] = {"found": len(meant), **_offered(told[:_OFFERED])}
    if len(meant) == 1:
        row, activity = meant[0], activities[meant[0].activity_id]
        window = timedelta(minutes=activity.cancel_minutes)
        result |= telling.facts_of(house, row, activity)
        result |= {
            "is_late": bookings.is_late(now, row.starts_at, window),
            "is_of_people": activity.needs_staff_confirmation,
        }
    done = Performed(result=result)
    call.settle(done)
    return done


def _meant(rows: Sequence[Booking], said: Wish, zone: tzinfo) -> list[Booking]:
    """Return those bookings that what was said leaves, all where it leaves none."""
    chances = [
        Chance(slot_id=one.id, activity_id=one.activity_id, starts_at=one.starts_at) for one in rows
    ]
    fitting, left = wishing.choose(chances, said, zone, most=_MOST)
    kept = {one.slot_id for one in left} if fitting is Fitting.WELL else {one.id for one in rows}
    return [one for one in rows if one.id in kept]


def _offered(told: Sequence[tuple[str, str, datetime]]) -> dict[str, Json]:
    """Return what is offered by name: its id, of what it is, and when it begins."""
    return {
        key: value
        for name, (one, activity, starts_at) in zip(_NAMES, told, strict=False)
        for key, value in (
            (name, one),
            (f"{name}_class", activity),
            (f"{name}_at", starts_at.astimezone(UTC).isoformat()),
        )
    }


def _read(sought: str) -> Wish:
    """Return what was sought before, as it was told then."""
    try:
        return msgspec.json.decode(sought, type=Wish) if sought else Wish()
    except msgspec.MsgspecError:
        return Wish()
