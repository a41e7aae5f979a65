"""The web chat seen from outside: who visits, what they say, what they may see.

A visit is proved by a token that only this installation can sign. Whoever holds
it reads and writes one contact's conversation and nothing else, so it is kept by
the visitor's own browser and never by the page around it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.core import signing

from baton.channels.sandbox.settings import SANDBOX
from baton.core import sms, whatsapp
from baton.core import text as texts
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.presend import Author
from baton.core.whatsapp import Look
from baton.flows.render import render
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import attachments, file_links
from baton.services.delivery.attachments import ShownFile
from baton.services.doors import wordings
from baton.services.facts import ArrivingFile, ContactIdentified, EventReported, MessageReceived
from baton.services.house import House
from baton.services.workspace import connections, inboxes
from baton.services.workspace.standards import StandardsCache
from baton.store.models import Inbox
from baton.store.queries import feed
from baton.store.queries.feed import FeedRow

VISIT_LASTS = timedelta(days=90)
_KNOWN = "known-"  # how visitors who were vouched for are called; others have a random id
_TOKEN_SALT = "baton.services.doors.chat.visit"  # noqa: S105 - sets these signatures apart, is no secret
# A queued message that old waits for an engineer; it no longer holds up anybody's place.
_STUCK_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """One inbox as strangers meet it.

    `is_open` says that whoever has the token may write, as in a web chat or the sandbox;
    at others a provider does, on behalf of the number in `sender`. `wordings` is what
    visitors agree to, by channel.
    """

    inbox_id: str
    workspace_id: str
    channel: str
    is_open: bool
    sender: str
    token: str
    business: str
    greeting: str
    allowed_origins: tuple[str, ...]
    wordings: Mapping[str, str]
    secrets: tuple[str, ...] = field(repr=False)
    """What signs identities and webhooks; after a change also the one before, for a while."""
    coalesce_window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visitor at an entrance: the content of a token."""

    workspace_id: str
    inbox_id: str
    visitor: str
    lane: str
    channel: str = ""
    said: str = ""
    """A fingerprint of the identity told at this visit, and the day; empty without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a visitor is, word for word as the business's own site says; `signature` proves it."""

    id: str
    name: str
    membership: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message as its contact sees it; `name` is an agent's first name, or empty."""

    id: str
    client_id: str
    author: str
    name: str
    text: str
    choices: tuple[dict[str, str], ...]
    at: datetime
    files: tuple[tuple[ShownFile, str], ...] = ()
    """Each with the address that opens it, "" where it is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What there is to show.

    Attributes:
        messages: in order.
        cursor: where to go on. It stops before a message that is still being
            sent, since that one appears later under an earlier id; who reads on
            from it may see a message twice and knows it by its id.
        owner: bot, queue, agent or async; empty before the first word.
        status: open, snoozed or resolved; empty before the first word.
    """

    messages: tuple[ShownMessage, ...]
    cursor: str
    owner: str
    status: str


# -- entrances and visits --------------------------------------------------------------


def find_entrance(house: House, standards: StandardsCache, token: str) -> Entrance | None:
    """Return the entrance of a public token, or None."""
    inbox = Inbox.objects.filter(token=token).first()
    return _entrance_of(house, standards, inbox) if inbox else None


def find_entrance_of(house: House, standards: StandardsCache, visit: Visit) -> Entrance | None:
    """Return the entrance that a visit came through, or None if it was closed."""
    inbox = Inbox.objects.filter(id=visit.inbox_id, workspace_id=visit.workspace_id).first()
    return _entrance_of(house, standards, inbox) if inbox else None


def sign_visit(visit: Visit, now: datetime) -> str:
    """Return the token of a visit; it lasts for VISIT_LASTS."""
    content = {**asdict(visit), "until": int((now + VISIT_LASTS).timestamp())}
    return signing.Signer(salt=_TOKEN_SALT).sign_object(content)


