"""By which ways a person's reply may go, in whose words, and what stands against each (C6, C16).

A reply goes where the contact wrote, unless its writer chooses another channel on which they
have an address and agreed to be answered. Where a channel takes approved words alone, its
writer picks a template and fills it in. The same policy is asked as for every message, here
before it is written and again when it leaves; what it says no to is told with what to do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.core import consent, costs, presend, privacy, sms, whatsapp
from baton.core.consent import Purpose
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.ownership import Owner
from baton.core.presend import Author, Refusal, Sending, Window
from baton.core.roles import Action
from baton.core.sms import SmsSize
from baton.core.template import ApprovedTemplate, StandIn
from baton.flows import render
from baton.flows.effects import Choice, SendText
from baton.services import inbox
from baton.services.acquaintance import Permit, list_permits
from baton.services.delivery import letters, outgoing
from baton.services.delivery.outgoing import OWN_CHANNEL, Route
from baton.services.doors import continuation
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import connections
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.store.queries import permits, turns, ways
from baton.store.rows import ContactRow, ConversationRow, MessageRow

NO_WAY = "It cannot go there: they have no address on that channel, or it is not connected."
# A notification is a note, and a call is made for what matters alone.
_NO_REPLIES = frozenset({OWN_CHANNEL, connections.PUSH, connections.VOICE})
_STRANGE = (
    "They have not agreed to messages there. Record what they told you on their contact page, "
    "or write where they wrote."
)
NO = {
    Refusal.OPTED_OUT: "They opted out of {channel}: nothing can be sent there. "
    "Leave a note, or reach them another way.",
    Refusal.SUPPRESSED: "Their address on {channel} is barred. Lift that on their contact page, "
    "or reach them another way.",
    Refusal.WINDOW_CLOSED: "They last wrote more than 24 hours ago, so {channel} takes approved "
    "words alone. Choose a template, or reach them another way.",
    Refusal.TEMPLATE_UNAPPROVED: "That template is not approved any more. Choose another one.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """How a reply is to go: by another channel than the contact's, or in approved words."""

    channel: str = ""
    version_id: str = ""
    values: tuple[str, ...] = ()


HERE = Aim()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way for a reply; `shown` tells the address, `refusal` what stands against any words.

    `window` is None where any words go at any time.
    """

    route: Route
    shown: str
    is_here: bool
    refusal: str
    window: Window | None

    @property
    def open_until(self) -> datetime | None:
        """Until when any words go, where that ends."""
        wrote_at = self.window.wrote_at if self.window else None
        return wrote_at + whatsapp.WINDOW if wrote_at else None

    def is_shut(self, now: datetime) -> bool:
        """Return whether approved words alone may go."""
        return self.window is not None and not self.window.is_open(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A template that may go; each of its blanks with what is known for it, "" for nothing."""

    template: ApprovedTemplate
    blanks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a text amounts to on a channel; `size` is None but for SMS, `cost` in millionths."""

    size: SmsSize | None
    cost: int
    currency: str


def list_for(house: House, user: User, conversation_id: str) -> tuple[Way, ...]:
    """Return the ways of a reply, the contact's own first; raises NotFound, Forbidden."""
    contact, conversation = _whose(user, conversation_id)
    return _ways(house, contact, conversation)


def list_offers(house: House, user: User, conversation_id: str, channel: str) -> tuple[Offer, ...]:
    """Return the templates that may be sent to a contact; raises NotFound, Forbidden.

    Those that promote are for who agreed to promotions there.
    """
    contact, _conversation = _whose(user, conversation_id)
    if channel != connections.WHATSAPP:
        return ()
    words = list_permits([contact.id], house.clock.now())[contact.id].words.get(channel, ())
    may_promote = bool(consent.is_permitted(words, Purpose.PROMOTIONAL))
    facts = _facts(house, user, contact)
    return tuple(
        Offer(template=one, blanks=tuple(_blanks(one, facts)))
        for one in standards_cache(house).standards_of(user.workspace_id).templates
        if one.channel == channel and (may_promote or one.purpose is not Purpose.PROMOTIONAL)
    )


def weigh(house: House, user: User, way: Way, text: str, stand_in: StandIn | None) -> Weight:
    """Return what a reply amounts to on its way, before it is sent."""
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    channel = way.route.channel
    cost = costs.cost_of(
        text,
        channel,
        costs.prices_of(policy),
        is_promotional=stand_in is not None and stand_in.purpose is Purpose.PROMOTIONAL,
        is_window_open=stand_in is None,
    )
    size = sms.size_of(text) if channel == connections.SMS else None
    return Weight(size=size, cost=cost, currency=policy.currency)


def fill_in(offers: Iterable[Offer], aim: Aim) -> StandIn:
    """Return the chosen template with its values; raises Conflict, InvalidInput."""
    chosen = next(
        (one.template for one in offers if one.template.version_id == aim.version_id), None
    )
    if chosen is None:
        raise Conflict(NO[Refusal.TEMPLATE_UNAPPROVED])
    if len(aim.values) != len(chosen.places):
        raise InvalidInput({"value": "The template has changed. Choose it again."})
    filled = chosen.filled(aim.values)
    if filled is None:
        words = (
            f"Fill in each blank, and keep the whole within {whatsapp.MAX_TEMPLATE:,} characters."
        )
        raise InvalidInput({"value": words})
    return filled


