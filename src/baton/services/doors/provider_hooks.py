"""Providers' webhooks seen from outside: which inbox one is for, and the facts that it tells."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from baton.channels import ArrivingMessage, Receipt
from baton.channels.sms import numbers
from baton.core import text as texts
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import attachments
from baton.services.facts import DeliveryReported, MessageReceived
from baton.services.house import House
from baton.services.workspace import connections, inboxes
from baton.services.workspace.standards import StandardsCache
from baton.store.models import Inbox

_MAX_NAME = 120
_WHATSAPP_NUMBER = re.compile(r"\+[0-9]{5,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntrance:
    """One inbox as its provider meets it.

    `proofs` sign its webhooks, for `hook_url`; `number_id` is the provider's own name for
    the number, where one webhook may tell of several.
    """

    inbox_id: str
    workspace_id: str
    channel: str
    provider: str
    region: str
    hook_url: str
    number_id: str
    verify_token: str = field(repr=False)
    coalesce_window: timedelta
    proofs: tuple[str, ...] = field(repr=False)


def find_entrance(
    house: House, standards: StandardsCache, channel: str, provider: str, token: str
) -> ProviderEntrance | None:
    """Return the entrance of a public token at a channel's provider, or None."""
    found = Inbox.objects.filter(token=token, channel=channel, provider=provider)
    inbox = found.exclude(settings_sealed=b"").first()
    if inbox is None:
        return None
    return ProviderEntrance(
        inbox_id=inbox.id,
        workspace_id=inbox.workspace_id,
        channel=channel,
        provider=provider,
        region=numbers.region_of(inbox.sender),
        hook_url=inboxes.hook_url_of(house, inbox),
        coalesce_window=standards.standards_of(inbox.workspace_id).policy.coalesce_window,
        number_id=connections.number_id_of(inboxes.settings_of(house, inbox)),
        verify_token=inboxes.verify_token_of(house, inbox),
        proofs=inboxes.proofs_of(house, inbox),
    )


def message_arrival(
    house: House, entrance: ProviderEntrance, told: ArrivingMessage
) -> Arrival | None:
    """Return a message as a fact, once for each of the provider's ids.

    None for one that nobody can be answered for, or that says nothing at all.
    """
    address = _address_of(entrance, told.sender)
    files = attachments.expect(house, told.files)
    said = texts.bounded(texts.clean(told.text))
    text = attachments.words_of(said, files)
    if address is None or texts.problem_with(text):
        return None
    fact = MessageReceived(
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=address,
        text=text,
        name=texts.clean(told.name)[:_MAX_NAME],
        answered=told.keyword.value if told.keyword else "",
        files=files,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=entrance.workspace_id,
        lane=_lane_of(house, entrance, address),
        dedupe_key=f"{entrance.channel}:{entrance.inbox_id}:{told.receipt}",
        received_at=house.clock.now(),
        delay=entrance.coalesce_window,
    )


def receipt_arrival(house: House, entrance: ProviderEntrance, receipt: Receipt) -> Arrival | None:
    """Return what became of a message as a fact; None when nobody can say whose it was."""
    address = _address_of(entrance, receipt.recipient)
    if address is None:
        return None
    fact = DeliveryReported(
        message_id=receipt.message_id,
        receipt=receipt.receipt,
        state=receipt.state.value,
        channel=entrance.channel,
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


def _lane_of(house: House, entrance: ProviderEntrance, address: str) -> str:
    return arrivals.lane_of(house.keyset, entrance.workspace_id, entrance.channel, address)


def _address_of(entrance: ProviderEntrance, raw: str) -> str | None:
    """Return an address as the channel keeps it, None for what can be none."""
    if entrance.channel == connections.WHATSAPP:
        # Meta vouches for the number, also where no table knows its range.
        return raw if _WHATSAPP_NUMBER.fullmatch(raw) else None
    return numbers.address_of(raw, entrance.region)
