"""The inbox as a person reads it: names unsealed, urgency as of now, words instead of keys."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from baton.core import ids, roles, text, urgency
from baton.core.errors import Forbidden, InvalidInput, NotFound
from baton.core.hard_stops import HardStop
from baton.core.pack import Pack
from baton.core.roles import Action, Role
from baton.core.urgency import Urgency
from baton.services import sight
from baton.services.glances import Look, glances_of
from baton.services.house import House
from baton.store.models import Location, User, Workspace
from baton.store.queries import inbox, places
from baton.store.queries.inbox import (
    PAGE_SIZE,
    Filter,
    Folder,
    InboxRow,
    Place,
    Search,
    Sight,
    Tally,
)

MAX_SEARCH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLine:
    """One conversation as a list shows it; nothing of what was said is in it."""

    row: InboxRow
    who: str
    about: str
    queue_title: str
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """A page of a list, and where the one after it begins."""

    lines: tuple[InboxLine, ...]
    following: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCount:
    """A queue of the workspace, and how many wait in it."""

    name: str
    title: str
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The folders' counts, and the queues, most pressing first."""

    folders: dict[Folder, int]
    queues: tuple[QueueCount, ...]


def list_page(  # noqa: PLR0913 - a list is told by these
    house: House,
    user: User,
    *,
    folder: Folder,
    queue: str = "",
    words: str = "",
    after: Place | None = None,
    look: Look | None = None,
) -> InboxPage:
    """Return a page of a folder, or of what a search finds in all folders.

    Raises Forbidden for a role that may not read the inbox.
    """
    require(user, Action.READ_INBOX)
    look = look or glances_of(house).look(user.workspace_id)
    pack = house.pack_of(look.pack)
    now = house.clock.now()
    wanted = Filter(
        workspace_id=user.workspace_id,
        user_id=user.id,
        sight=sight_of(house, user, look),
        folder=folder,
        queue=queue,
        search=_search_of(words, pack),
    )
    rows = inbox.list_page(wanted, now=now, after=after)
    shown = rows[:PAGE_SIZE]
    return InboxPage(
        lines=tuple(_line(house, pack, row, now) for row in shown),
        following=shown[-1].place(wanted) if len(rows) > PAGE_SIZE else None,
    )


def overview(house: House, user: User, look: Look | None = None) -> Overview:
    """Count what stands where and is open to a person, as of a look; raises Forbidden for a role.

    Who sees alike shares one count.
    """
    require(user, Action.READ_INBOX)
    workspace_id, glances = user.workspace_id, glances_of(house)
    look = look or glances.look(workspace_id)
    seen = sight_of(house, user, look)
    counted: Tally = glances.of(
        look,
        ("standings", seen),
        lambda: inbox.tally(inbox.standings(workspace_id, seen)),
    )
    queues = sorted(house.pack_of(look.pack).queues, key=lambda queue: -queue.priority)
    return Overview(
        folders=counted.seen_by(user.id),
        queues=tuple(
            QueueCount(name=q.name, title=q.title, waiting=counted.queues.get(q.name, 0))
            for q in queues
        ),
    )


def pack_of(house: House, workspace_id: str) -> Pack:
    """Return a workspace's pack; raises NotFound."""
    name = Workspace.objects.filter(id=workspace_id).values_list("pack", flat=True).first()
    if name is None:
        raise NotFound("workspace", workspace_id)
    return house.pack_of(name)


def business_of(workspace_id: str) -> str:
    """Return what a workspace's business is called; raises NotFound."""
    name = Workspace.objects.filter(id=workspace_id).values_list("name", flat=True).first()
    if name is None:
        raise NotFound("workspace", workspace_id)
    return name


def list_locations(user: User) -> tuple[tuple[str, str], ...]:
    """Return the workspace's locations as (id, name), the first one first."""
    found = Location.objects.filter(workspace_id=user.workspace_id).order_by("id")
    return tuple(found.values_list("id", "name"))


def zone_of(workspace_id: str) -> ZoneInfo:
    """Return the zone of a workspace's location, in which its people read times."""
    return ZoneInfo(places.first_zone(workspace_id) or "UTC")


