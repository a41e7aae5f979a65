"""SMS seen from outside: which number a webhook is for, and the facts that it tells."""

from dataclasses import dataclass, field
from datetime import timedelta

from baton.channels.sms import numbers
from baton.channels.sms.arriving import ArrivingSms, Receipt
from baton.core import text as texts
from baton.runtime.ports import Arrival
from baton.services import arrivals, inboxes
from baton.services.arrivals import DeliveryReported, MessageReceived
from baton.services.house import House
from baton.services.workspaces import StandardsCache
from baton.store.models import Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsEntrance:
    """One number as its provider meets it; `proofs` sign its webhooks, for `hook_url`."""

    inbox_id: str
    workspace_id: str
    provider: str
    region: str
    hook_url: str
    coalesce_window: timedelta
    proofs: tuple[str, ...] = field(repr=False)


def find_entrance(
    house: House, standards: StandardsCache, provider: str, token: str
) -> SmsEntrance | None:
    """Return the entrance of a public token at a provider, or None."""
    found = Inbox.objects.filter(token=token, channel=inboxes.SMS, provider=provider)
    inbox = found.exclude(settings_sealed=b"").first()
    if inbox is None:
        return None
    return SmsEntrance(
        inbox_id=inbox.id,
        workspace_id=inbox.workspace_id,
        provider=provider,
        region=numbers.region_of(inbox.sender),
        hook_url=inboxes.hook_url_of(house, inbox),
        coalesce_window=standards.standards_of(inbox.workspace_id).policy.coalesce_window,
        proofs=inboxes.proofs_of(house, inbox),
    )


def message_arrival(house: House, entrance: SmsEntrance, sms: ArrivingSms) -> Arrival | None:
    """Return an SMS as a fact, once for each of the provider's ids.

    None for one that nobody can be answered for, or that says nothing at all.
    """
    address = numbers.address_of(sms.sender, entrance.region)
    text = texts.clean(sms.text)
    if address is None or texts.problem_with(text):
        return None
    fact = MessageReceived(
        channel=inboxes.SMS,
        inbox_id=entrance.inbox_id,
        address=address,
        text=text,
        answered=sms.keyword.value if sms.keyword else "",
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=entrance.workspace_id,
        lane=_lane_of(house, entrance, address),
        dedupe_key=f"sms:{entrance.inbox_id}:{sms.receipt}",
        received_at=house.clock.now(),
        delay=entrance.coalesce_window,
    )


def receipt_arrival(house: House, entrance: SmsEntrance, receipt: Receipt) -> Arrival | None:
    """Return what became of a message as a fact; None when nobody can say whose it was."""
    address = numbers.address_of(receipt.recipient, entrance.region)
    if address is None:
        return None
    fact = DeliveryReported(
        message_id=receipt.message_id,
        receipt=receipt.receipt,
        state=receipt.state.value,
        channel=inboxes.SMS,
        fault=receipt.fault,
        code=receipt.code,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=entrance.workspace_id,
        lane=_lane_of(house, entrance, address),
        dedupe_key=f"receipt:{entrance.inbox_id}:{receipt.receipt}:{receipt.told}",
        received_at=house.clock.now(),
    )


def _lane_of(house: House, entrance: SmsEntrance, address: str) -> str:
    return arrivals.lane_of(house.keyset, entrance.workspace_id, inboxes.SMS, address)
