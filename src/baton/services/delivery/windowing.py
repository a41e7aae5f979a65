"""Channels that take any words for a while only, and what may be said there later (C6).

WhatsApp is one: for 24 hours after a contact's last word to a number they may be written to
freely, later only in words that its owner has approved. Those are kept beside a message's
own, and take their place when it leaves late.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from baton.core.presend import Author, Window
from baton.core.template import StandIn
from baton.flows.effects import SendText
from baton.services.delivery import outgoing
from baton.services.delivery.outgoing import Route
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import connections
from baton.store.queries import outgoing as messages
from baton.store.queries import permits, templates
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ContactRow, MessageRow


def window_planned(
    ledger: Ledger, contact: ContactRow, route: Route, words: SendText
) -> Window | None:
    """Return the window of a message that is planned, None where its channel has none."""
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
        has_template=words.stand_in is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """The window of a message that is about to leave, and the words for when it is shut."""

    window: Window
    stand_in: StandIn | None

    def is_shut(self, now: datetime) -> bool:
        """Return whether only the approved words may go."""
        return not self.window.is_open(now)


def list_panes(house: House, rows: Iterable[OutgoingRow]) -> dict[str, Pane]:
    """Return the windows of messages by id; what goes by a channel without one is missing.

    What was approved when a message was planned may be so no more.
    """
    windowed = [row for row in rows if row.channel == connections.WHATSAPP]
    if not windowed:
        return {}
    kept = {
        row.message_id: stand_in_of(house, row.message_id, row.stand_in_sealed) for row in windowed
    }
    versions = sorted({one.version_id for one in kept.values() if one})
    approved = templates.approved_among(versions) if versions else frozenset()
    words = permits.list_last_words_to([row.message_id for row in windowed])
    return {
        message_id: Pane(
            window=Window(
                wrote_at=words.get(message_id),
                names_template=stand_in is not None,
                has_template=stand_in is not None and stand_in.version_id in approved,
            ),
            stand_in=stand_in,
        )
        for message_id, stand_in in kept.items()
    }


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
