"""Channels that take any words for a while only, or approved ones alone (C6, TP3).

WhatsApp is one: for 24 hours after a contact's last word to a number they may be written to
freely, later only in words that its owner has approved. Those are kept beside a message's
own, and take their place when it leaves late. On SMS and by email a message of approved
words is one of these from the start, and leaves as long as they are approved; one of the
workspace's choice that has none never does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from baton.core import consent, template
from baton.core.consent import Purpose
from baton.core.policy import Policy
from baton.core.presend import Author, Notice, Window
from baton.core.template import COPY_CHANNELS, StandIn
from baton.flows.effects import SendText
from baton.services.delivery import outgoing
from baton.services.delivery.outgoing import Route
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people.permits import Wish
from baton.services.workspace import connections
from baton.services.workspace.standards import standards_cache
from baton.store.queries import outgoing as messages
from baton.store.queries import permits, templates
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ContactRow, MessageRow

NEVER_OPEN = Window(wrote_at=None, names_template=True)
"""Where approved words alone may go, and there are none."""


def window_planned(  # noqa: PLR0913 - what goes to whom, where, why and by whose terms
    ledger: Ledger,
    contact: ContactRow,
    route: Route,
    *,
    words: SendText,
    wish: Wish,
    policy: Policy,
) -> Window | None:
    """Return the window of a message that is planned, None where its channel has none."""
    if route.channel in COPY_CHANNELS:
        is_approved = route.channel in words.stand_ins
        needs = _needs_copy(policy, route.channel, wish.purpose) and wish.is_unprompted
        return NEVER_OPEN if needs and not is_approved and wish.notice is None else None
    if route.channel != connections.WHATSAPP:
        return None
    place = route.address_lane, route.inbox_id  # another address of theirs has its own
    writes_now = any(
        (row.author, row.address_lane, row.inbox_id) == (Author.CONTACT, *place)
        for row in ledger.added_for(MessageRow, contact.id)
    )
    wrote_at = ledger.now if writes_now else permits.last_word_to(contact.id, *place)
    return Window(
        wrote_at=wrote_at,
        names_template=bool(words.template),
        has_template=route.channel in words.stand_ins,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """The window of a message that is about to leave, and the words for when it is shut."""

    window: Window
    stand_in: StandIn | None

    def window_of(self, notice: Notice | None) -> Window | None:
        """Return the window that holds: words of duty need nobody's approval on SMS and email."""
        return None if notice and self.window is NEVER_OPEN else self.window

    def is_shut(self, now: datetime) -> bool:
        """Return whether only the approved words may go."""
        return not self.window.is_open(now)


def list_panes(house: House, rows: Iterable[OutgoingRow]) -> dict[str, Pane]:
    """Return the windows of messages by id; what goes by a channel without one is missing.

    What was approved when a message was planned may be so no more.
    """
    windowed = [row for row in rows if row.channel in template.CHANNELS]
    kept = {
        row.message_id: stand_in_of(house, row.message_id, row.stand_in_sealed)
        for row in windowed
        if row.stand_in_sealed
    }
    versions = sorted({one.version_id for one in kept.values() if one})
    approved = templates.approved_among(versions) if versions else frozenset()
    on_whatsapp = [row.message_id for row in windowed if row.channel == connections.WHATSAPP]
    words = permits.list_last_words_to(on_whatsapp) if on_whatsapp else {}
    policies = _policies_of(house, windowed)
    panes = {}
    for row in windowed:
        stand_in = kept.get(row.message_id)
        is_approved = stand_in is not None and stand_in.version_id in approved
        if row.channel == connections.WHATSAPP:
            window = Window(
                wrote_at=words.get(row.message_id),
                names_template=stand_in is not None,
                has_template=is_approved,
            )
            panes[row.message_id] = Pane(window=window, stand_in=stand_in)
        elif not is_approved and (stand_in or _lacks_copy(policies, row)):
            panes[row.message_id] = Pane(window=NEVER_OPEN, stand_in=None)
    return panes


def _policies_of(house: House, rows: Iterable[OutgoingRow]) -> dict[str, Policy]:
    """Return the limits by workspace, asked for once a batch."""
    unasked = {row.workspace_id for row in rows if row.is_unprompted}
    cache = standards_cache(house)
    return {workspace_id: cache.standards_of(workspace_id).policy for workspace_id in unasked}


def _lacks_copy(policies: Mapping[str, Policy], row: OutgoingRow) -> bool:
    """Return whether a message without approved words is of a kind that needs them."""
    purpose = Purpose(row.purpose)
    return row.is_unprompted and _needs_copy(policies[row.workspace_id], row.channel, purpose)


def _needs_copy(policy: Policy, channel: str, purpose: Purpose) -> bool:
    return consent.is_listed(policy.approved_copy, channel, purpose)


def stand_in_of(house: House, message_id: str, sealed: bytes) -> StandIn | None:
    """Return the approved words that are kept beside a message, if any."""
    if not sealed:
        return None
    text = house.keyset.unseal(sealed, outgoing.place_stand_in(message_id))
    return msgspec.json.decode(text, type=StandIn)


def take_place(house: House, row: OutgoingRow, stand_in: StandIn) -> OutgoingRow:
    """Put the approved words in the place of a message's own; return it as it leaves."""
    sealed = house.keyset.seal(stand_in.text, f"message:{row.message_id}")
    choices = [{"key": key, "label": label} for key, label in stand_in.replies]
    encoded = msgspec.json.encode(choices).decode()
    messages.say_instead(row.message_id, sealed, encoded, stand_in.name)
    return replace(row, body_sealed=sealed, choices=stand_in.replies, template=stand_in)