def find_visit(token: str, now: datetime) -> Visit | None:
    """Return the visit that a token proves; None for a false or an expired one."""
    try:
        content = signing.Signer(salt=_TOKEN_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    until = content.pop("until")
    return Visit(**content) if now.timestamp() < until else None


def is_vouched_for(entrance: Entrance, identity: Identity) -> bool:
    """Return whether the business signed an identity, by any secret that is believed.

    What is signed is the id alone or, with a name or a membership, three lines: a
    visitor must not be able to promote themselves, nor to call themselves another.
    Three even if one is empty, so that no name can be passed off as a membership.
    """
    claims = (identity.name, identity.membership)
    said = "\n".join((identity.id, *claims)) if any(claims) else identity.id
    given = identity.signature.lower().encode()
    return any(
        hmac.compare_digest(
            hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest().encode(), given
        )
        for secret in entrance.secrets
    )


def shown_name(identity: Identity) -> str:
    """Return the name by which people call somebody: safe to show."""
    return texts.clean(identity.name)


def begin_visit(
    house: House, entrance: Entrance, *, earlier: Visit | None, identity: Identity | None
) -> tuple[Visit, Arrival | None]:
    """Return a visit, and the fact to record when somebody is vouched for.

    The same person has one conversation on all devices: their visitor id
    follows from their identity. Raises InvalidInput for a false signature.
    """
    now = house.clock.now()
    if identity is None:
        if earlier and earlier.inbox_id == entrance.inbox_id:
            return earlier, None
        return _visit_of(house, entrance, house.next_id(now)), None
    if not is_vouched_for(entrance, identity):
        raise InvalidInput({"signature": "this identity was not signed with the inbox's secret"})
    fingerprint = house.keyset.fingerprint(f"visitor:{entrance.workspace_id}", identity.id)
    # Said once a day on one device, however many pages the visitor opens there.
    words = (now.astimezone(UTC).date().isoformat(), identity.name, identity.membership)
    said = house.keyset.fingerprint("identity", "\n".join(words))
    visit = replace(_visit_of(house, entrance, f"{_KNOWN}{fingerprint}"), said=said)
    if visit == earlier:
        return visit, None
    is_nobody = earlier is not None and not earlier.visitor.startswith(_KNOWN)
    seen_as = earlier.visitor if earlier and is_nobody else ""
    return visit, _identified(house, entrance, visit, identity, seen_as)


# -- words in and out ------------------------------------------------------------------


def message_arrival(  # noqa: PLR0913 - a message has these
    house: House,
    entrance: Entrance,
    visit: Visit,
    *,
    client_id: str,
    text: str,
    files: tuple[ArrivingFile, ...] = (),
) -> Arrival:
    """Return a visitor's message as a fact; said again under its id, it is the same fact."""
    key = f"chat:{visit.visitor}:{client_id}"
    return _received(house, entrance, visit, key=key, text=text, name="", files=files)


def hook_arrival(  # noqa: PLR0913 - a webhook tells these
    house: House, entrance: Entrance, *, webhook_id: str, sender: str, text: str, name: str
) -> Arrival:
    """Return a message that another system passed on, named by its webhook's id."""
    visit = _visit_of(house, entrance, sender)
    return _received(
        house, entrance, visit, key=f"hook:{entrance.inbox_id}:{webhook_id}", text=text, name=name
    )


def event_arrival(  # noqa: PLR0913 - a webhook tells these
    house: House,
    entrance: Entrance,
    *,
    webhook_id: str,
    event: str,
    contact: str,
    facts: dict[str, Json],
    name: str,
    language: str = "",
) -> Arrival:
    """Return what another system tells of a contact's world, named by its webhook's id (C26)."""
    visit = _visit_of(house, entrance, contact)
    fact = EventReported(
        event=event,
        facts=facts,
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
        name=name,
        language=language,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        dedupe_key=f"event:{entrance.inbox_id}:{webhook_id}",
        received_at=house.clock.now(),
    )


def window_of(house: House, visit: Visit) -> feed.Window:
    """Return what a visitor may see, for the feed."""
    return feed.Window(
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        push_lane=arrivals.push_lane_of(house.keyset, visit.workspace_id, visit.visitor),
    )


def read_feed(house: House, visit: Visit, *, after: str, limit: int) -> Feed:
    """Return what a visitor may see: behind a message, or the newest when none is named."""
    window = window_of(house, visit)
    since = house.clock.now() - _STUCK_AFTER
    # Asked first: what gets sent between the two queries is then shown, and read again.
    queued = feed.find_oldest_queued(window, since)
    rows = feed.list_after(window, after, limit) if after else feed.list_newest(window, limit)
    # Only people send files: a page of the bot's words spares the look.
    by_people = [row.message_id for row in rows if row.author != Author.BOT.value]
    sent = attachments.list_of(house, by_people)
    state = feed.find_state(visit.workspace_id, visit.lane)
    passed = [row.message_id for row in rows if queued is None or row.message_id < queued]
    return Feed(
        messages=tuple(
            _shown(house, row, visit.channel, sent.get(row.message_id, ())) for row in rows
        ),
        cursor=passed[-1] if passed else after,
        owner=state.handled_by if state else "",
        status=state.status if state else "",
    )


def _entrance_of(house: House, standards: StandardsCache, inbox: Inbox) -> Entrance:
    standing = standards.standards_of(inbox.workspace_id)
    business = standing.facts["business"]
    return Entrance(
        inbox_id=inbox.id,
        workspace_id=inbox.workspace_id,
        channel=inbox.channel,
        is_open=not inbox.provider or (inbox.provider == SANDBOX and bool(inbox.settings_sealed)),
        sender=inbox.sender,
        token=inbox.token,
        business=str(business["name"]) if isinstance(business, dict) else "",
        greeting=inbox.greeting or render(standing.pack.copy["greeting"], standing.facts),
        wordings=wordings.in_force(standing.wordings),
        allowed_origins=tuple(inbox.allowed_origins),
        secrets=inboxes.secrets_of(house, inbox),
        coalesce_window=standing.policy.coalesce_window,
    )


def _visit_of(house: House, entrance: Entrance, visitor: str) -> Visit:
    lane = arrivals.lane_of(house.keyset, entrance.workspace_id, entrance.channel, visitor)
    return Visit(
        workspace_id=entrance.workspace_id,
        inbox_id=entrance.inbox_id,
        visitor=visitor,
        lane=lane,
        channel=entrance.channel,
    )


def _identified(
    house: House, entrance: Entrance, visit: Visit, identity: Identity, seen_as: str
) -> Arrival:
    now = house.clock.now()
    fact = ContactIdentified(
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
        external_id=identity.id,
        name=shown_name(identity),
        membership=identity.membership,
        seen_as=seen_as,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        # With the moment: somebody who is told as A, then B, is A again when told so again.
        dedupe_key=f"identity:{visit.visitor}:{visit.said}:{now.astimezone(UTC).isoformat()}",
        received_at=now,
    )


def _received(  # noqa: PLR0913 - a message has these
    house: House,
    entrance: Entrance,
    visit: Visit,
    *,
    key: str,
    text: str,
    name: str,
    files: tuple[ArrivingFile, ...] = (),
) -> Arrival:
    fact = MessageReceived(
        channel=entrance.channel,
        inbox_id=entrance.inbox_id,
        address=visit.visitor,
        text=text,
        name=name,
        files=files,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=visit.workspace_id,
        lane=visit.lane,
        dedupe_key=key,
        received_at=house.clock.now(),
        delay=entrance.coalesce_window,
    )


def _shown(house: House, row: FeedRow, channel: str, sent: tuple[ShownFile, ...]) -> ShownMessage:
    text = house.keyset.unseal(row.body_sealed, f"message:{row.message_id}")
    text = attachments.words_beside(text, sent)
    choices = tuple(json.loads(row.choices))
    offered = [(choice["key"], choice["label"]) for choice in choices]
    if channel == connections.SMS:  # the phone lab's: a phone draws no buttons
        text, choices = sms.render(text, offered), ()
    elif channel == connections.WHATSAPP and whatsapp.look_of(text, offered) is Look.WORDS:
        text, choices = whatsapp.render(text, offered), ()
    return ShownMessage(
        id=row.message_id,
        client_id=row.client_id,
        author=row.author,
        name=row.agent.split(maxsplit=1)[0] if row.agent else "",
        text=text,
        choices=choices,
        at=row.created_at,
        files=tuple(
            (file, file_links.link_of(house, file) if file.is_kept else "") for file in sent
        ),
    )