def zone_at(workspace_id: str, location_id: str) -> ZoneInfo:
    """Return the zone of one of a workspace's locations; without one, that of its first."""
    zones = Location.objects.filter(workspace_id=workspace_id, id=location_id)
    found = zones.values_list("timezone", flat=True).first()
    return ZoneInfo(found) if found else zone_of(workspace_id)


def may(user: User, action: Action) -> bool:
    """Return whether a person's role allows something."""
    return roles.may(Role(user.role), action)


def require(user: User, action: Action) -> None:
    """Raise Forbidden unless a person's role allows something."""
    if not may(user, action):
        raise Forbidden(action.value, user.role)


def sight_of(house: House, user: User, look: Look) -> Sight:
    """Return what is open to a person, as of a look: by it views are shared."""
    named = glances_of(house).of(
        look, "closed_queues", lambda: sight.closed_queues_of(house, look.workspace_id)
    )
    closed, locations = sight.closed_to(user, named), tuple(user.locations)
    # What is one's own counts only where something is closed.
    user_id = user.id if closed or locations else ""
    return Sight(user_id=user_id, closed=closed, locations=locations)


def title_of(pack: Pack, request_type: str, cause: str = "") -> str:
    """Return what a conversation is about, in words: its type, else what stopped the bot."""
    if kind := pack.request_type(request_type):
        return kind.title
    is_stop = cause in {stop.value for stop in HardStop}
    return cause.replace("_", " ").capitalize() if is_stop else "Not understood yet"


def queue_title_of(pack: Pack, queue: str) -> str:
    """Return a queue's name for people, "" for none."""
    return pack.queue(queue).title if queue else ""


SNOOZES = ("hour", "tomorrow", "week", "reply")


def next_wake(choice: str, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """Return when a snoozed conversation comes back; None means with the contact's next word.

    "tomorrow" and "week" (next Monday) are 9:00 in the location's zone. Raises InvalidInput.
    """
    if choice not in SNOOZES:
        raise InvalidInput({"until": f"choose one of {', '.join(SNOOZES)}"})
    if choice == "reply":
        return None
    if choice == "hour":
        return now + timedelta(hours=1)
    today = now.astimezone(zone).date()
    days = 1 if choice == "tomorrow" else 7 - today.weekday()
    return datetime.combine(today + timedelta(days=days), time(9), zone).astimezone(now.tzinfo)


def _line(house: House, pack: Pack, row: InboxRow, now: datetime) -> InboxLine:
    stored = Urgency(score=row.urgency, cause=row.urgency_cause)
    if row.clock_started_at and row.due_at:
        stored = urgency.with_clock(
            stored, started_at=row.clock_started_at, due_at=row.due_at, now=now
        )
    return InboxLine(
        row=row,
        who=name_of(house, row.contact_id, row.name_sealed),
        about=title_of(pack, row.request_type, row.urgency_cause),
        queue_title=queue_title_of(pack, row.queue),
        urgency=stored,
    )


def name_of(house: House, contact_id: str, name_sealed: bytes) -> str:
    """Return the name that a contact gave, or a neutral word with the id's end."""
    if not name_sealed:
        return f"Visitor {contact_id[-4:]}"
    return house.keyset.unseal(name_sealed, f"contact.name:{contact_id}")


def _search_of(words: str, pack: Pack) -> Search | None:
    """Read a search: an id or the end of one, a request type, a tag, a trigger or a queue."""
    wanted = text.bare(words[:MAX_SEARCH]).lstrip("#…")
    if not wanted:
        return None
    tag = wanted.replace(" ", "_")
    is_id = wanted.isalnum() and wanted.isascii() and len(wanted) <= ids.LENGTH
    return Search(
        id_part=wanted if is_id else "",
        cause=tag,
        request_types=tuple(
            kind.name
            for kind in pack.request_types
            if tag in kind.name or wanted in kind.title.casefold() or tag in kind.tags
        ),
        queues=tuple(
            queue.name
            for queue in pack.queues
            if wanted == queue.name or wanted in queue.title.casefold()
        ),
    )
