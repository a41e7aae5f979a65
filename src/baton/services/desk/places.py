"""Settings > Business: what it is called, where it is, by which clock, and when it is open."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from baton.core import hours, web_address
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import daily_check, editions, schedules
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Inbox, Location, User, Workspace

MAX_PLACES = 50
MOST_DAYS = 100
LONGEST = {"business": 120, "name": 120, "address": 300, "phone": 40, "map_url": 200}
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A place as its form shows it; hours and days as somebody would write them."""

    id: str
    name: str
    address: str
    phone: str
    map_url: str
    timezone: str
    hours: str
    closed_on: str
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """An inbox, and the place that whoever first comes by it belongs to; "" is no one place."""

    id: str
    name: str
    channel: str
    location_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The business and its places, the first one first: its clock is the workspace's."""

    business: str
    places: tuple[PlaceLine, ...]
    entrances: tuple[Entrance, ...]
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A place as somebody wants it; `place_id` is the one to change, "" for another one."""

    name: str
    address: str
    phone: str
    map_url: str
    timezone: str
    hours: str
    closed_on: str
    place_id: str = ""


def get_board(user: User) -> Board:
    """Return the business with its places; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    workspace = Workspace.objects.get(id=user.workspace_id)
    rows = Location.objects.filter(workspace_id=user.workspace_id).order_by("id")
    return Board(
        business=workspace.name,
        places=tuple(_line(row, is_first=place == 0) for place, row in enumerate(rows)),
        entrances=tuple(
            Entrance(id=one.id, name=one.name, channel=one.channel, location_id=one.location_id)
            for one in Inbox.objects.filter(workspace_id=user.workspace_id).order_by("id")
        ),
        revision=workspace.revision,
    )


@cache
def list_zones() -> tuple[str, ...]:
    """Return the names of the world's time zones, as Europe/London."""
    return tuple(sorted(one for one in available_timezones() if "/" in one or one == "UTC"))


def rename(house: House, user: User, business: str, *, seen: int) -> None:
    """Call the business otherwise; raises InvalidInput, Conflict, or Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    business = business.strip()
    if not business or len(business) > LONGEST["business"]:
        raise InvalidInput({"business": "Write what customers call your business."})
    with house.engine.transaction():
        workspace = _held(user, seen)
        if workspace.name == business:
            return
        Workspace.objects.filter(id=workspace.id).update(name=business)
        _note(house, user, "business_renamed", f"workspace:{workspace.id}", to=business)
        editions.count_up(user.workspace_id)


def save(house: House, user: User, wanted: Wanted, *, seen: int) -> str:
    """Change a place, or add one; answers speak of it from the next turn on. Returns its id.

    Raises InvalidInput for what cannot be used, NotFound, Forbidden for a role, and Conflict
    when a colleague has changed something since `seen`.
    """
    inbox.require(user, Action.CONFIGURE)
    days = _checked(wanted)
    standards = standards_cache(house).standards_of(user.workspace_id)
    with house.engine.transaction():
        _hold_clocks(house, user, standards)
        _held(user, seen)
        now = house.clock.now()
        mine = Location.objects.filter(workspace_id=user.workspace_id)
        row = mine.filter(id=wanted.place_id).first()
        if row is None and wanted.place_id:
            raise NotFound("place", wanted.place_id)
        if row is None and mine.count() >= MAX_PLACES:
            raise InvalidInput({"name": f"A workspace has at most {MAX_PLACES} places."})
        row = row or Location(id=house.next_id(now), workspace_id=user.workspace_id)
        is_other_clock = row.timezone != wanted.timezone
        row.name, row.address = wanted.name.strip(), wanted.address.strip()
        row.phone, row.map_url = wanted.phone.strip(), wanted.map_url.strip()
        row.timezone, row.hours = wanted.timezone, hours.parse_week(wanted.hours)
        row.closed_on = [day.isoformat() for day in days]
        row.save()
        is_first = mine.order_by("id").values_list("id", flat=True).first() == row.id
        if is_first and is_other_clock:
            _set_clocks(house, user, standards, ZoneInfo(wanted.timezone))
        told: dict[str, str | int] = {
            "timezone": row.timezone,
            "hours": wanted.hours.strip(),
            "closed": len(days),
        }
        _note(house, user, "place_saved", f"location:{row.id}", **told)
        editions.count_up(user.workspace_id)
    return row.id


def lead_to(house: House, user: User, inbox_id: str, location_id: str, *, seen: int) -> None:
    """Let whoever first comes by an entrance belong to a place; "" is no one place.

    Raises NotFound, Forbidden for a role, and Conflict as `save` does.
    """
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        _held(user, seen)
        mine = Inbox.objects.filter(id=inbox_id, workspace_id=user.workspace_id)
        if not mine.exists():
            raise NotFound("inbox", inbox_id)
        if location_id and location_id not in dict(inbox.list_locations(user)):
            raise NotFound("place", location_id)
        mine.update(location_id=location_id)
        _note(house, user, "entrance_placed", f"inbox:{inbox_id}", location=location_id)
        editions.count_up(user.workspace_id)


def _hold_clocks(house: House, user: User, standards: Standards) -> None:
    """Keep what goes by the workspace's clock from coming round, before the workspace is held.

    A decision has its timers before it writes into the workspace's audit chain.
    """
    daily_check.hold(house, user.workspace_id)
    for name in sorted(standards.library.live):
        schedules.hold(house, user.workspace_id, name)


def _set_clocks(house: House, user: User, standards: Standards, zone: ZoneInfo) -> None:
    """Let what goes by the workspace's clock go by the new one."""
    ledger = Ledger(house, house.clock.now())
    daily_check.plan(ledger, user.workspace_id, at=standards.policy.daily_check_at, zone=zone)
    for name, version in standards.library.live.items():
        if flow := standards.library.at(name, version):
            schedules.plan(ledger, user.workspace_id, flow, zone)
    ledger.flush()


