"""Short links: made as a message is written, followed and counted when somebody opens them.

A link leads only where a flow of the workspace led when its message was written, so nobody can
make one that leads elsewhere; its token carries no identifier, and a part of it is a keyed
hash of the rest, so that guesses are refused without a look at the database.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from baton.core import links
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import LinkOpened
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.crypto import Keyset
from baton.store.queries import links as rows
from baton.store.queries.links import LinkRow
from baton.store.rows import ConversationRow, ShortLinkRow

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODE, _TAG = 10, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a short link leads, and the fact that somebody opened it."""

    target: str
    arrival: Arrival


def shorten(
    ledger: Ledger,
    conversation: ConversationRow,
    message_id: str,
    text: str,
    targets: tuple[str, ...],
) -> str:
    """Return a message's text with short addresses in place of those that its flow tracks."""
    for target in targets:
        standing = re.compile(rf"(?<!\S){re.escape(target)}(?!\S)")
        if standing.search(text) and links.may_lead_to(target):
            # An address of ours holds no backslash, so it stands for itself.
            text = standing.sub(_new(ledger, conversation, message_id, target), text)
    return text


def find_way(house: House, token: str, now: datetime) -> Way | None:
    """Return where a token leads, None for one that we did not make."""
    code, tag = token[:_CODE], token[_CODE:]
    if not hmac.compare_digest(_tag_of(house.keyset, code).encode(), tag.encode()):
        return None
    found = rows.find(token)
    if found is None:
        return None
    target = house.keyset.unseal(found.target_sealed, _place(found.id))
    return Way(target=target, arrival=_arrival_of(house, found, now))


def _new(ledger: Ledger, conversation: ConversationRow, message_id: str, target: str) -> str:
    keyset, link_id = ledger.house.keyset, ledger.next_id()
    code = _signs_of(keyset.fingerprint("short_link.code", link_id), _CODE)
    token = code + _tag_of(keyset, code)
    ledger.add(
        ShortLinkRow(
            id=link_id,
            workspace_id=conversation.workspace_id,
            contact_id=conversation.contact_id,
            message_id=message_id,
            lane=conversation.lane,
            token=token,
            target_sealed=keyset.seal(target, _place(link_id)),
            created_at=ledger.now,
        )
    )
    return f"{ledger.house.base_url}/l/{token}"


def _arrival_of(house: House, link: LinkRow, now: datetime) -> Arrival:
    opened = LinkOpened(
        link_id=link.id, message_id=link.message_id, channel=link.channel, flow=link.flow
    )
    return arrivals.arrival_of(
        opened,
        house.keyset,
        workspace_id=link.workspace_id,
        lane=link.lane,
        # Who clicks twice in a minute has opened it once.
        dedupe_key=f"click:{link.id}:{now:%Y%m%d%H%M}",
        received_at=now,
    )


def _tag_of(keyset: Keyset, code: str) -> str:
    return _signs_of(keyset.fingerprint("short_link.tag", code), _TAG)


def _signs_of(fingerprint: str, length: int) -> str:
    """Return so many letters and digits of a fingerprint, which is long enough for them."""
    number = int(fingerprint[:32], 16)
    found = []
    for _ in range(length):
        number, place = divmod(number, len(_SIGNS))
        found.append(_SIGNS[place])
    return "".join(found)


def _place(link_id: str) -> str:
    return f"short_link:{link_id}"
