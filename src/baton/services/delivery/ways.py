"""The ways of a message to its contact, one after another (C8, X32, X33).

What answers a contact goes where they wrote. What nobody asked for goes to the first channel
of its sequence on which the contact has an address and the workspace an inbox, and to the
next one when the policy refuses it there; a message that names no channel that can be used
goes where the contact is. Every way that was refused leaves a message with its reason.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from baton.core.consent import Purpose
from baton.core.delivery import Delivery
from baton.core.patience import Patience, Proof
from baton.core.presend import Author, Fallback
from baton.core.template import StandIn
from baton.flows.effects import Choice, SendText
from baton.services import arrivals
from baton.services.delivery import outgoing, windowing
from baton.services.delivery.outgoing import Route
from baton.services.facts import ProofDue
from baton.services.ledger import Ledger
from baton.services.people import contacts, permits
from baton.services.people.permits import Terms, Wish
from baton.store.queries import ways
from baton.store.rows import AddressRow, ContactRow, ConversationRow, MessageRow


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a message is for, the thread that it belongs to, and what the workspace settles."""

    contact: ContactRow
    conversation: ConversationRow
    terms: Terms


class Onward(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message says on the channels that are left to it; sealed, since it holds its words."""

    texts: dict[str, str]
    subject: str = ""
    template: str = ""
    stand_ins: dict[str, StandIn] = {}
    useful_until: datetime | None = None
    patience: timedelta | None = None
    proof: Proof = Proof.DELIVERED
    links: tuple[str, ...] = ()


def routes_of(ledger: Ledger, passage: Passage, words: SendText, wish: Wish) -> tuple[Route, ...]:
    """Return the ways that a message may go, in order; there is always one."""
    here = outgoing.here(passage.conversation)
    if not wish.is_unprompted or not words.channels:
        return (here,)
    return routes_along(ledger, passage.contact, words.channels) or (here,)


def routes_along(ledger: Ledger, contact: ContactRow, channels: Sequence[str]) -> tuple[Route, ...]:
    """Return the routes by which a contact can be reached, of those that are named."""
    reachable = _reachable(ledger, contact)
    if not reachable:
        return ()
    open_to = [channel for channel in channels if channel in reachable]
    if len(open_to) > 1:  # where they would rather be written to comes first (C16)
        rather = contact.preferred_channel or contacts.learned_channel(contact.id, ledger.now)
        open_to.sort(key=lambda channel: channel != rather)
    return tuple(reachable[channel] for channel in open_to)


def send_along(  # noqa: PLR0913 - what goes to whom, where, why, and in whose place
    ledger: Ledger,
    passage: Passage,
    routes: Sequence[Route],
    *,
    words: SendText,
    wish: Wish,
    instead_of: str | None = None,
    author: Author = Author.BOT,
    user_id: str | None = None,
) -> MessageRow:
    """Write a message for the first of its routes that takes it; return the last one written."""
    first, *rest = routes
    further = tuple(route.channel for route in rest)
    verdict = permits.plan(
        ledger,
        passage.contact,
        passage.conversation,
        channel=first.channel,
        text=words.text_on(first.channel),
        wish=wish,
        terms=passage.terms,
        further=further,
        window=windowing.window_planned(
            ledger, passage.contact, first, words=words, wish=wish, policy=passage.terms.policy
        ),
    )
    row = outgoing.write(
        ledger,
        passage.conversation,
        author=author.value,
        user_id=user_id,
        words=words,
        wish=wish,
        verdict=verdict,
        route=first,
        onward=render_onward(words, further),
        further=further,
        instead_of=instead_of,
    )
    if not isinstance(verdict, Fallback):
        if further and words.patience and row.delivery != Delivery.REFUSED.value:
            wait_for_proof(ledger, passage.contact, row.id, row.held_until, words.patience)
        return row
    return send_along(
        ledger,
        passage,
        rest,
        words=words,
        wish=wish,
        instead_of=row.id,
        author=author,
        user_id=user_id,
    )


def wait_for_proof(
    ledger: Ledger,
    contact: ContactRow,
    message_id: str,
    leaves_at: datetime | None,
    patience: Patience,
) -> None:
    """Look again at a message once it has had its time to arrive."""
    ledger.set_timer(
        arrivals.timer_of(
            ProofDue(message_id=message_id),
            ledger.house.keyset,
            workspace_id=contact.workspace_id,
            lane=contact.lane,
            key=f"proof:{message_id}",
            due_at=max(leaves_at or ledger.now, ledger.now) + patience.after,
        )
    )


def render_onward(words: SendText, further: Sequence[str]) -> str:
    """Return what a message says on its further channels as text, "" where it has none."""
    if not further:
        return ""
    kept = Onward(
        texts={channel: words.text_on(channel) for channel in further},
        subject=words.subject,
        template=words.template,
        stand_ins=dict(words.stand_ins),
        useful_until=words.useful_until,
        patience=words.patience.after if words.patience else None,
        proof=words.patience.proof if words.patience else Proof.DELIVERED,
        links=words.links,
    )
    return msgspec.json.encode(kept).decode()


def words_onward(text: str, choices: str, purpose: str) -> SendText:
    """Read `render_onward` back, with the quick replies that stand in the message's row."""
    kept = msgspec.json.decode(text, type=Onward)
    return SendText(
        text=next(iter(kept.texts.values())),
        versions=kept.texts,
        choices=msgspec.json.decode(choices, type=tuple[Choice, ...]),
        channels=tuple(kept.texts),
        subject=kept.subject,
        template=kept.template,
        stand_ins=kept.stand_ins,
        purpose=Purpose(purpose),
        useful_until=kept.useful_until,
        links=kept.links,
        patience=Patience(after=kept.patience, proof=kept.proof) if kept.patience else None,
    )


def _reachable(ledger: Ledger, contact: ContactRow) -> dict[str, Route]:
    """Return the route by channel, also of addresses that this very transaction writes."""
    found = {
        channel: Route(channel=channel, inbox_id=inbox_id, address_lane=lane)
        for channel, (inbox_id, lane) in ledger.acquaintance.ways_of(contact.id).items()
    }
    for row in ledger.added_for(AddressRow, contact.id):
        if inbox_id := ways.find_inbox(row.workspace_id, row.channel):
            found[row.channel] = Route(
                channel=row.channel, inbox_id=inbox_id, address_lane=row.lane
            )
    return found
