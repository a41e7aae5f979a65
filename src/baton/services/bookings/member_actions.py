"""What flows may do with memberships: find the contact's own, pause it, let it go on."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date

from baton.core import memberships
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.memberships import Standing
from baton.services import inbox
from baton.services.bookings import members
from baton.services.bookings.members import Plan
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.store.models import Contact, Membership
from baton.store.queries import people


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on memberships, by the names under which flows call them."""
    return {
        "find_member": lambda call: _ended(_found, house, call),
        "pause_membership": lambda call: _ended(_paused, house, call),
        "resume_membership": lambda call: _ended(_resumed, house, call),
    }


def _found(house: House, call: Call) -> Performed:
    """Return the contact's own membership that they named, as they remember it (AP31).

    Nobody is let near somebody else's: who is known under another address is a person's to
    recognise.
    """
    given, whole = str(call.given.get("given", "")), people.whole_of(call.contact_id)
    contact = Contact.objects.get(id=whole)
    sealed = bytes(contact.name_sealed)
    name = house.keyset.unseal(sealed, f"contact.name:{whole}") if sealed else ""
    for row in _own(call):
        if memberships.is_near(given, reference=row.reference, name=name):
            return Performed(result={"member": row.reference})
    raise NotFound("membership", given[:40])


def _paused(house: House, call: Call) -> Performed:
    row, until = _named(call), _day(call.given.get("resume_on"))
    today = house.clock.now().astimezone(inbox.zone_of(call.workspace_id)).date()
    if not today < until <= today + memberships.LONGEST_PAUSE:
        raise InvalidInput({"resume_on": "choose a day of the next three months"})
    return _set(house, call, row, standing=Standing.PAUSED, resume_on=until)


def _resumed(house: House, call: Call) -> Performed:
    return _set(house, call, _named(call), standing=Standing.ACTIVE, resume_on=None)


def _set(
    house: House, call: Call, row: Membership, *, standing: Standing, resume_on: date | None
) -> Performed:
    done = Performed(result={})
    wanted: Plan = dataclasses.replace(members.plan_of(row), standing=standing, resume_on=resume_on)
    with house.engine.transaction():
        members.change(house, call.workspace_id, row.id, wanted, actor=call.by)
        call.settle(done)
    return done


def _own(call: Call) -> tuple[Membership, ...]:
    """Return the contact's own memberships that are not over, the newest first."""
    known = Membership.objects.filter(
        workspace_id=call.workspace_id, contact_id=people.whole_of(call.contact_id)
    )
    return tuple(known.exclude(state=Standing.ENDED).order_by("-id"))


def _named(call: Call) -> Membership:
    reference = str(call.given.get("member", ""))
    for row in _own(call):
        if row.reference == reference:
            return row
    raise NotFound("membership", reference[:40])


def _day(given: object) -> date:
    try:
        return date.fromisoformat(str(given)[:10])
    except ValueError:
        raise InvalidInput({"resume_on": "choose a day"}) from None


def _ended(do: Callable[[House, Call], Performed], house: House, call: Call) -> Ended:
    try:
        return do(house, call)
    except (Conflict, InvalidInput, NotFound) as refusal:
        return Failed(problem=str(refusal))
