"""Notifications to a visitor's browser: permitted by a click, ended by another.

A visitor's browser is one place, whichever permission of it is the newest: what went there
stands in its chat window too, so a click on a notification finds it. The same permission
told by somebody else of the same browser is theirs from then on, as the browser is.
"""

from dataclasses import dataclass

from django.db.models import Q

from baton.channels.push import subscriptions
from baton.channels.push.settings import WebPushSettings
from baton.channels.push.subscriptions import Subscription
from baton.core.consent import EVERY, Purpose
from baton.core.errors import InvalidInput
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.doors import wordings
from baton.services.doors.chat import Entrance, Visit
from baton.services.facts import AddressLeft, DeliveryReported, EventReported
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts, suppressions
from baton.services.people.consents import Said
from baton.services.workspace import inboxes
from baton.services.workspace.connections import PUSH
from baton.services.workspace.standards import standards_cache
from baton.store.models import Address, Inbox, VaultEntry
from baton.store.queries import people, ways
from baton.store.rows import AddressRow, ContactRow

SOURCE = "the button Notify me"
_PERMITS = (Purpose.SERVICE, Purpose.TRANSACTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a browser needs to permit notifications."""

    inbox_id: str
    public_key: str
    allows_loopback: bool


def find_offer(house: House, workspace_id: str) -> Offer | None:
    """Return what a workspace's visitors may permit; None while it has no push inbox."""
    inbox_id = ways.find_inbox(workspace_id, PUSH)
    inbox = Inbox.objects.filter(id=inbox_id).first() if inbox_id else None
    settings = inboxes.settings_of(house, inbox) if inbox else None
    if inbox is None or not isinstance(settings, WebPushSettings):
        return None  # the phone lab's plays no browser
    return Offer(
        inbox_id=inbox.id,
        public_key=settings.public_key,
        allows_loopback=settings.allows_loopback,
    )


def permitted_arrival(
    house: House, entrance: Entrance, visit: Visit, told: Subscription, *, origin: str
) -> Arrival:
    """Return as a fact that a visitor permits notifications.

    Raises InvalidInput for what is no permission, or was not given to our newest key.
    """
    offer = find_offer(house, visit.workspace_id)
    if offer is None or told.key != offer.public_key:
        raise InvalidInput({"key": "ask for the permission anew; the keys have changed"})
    subscriptions.check(told, origin=origin, allows_loopback=offer.allows_loopback)
    fact = AddressLeft(
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
        left_channel=PUSH,
        left=subscriptions.render(told),
        wording=entrance.wordings[PUSH],
    )
    return _arrival(house, visit, fact, "permitted")


def played_arrival(house: House, visit: Visit) -> Arrival:
    """Return as a fact that a played visitor allows notifications, in the phone lab."""
    told = Subscription(endpoint="", p256dh="", auth="", key=visit.visitor, page="")
    own = standards_cache(house).last_of(visit.workspace_id).wordings
    fact = AddressLeft(
        channel=visit.channel,
        inbox_id=visit.inbox_id,
        address=visit.visitor,
        left_channel=PUSH,
        left=subscriptions.render(told),
        wording=wordings.in_force(own)[PUSH],
    )
    return _arrival(house, visit, fact, "permitted")


def ended_arrival(house: House, entrance: Entrance, visit: Visit) -> Arrival:
    """Return as a fact that a visitor wants no notifications any more, as STOP would."""
    fact = EventReported(
        event=consents.WITHDRAWN,
        facts={"purpose": EVERY, "channel": PUSH, "source": "the button Turn off"},
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
    )
    return _arrival(house, visit, fact, "ended")


def told_arrival(house: House, workspace_id: str, report: DeliveryReported) -> Arrival | None:
    """Return what a browser tells of a notification as a fact; None if the message is gone."""
    lane = people.lane_of_message(workspace_id, report.message_id, "")
    if lane is None:
        return None
    return arrivals.arrival_of(
        report,
        house.keyset,
        workspace_id=workspace_id,
        lane=lane,
        dedupe_key=f"push:{report.message_id}:{report.state}",
        received_at=house.clock.now(),
    )


def take(ledger: Ledger, contact: ContactRow, fact: AddressLeft) -> ContactRow:
    """Keep a browser's permission with the consent that it is; return the contact.

    The click is the contact's own word: it opens again what they had ended.
    """
    _keep_address(ledger, contact, fact)
    suppressions.lift(ledger, contact, PUSH, actor=suppressions.SYSTEM)
    if PUSH in contact.opted_out.split(","):
        contact = consents.change(ledger, contact, PUSH, is_granted=True, source=SOURCE)
    for purpose in _PERMITS:
        said = Said(
            channel=PUSH,
            purpose=purpose.value,
            is_granted=True,
            source=SOURCE,
            wording=fact.wording,
            at=ledger.now,
        )
        contact = consents.tell(ledger, contact, said, actor=f"contact:{contact.id}")
    return contact


def _keep_address(ledger: Ledger, contact: ContactRow, fact: AddressLeft) -> None:
    workspace_id, keyset = contact.workspace_id, ledger.house.keyset
    lane = arrivals.push_lane_of(keyset, workspace_id, fact.address)
    token = contacts.token_of(keyset, workspace_id, PUSH, fact.left)
    known = Address.objects.filter(Q(token=token) | Q(lane=lane), workspace_id=workspace_id)
    if known.filter(token=token, lane=lane, contact_id=contact.id).exists():
        return
    if any(row.lane == lane for row in ledger.added(AddressRow)):
        return
    VaultEntry.objects.filter(
        workspace_id=workspace_id, token__in=list(known.values_list("token", flat=True))
    ).delete()
    known.delete()
    inbox_id = ways.find_inbox(workspace_id, PUSH)
    if inbox_id:
        contacts.add_address(
            ledger, contact, channel=PUSH, inbox_id=inbox_id, address=fact.left, lane=lane,
            is_verified=True,
        )  # fmt: skip
    ledger.acquaintance.forget()


def _arrival(house: House, visit: Visit, fact: AddressLeft | EventReported, what: str) -> Arrival:
    now = house.clock.now()
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        dedupe_key=f"push:{what}:{visit.visitor}:{house.next_id(now)}",
        received_at=now,
    )