def _checked(wanted: Wanted) -> tuple[date, ...]:
    """Return the days on which a place is shut; raises InvalidInput by field."""
    problems = {
        field: f"Write at most {LONGEST[field]} characters."
        for field in ("name", "address", "phone", "map_url")
        if len(getattr(wanted, field).strip()) > LONGEST[field]
    }
    if not wanted.name.strip():
        problems["name"] = "Write what the place is called."
    if wanted.timezone not in list_zones():
        problems["timezone"] = "Choose a time zone, as Europe/London."
    days: tuple[date, ...] = ()
    try:
        days = _days_in(wanted.closed_on)
        hours.parse_week(wanted.hours)
        if url := wanted.map_url.strip():
            web_address.check(url, field="map_url")
    except InvalidInput as refusal:
        problems |= refusal.fields
    if problems:
        raise InvalidInput(problems)
    return days


def _days_in(text: str) -> tuple[date, ...]:
    parts = [part for part in _SEPARATORS.split(text) if part]
    if len(parts) > MOST_DAYS:
        raise InvalidInput({"closed_on": f"Write at most {MOST_DAYS} days."})
    try:
        return tuple(sorted({date.fromisoformat(part) for part in parts}))
    except ValueError:
        message = "Write each day as 2027-12-25, with commas between."
        raise InvalidInput({"closed_on": message}) from None


def _held(user: User, seen: int) -> Workspace:
    workspace = Workspace.objects.select_for_update().get(id=user.workspace_id)
    if workspace.revision != seen:
        message = "The settings have changed meanwhile. Look at them again, then change."
        raise Conflict(message)
    return workspace


def _line(row: Location, *, is_first: bool) -> PlaceLine:
    return PlaceLine(
        id=row.id,
        name=row.name,
        address=row.address,
        phone=row.phone,
        map_url=row.map_url,
        timezone=row.timezone,
        hours=hours.render_hours(row.hours) if any(row.hours.values()) else "",
        closed_on=", ".join(row.closed_on),
        is_first=is_first,
    )


def _note(house: House, user: User, action: str, subject: str, **details: str | int) -> None:
    ledger = Ledger(house, house.clock.now())
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, **details)
    ledger.flush()
