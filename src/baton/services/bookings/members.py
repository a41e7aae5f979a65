"""Who belongs: memberships of ours begun, paused, renewed and ended.

Their contact carries the plan's name while it lasts; who left carries a mark, so that flows
which sell to members leave them alone (AP17).
"""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import msgspec
from msgspec.structs import replace

from baton.core import memberships, text
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.memberships import LEFT_TAG, Stand, Standing, Told
from baton.core.recommending import DayPart
from baton.services import inbox
from baton.services.bookings import recommending, references
from baton.services.facts import MembershipDue
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.people.contacts import marks_of
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Membership
from baton.store.queries import turns
from baton.store.rows import ContactRow

MAX_PLAN = 40
"""As wide as a contact's own column."""
_MOST_PRICE = 100_000_00
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A membership as it is set; `ends_on` is its last day, None where it goes on.

    One that `renews` goes on behind its last day; a pause ends by itself on `resume_on`.
    `prefers` is a word of `core.recommending.DayPart`, "" where nobody said it.
    """

    name: str
    standing: Standing = Standing.ACTIVE
    price_minor: int = 0
    renews: bool = True
    ends_on: date | None = None
    resume_on: date | None = None
    prefers: str = ""


def begin(house: House, workspace_id: str, contact_id: str, plan: Plan, *, actor: str) -> str:
    """Make somebody a member from now on; return the membership's id.

    Raises Conflict for somebody who is one, NotFound, or InvalidInput.
    """
    plan = _checked(plan)
    with house.engine.transaction():
        ledger, contact = _at_hand(house, workspace_id, contact_id)
        current = Membership.objects.filter(contact_id=contact.id).exclude(state=Standing.ENDED)
        if current.exists():
            message = "They are a member already. Change that membership instead."
            raise Conflict(message)
        row = Membership(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            contact_id=contact.id,
            joined_at=ledger.now,
        )
        row.reference = references.new(Membership, row.id, workspace_id)
        _keep(ledger, contact, row, plan, before=None, actor=actor)
    return row.id


def change(house: House, workspace_id: str, membership_id: str, plan: Plan, *, actor: str) -> None:
    """Change a membership of ours; raises Conflict for a mirror, NotFound, or InvalidInput."""
    plan = _checked(plan)
    known = Membership.objects.filter(id=membership_id, workspace_id=workspace_id)
    contact_id = known.values_list("contact_id", flat=True).first()
    if contact_id is None:
        raise NotFound("membership", membership_id)
    with house.engine.transaction():
        ledger, contact = _at_hand(house, workspace_id, contact_id)
        row = known.get()
        if row.system_id:
            message = "This membership is kept by another system: change it there."
            raise Conflict(message)
        _keep(ledger, contact, row, plan, before=stand_of(row), actor=actor)


def stand_of(row: Membership) -> Stand:
    """Return how a membership stands."""
    return Stand(
        standing=Standing(row.state),
        ends_on=row.ends_on,
        renews=row.renews,
        resume_on=row.resume_on,
    )


def plan_of(row: Membership) -> Plan:
    """Return a membership as it is set."""
    return Plan(
        name=row.plan,
        standing=Standing(row.state),
        price_minor=row.price_minor,
        renews=row.renews,
        ends_on=row.ends_on,
        resume_on=row.resume_on,
        prefers=row.prefers,
    )


def day_came(ledger: Ledger, contact: ContactRow, fact: MembershipDue) -> ContactRow:
    """Let a day have its effect on a membership of a contact whose lane is held.

    What was due when the day was planned, and is so no more, does nothing. Whose membership
    another system keeps is marked by it.
    """
    row = Membership.objects.filter(id=fact.membership_id, contact_id=contact.id).first()
    if row is None:
        return contact
    if row.system_id:
        contact = _marked(contact, plan_of(_counting(row)))
    stand, policy = stand_of(row), standards_cache(ledger.house).standards_of(row.workspace_id)
    match memberships.due(stand, fact.on, policy.policy.renewal_notice):
        case Told.ENDING if row.told_end != row.ends_on:
            row.told_end = row.ends_on
            row.save(update_fields=["told_end"])
            _tell(ledger, row, Told.ENDING)
        case Told.ENDED if not row.system_id:
            plan = dataclasses.replace(plan_of(row), standing=Standing.ENDED)
            return settle(ledger, contact, row, plan, before=stand, actor="system")
        case Told.RESUMED if not row.system_id:
            plan = dataclasses.replace(plan_of(row), standing=Standing.ACTIVE, resume_on=None)
            return settle(ledger, contact, row, plan, before=stand, actor="system")
        case _:
            pass
    return contact


def _counting(row: Membership) -> Membership:
    """Return the membership by which a contact is known: who has another one has not left."""
    if row.state != Standing.ENDED:
        return row
    known = Membership.objects.filter(contact_id=row.contact_id)
    return known.exclude(state=Standing.ENDED).order_by("-joined_at").first() or row


def facts_of(house: House, row: Membership) -> dict[str, Json]:
    """Return what flows may say of a membership; amounts in minor units."""
    slots_url = one_tap.link(house, Errand.BOOK, row.workspace_id, row.contact_id)
    fit = recommending.for_member(row, house.clock.now())
    first, second = (*fit.names, "", "")[:2]
    return {
        "membership": row.reference,
        "plan": row.plan,
        "price": row.price_minor,
        "joined_at": row.joined_at.astimezone(UTC).isoformat(),
        **({"ends_at": _last_moment(row).isoformat()} if row.ends_on else {}),
        **({"resume_on": row.resume_on.isoformat()} if row.resume_on else {}),
        "slots_url": slots_url,
        "guide_url": slots_url,
        "renew_url": one_tap.link(house, Errand.RENEW, row.workspace_id, row.id),
        "first_class": first,
        "second_class": second,
        "time_of_day": fit.part or "",
        "is_active": False,
    }


def _keep(  # noqa: PLR0913 - whose, what it was and becomes, and by whom
    ledger: Ledger,
    contact: ContactRow,
    row: Membership,
    plan: Plan,
    *,
    before: Stand | None,
    actor: str,
) -> None:
    ledger.keep(settle(ledger, contact, row, plan, before=before, actor=actor))
    ledger.flush()


def settle(  # noqa: PLR0913 - as above
    ledger: Ledger,
    contact: ContactRow,
    row: Membership,
    plan: Plan,
    *,
    before: Stand | None,
    actor: str,
) -> ContactRow:
    """Write a membership, tell the flows, and return its contact as they are marked then."""
    row.plan, row.state = plan.name, plan.standing.value
    row.price_minor, row.renews, row.ends_on = plan.price_minor, plan.renews, plan.ends_on
    row.prefers = plan.prefers
    row.resume_on = plan.resume_on if plan.standing is Standing.PAUSED else None
    row.changed_at = ledger.now
    row.save(force_insert=before is None)
    ledger.audit(
        row.workspace_id, actor, "membership_changed", f"membership:{row.id}", state=row.state
    )
    ledger.ring(f"workspace:{row.workspace_id}")
    told = memberships.difference(before, stand_of(row))
    if told is not None:
        _tell(ledger, row, told)
    return _marked(contact, plan)


def _tell(ledger: Ledger, row: Membership, told: Told) -> None:
    key = f"membership:{row.id}:{ledger.now.isoformat()}:{told}"
    telling.tell(ledger.house, row.contact_id, told, facts_of(ledger.house, row), key=key)


def _marked(contact: ContactRow, plan: Plan) -> ContactRow:
    marks = marks_of(contact)
    kept = tuple(one for one in marks.tags if one != LEFT_TAG)
    has_left = plan.standing is Standing.ENDED
    marks = replace(marks, tags=(*kept, LEFT_TAG) if has_left else kept)
    return replace(
        contact,
        membership="" if has_left else plan.name[:MAX_PLAN],  # another system's may be longer
        marks=msgspec.json.encode(marks).decode(),
    )


def _at_hand(house: House, workspace_id: str, contact_id: str) -> tuple[Ledger, ContactRow]:
    """Hold a contact's lane, and load them afresh."""
    known = Contact.objects.filter(id=contact_id, workspace_id=workspace_id, merged_into_id=None)
    lane = known.values_list("lane", flat=True).first()
    if lane is None:
        raise NotFound("contact", contact_id)
    house.engine.lock_lane(workspace_id, lane)
    return Ledger(house, house.clock.now()), turns.list_lanes([lane])[lane].contact


def _last_moment(row: Membership) -> datetime:
    """Return when the last day is over where the business is."""
    assert row.ends_on is not None  # noqa: S101 - asked by the caller
    zone = inbox.zone_of(row.workspace_id)
    return datetime.combine(row.ends_on, time(23, 59), zone).astimezone(UTC)


def _checked(plan: Plan) -> Plan:
    name = text.clean(plan.name).strip()
    problems: dict[str, str] = {}
    if not name or len(name) > MAX_PLAN:
        problems["name"] = f"write a name of {MAX_PLAN} characters at most"
    if not 0 <= plan.price_minor <= _MOST_PRICE:
        problems["price"] = f"choose between 0 and {_MOST_PRICE}"
    if plan.prefers and plan.prefers not in set(DayPart):
        problems["prefers"] = "choose a part of the day"
    if problems:
        raise InvalidInput(problems)
    return Plan(
        name=name,
        standing=plan.standing,
        price_minor=plan.price_minor,
        renews=plan.renews,
        ends_on=plan.ends_on,
        resume_on=plan.resume_on,
        prefers=plan.prefers,
    )