def write(  # noqa: PLR0913 - who writes what to whom, and how it is to go
    ledger: Ledger,
    user: User,
    contact: ContactRow,
    conversation: ConversationRow,
    text: str,
    *,
    aim: Aim,
) -> MessageRow:
    """Add a person's reply; raises Conflict with what stands against it, InvalidInput."""
    house = ledger.house
    way = find_way(_ways(house, contact, conversation), aim.channel)
    if way.refusal:
        raise Conflict(way.refusal)
    if aim.version_id:
        offers = list_offers(house, user, conversation.id, way.route.channel)
        return _write_approved(ledger, user, conversation, way, fill_in(offers, aim))
    if way.is_shut(ledger.now):
        raise Conflict(_no(Refusal.WINDOW_CLOSED, way.route.channel))
    if way.is_here:
        return continuation.write_reply(ledger, contact, conversation, text, user_id=user.id)
    return outgoing.write(
        ledger,
        conversation,
        author=Author.AGENT.value,
        words=SendText(text=text),
        user_id=user.id,
        route=way.route,
    )


def find_way(known: tuple[Way, ...], channel: str) -> Way:
    """Return the way by a channel, the contact's own for ""; raises Conflict."""
    for way in known:
        if way.route.channel == channel or (not channel and way.is_here):
            return way
    raise Conflict(NO_WAY)


def _write_approved(
    ledger: Ledger, user: User, conversation: ConversationRow, way: Way, filled: StandIn
) -> MessageRow:
    choices = tuple(Choice(key=key, label=label) for key, label in filled.replies)
    words = SendText(
        text=filled.text,
        choices=choices,
        template=filled.name,
        stand_ins={way.route.channel: filled},
    )
    return outgoing.write(
        ledger,
        conversation,
        author=Author.AGENT.value,
        words=words,
        user_id=user.id,
        route=way.route,
    )


def _whose(user: User, conversation_id: str) -> tuple[ContactRow, ConversationRow]:
    inbox.require(user, Action.ANSWER)
    found = turns.find_conversation(conversation_id)
    if (
        found is None
        or found.conversation is None
        or found.contact.workspace_id != user.workspace_id
    ):
        raise NotFound("conversation", conversation_id)
    return found.contact, found.conversation


def _ways(house: House, contact: ContactRow, conversation: ConversationRow) -> tuple[Way, ...]:
    here = outgoing.here(conversation)
    known = ways.list_ways([contact.id]).get(contact.id, {})
    others = [
        Route(channel=channel, inbox_id=inbox_id, address_lane=lane)
        for channel, (inbox_id, lane) in sorted(known.items())
        if channel not in _NO_REPLIES | {here.channel}
    ]
    now = house.clock.now()
    permit = list_permits([contact.id], now)[contact.id]
    return tuple(
        Way(
            route=route,
            shown=privacy.hint_of(
                letters.address_at(house, contact.workspace_id, route.address_lane)
            ),
            is_here=route == here,
            refusal=_refusal(contact, permit, route, is_here=route == here, now=now),
            window=_window_of(contact, route),
        )
        for route in (here, *others)
    )


def _refusal(
    contact: ContactRow, permit: Permit, route: Route, *, is_here: bool, now: datetime
) -> str:
    """Return what stands against any words at all on a way, "" for nothing."""
    sending = Sending(
        author=Author.AGENT,
        owner=Owner.AGENT,
        is_opted_out=route.channel in contact.opted_out.split(","),
        is_suppressed=route.channel in permit.barred,
    )
    verdict = presend.decide(sending, now=now)
    if isinstance(verdict, presend.Refused):
        return _no(verdict.reason, route.channel)
    words = permit.words.get(route.channel, ())
    is_wanted = is_here or consent.is_permitted(words, Purpose.SERVICE)
    return "" if is_wanted else _STRANGE


def _window_of(contact: ContactRow, route: Route) -> Window | None:
    if route.channel != connections.WHATSAPP:
        return None
    return Window(wrote_at=permits.last_word_to(contact.id, route.address_lane, route.inbox_id))


def _no(reason: Refusal, channel: str) -> str:
    return NO[reason].format(channel=channel)


def _blanks(one: ApprovedTemplate, facts: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield what a template fills in, with what is known for it; a run's own facts are not."""
    for place in one.places:
        try:
            yield place, render.render(f"{{{{ {place} }}}}", facts)
        except InvalidInput:
            yield place, ""


def _facts(house: House, user: User, contact: ContactRow) -> dict[str, Json]:
    name = inbox.name_of(house, contact.id, contact.name_sealed) if contact.name_sealed else ""
    return {
        **standards_cache(house).standards_of(user.workspace_id).facts,
        "agent": {"name": user.name},
        "contact": {"name": name, "first_name": name.split(" ")[0]},
    }
