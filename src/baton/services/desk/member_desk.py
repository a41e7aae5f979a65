"""Members as the staff handle them: found, begun, paused, ended, and noted as here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Max, Q, QuerySet

from baton.core.bookings import State
from baton.core.errors import InvalidInput, NotFound
from baton.core.memberships import Standing
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.bookings import check_ins, members
from baton.services.bookings.members import Plan
from baton.services.desk import booking_board, guarding
from baton.services.house import House
from baton.services.people import contact_list
from baton.services.workspace.standards import standards_cache
from baton.store.models import Booking, CheckIn, Contact, Membership, User

PAGE_SIZE = 50
_MOST_FOUND = 500
_MONTH = timedelta(days=30)


class Wanted(StrEnum):
    """Which members a list shows."""

    ACTIVE = "active"
    ENDING = "ending"  # soon, and not renewed by itself
    PAUSED = "paused"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A membership of a list; `came_at` is their last visit, `visits` those of 30 days."""

    row: Membership
    who: str
    came_at: datetime | None
    visits: int
    is_ending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPage:
    """A page of the list; `has_more` says that another follows."""

    lines: tuple[MemberLine, ...]
    has_more: bool


def list_members(
    house: House, user: User, *, wanted: Wanted, words: str = "", page: int = 1
) -> MemberPage:
    """Return a page of members: those that end next first, otherwise the newest first."""
    inbox.require(user, Action.READ_INBOX)
    found = _narrowed(house, user, wanted, words)
    order = ("ends_on", "id") if wanted is Wanted.ENDING else ("-joined_at", "-id")
    begin = (page - 1) * PAGE_SIZE
    rows = list(found.order_by(*order)[begin : begin + PAGE_SIZE + 1])
    return MemberPage(lines=_lines(house, user, rows[:PAGE_SIZE]), has_more=len(rows) > PAGE_SIZE)


def get_line(house: House, user: User, membership_id: str) -> MemberLine:
    """Return one membership; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = Membership.objects.filter(workspace_id=user.workspace_id, id=membership_id).first()
    if row is None:
        raise NotFound("membership", membership_id)
    guarding.refuse_elsewhere(user, row.contact_id)
    return _lines(house, user, [row])[0]


def membership_of(user: User, contact_id: str) -> Membership | None:
    """Return the newest membership of a contact that is not over."""
    known = Membership.objects.filter(workspace_id=user.workspace_id, contact_id=contact_id)
    return known.exclude(state=Standing.ENDED).order_by("-id").first()


def begin(house: House, user: User, contact_id: str, plan: Plan) -> str:
    """Make somebody a member; raises Conflict, InvalidInput or NotFound."""
    inbox.require(user, Action.ANSWER)
    _refuse_impossible(house, user, plan)
    return members.begin(house, user.workspace_id, contact_id, plan, actor=f"user:{user.id}")


def change(house: House, user: User, membership_id: str, plan: Plan) -> None:
    """Change a membership of ours; raises Conflict, InvalidInput or NotFound."""
    inbox.require(user, Action.ANSWER)
    _refuse_impossible(house, user, plan)
    members.change(house, user.workspace_id, membership_id, plan, actor=f"user:{user.id}")


def check_in(house: House, user: User, membership_id: str) -> None:
    """Note that a member is here now; raises Conflict for a second click, or NotFound."""
    inbox.require(user, Action.ANSWER)
    row = get_line(house, user, membership_id).row
    check_ins.note(house, user.workspace_id, row.contact_id, actor=f"user:{user.id}")


def currency_of(house: House, user: User) -> str:
    """Return the currency in which memberships are priced."""
    return booking_board.currency_of(house, user)


def _refuse_impossible(house: House, user: User, plan: Plan) -> None:
    today = house.clock.now().astimezone(inbox.zone_of(user.workspace_id)).date()
    problems: dict[str, str] = {}
    if plan.standing is Standing.ACTIVE and plan.ends_on and plan.ends_on < today:
        problems["ends_on"] = "Choose a day to come, or say that it has ended."
    if plan.standing is Standing.PAUSED and plan.resume_on and plan.resume_on <= today:
        problems["resume_on"] = "Choose a day to come."
    if problems:
        raise InvalidInput(problems)


def _narrowed(house: House, user: User, wanted: Wanted, words: str) -> "QuerySet[Membership]":
    found = sight.met_by(user, Membership.objects.filter(workspace_id=user.workspace_id))
    match wanted:
        case Wanted.ENDING:
            found = found.filter(_ending(house, user))
        case Wanted.ACTIVE | Wanted.PAUSED | Wanted.ENDED:
            found = found.filter(state=wanted.value)
        case Wanted.ALL:
            pass
    words = words.strip()
    if not words:
        return found
    numbered = found.filter(reference__iexact=words)
    if numbered.exists():
        return numbered
    people = contact_list.list_page(house, user, words=words)
    return found.filter(contact_id__in=[line.row.id for line in people.lines][:_MOST_FOUND])


def _ending(house: House, user: User) -> Q:
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    today = house.clock.now().astimezone(inbox.zone_of(user.workspace_id)).date()
    soon = today + policy.renewal_notice
    return Q(state=Standing.ACTIVE, renews=False, ends_on__gte=today, ends_on__lte=soon)


def _lines(house: House, user: User, rows: list[Membership]) -> tuple[MemberLine, ...]:
    ids = [row.contact_id for row in rows]
    people = Contact.objects.in_bulk(ids)
    came = _visits(ids, house.clock.now() - _MONTH)
    ending = set(
        Membership.objects.filter(
            _ending(house, user), id__in=[row.id for row in rows]
        ).values_list("id", flat=True)
    )
    return tuple(
        MemberLine(
            row=row,
            who=inbox.name_of(house, row.contact_id, bytes(people[row.contact_id].name_sealed)),
            came_at=came.get(row.contact_id, (None, 0))[0],
            visits=came.get(row.contact_id, (None, 0))[1],
            is_ending=row.id in ending,
        )
        for row in rows
        if row.contact_id in people
    )


def _visits(contact_ids: list[str], since: datetime) -> dict[str, tuple[datetime | None, int]]:
    """Return when contacts came last, and how often since a moment, as the score counts them."""
    noted = CheckIn.objects.filter(contact_id__in=contact_ids)
    booked = noted.exclude(booking_id=None).values("booking_id")
    attended = Booking.objects.filter(contact_id__in=contact_ids, state=State.ATTENDED)
    found: dict[str, tuple[datetime | None, int]] = {}
    for rows, at in ((noted, "at"), (attended.exclude(id__in=booked), "starts_at")):
        recent = Count("id", filter=Q(**{f"{at}__gte": since}))
        counted_rows = rows.values_list("contact_id").annotate(last=Max(at), recent=recent)
        for contact_id, last, count in counted_rows:
            before, counted = found.get(contact_id, (None, 0))
            newest = max(filter(None, (before, last)), default=None)
            found[contact_id] = (newest, counted + count)
    return found
