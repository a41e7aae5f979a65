"""What did not arrive is sent again by a person's word: once, and the policy is asked again.

An answer goes again in the name of whoever sends it, who has the conversation. What nobody
asked for stays the bot's, with its purpose: consent, limits and quiet hours hold for it as
they did. The message that went again keeps its place and its fate.
"""

from baton.core import presend
from baton.core.consent import Purpose
from baton.core.delivery import GO_AGAIN, HARD, Delivery
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.ownership import Owner
from baton.core.presend import Author, Sending, Verdict, Window
from baton.flows.effects import Choice, SendText
from baton.runtime.ports import Refused
from baton.services.delivery import outgoing, speech, windowing
from baton.services.delivery.outgoing import Route
from baton.services.desk import desks
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.people import permits
from baton.services.people.permits import ANSWER, Wish
from baton.services.workspace.standards import standards_cache
from baton.store.models import Message, User
from baton.store.queries import attachments, ways

MAX_REASON = 200
_SENT_AGAIN = "sent_again"


def send_again(
    house: House, user: User, conversation_id: str, message_id: str, reason: str = ""
) -> None:
    """Send a message again that did not arrive; one that may have arrived needs a reason.

    Raises Conflict when it went already or the policy says no, InvalidInput without a reason,
    NotFound and Forbidden.
    """
    with desks.at_desk(house, user, conversation_id) as desk:
        message = _find(desk, message_id)
        reason = _checked(message, reason)
        wish = _wish_of(message)
        if not wish.is_unprompted:
            desks.refuse_unless_own(desk)
        words, route = _words_of(house, message), _route_of(message)
        policy = standards_cache(house).standards_of(user.workspace_id).policy
        window = windowing.window_planned(
            desk.ledger, desk.snapshot.contact, route, words=words, wish=wish, policy=policy
        )
        verdict = _verdict_on(desk, message, words, wish, window)
        if isinstance(verdict, presend.Refused):
            raise Conflict(NO[verdict.reason])
        written = outgoing.write(
            desk.ledger,
            desk.conversation,
            author=(Author.BOT if wish.is_unprompted else Author.AGENT).value,
            words=words,
            user_id=None if wish.is_unprompted else user.id,
            wish=wish,
            verdict=verdict,
            route=route,
            instead_of=message.id,
        )
        attachments.move(message.id, written.id)
        house.engine.outbox.resolve_unknown(
            message.id, Refused(reason=_SENT_AGAIN), now=desk.ledger.now
        )
        desk.ledger.audit(
            user.workspace_id,
            desk.actor,
            _SENT_AGAIN,
            f"message:{message.id}",
            reason=reason,
            was=message.delivery,
        )


def _find(desk: Desk, message_id: str) -> Message:
    found = Message.objects.filter(
        id=message_id, conversation_id=desk.conversation.id, author__in=["bot", "agent"]
    ).first()
    if found is None or found.is_note:
        raise NotFound("message", message_id)
    if Message.objects.filter(instead_of_id=message_id).exists():
        message = "It was sent again already."
        raise Conflict(message)
    if found.delivery not in GO_AGAIN:
        message = "It is on its way, or it arrived: it is not sent again."
        raise Conflict(message)
    return found


def _checked(message: Message, reason: str) -> str:
    reason = reason.strip()
    is_doubtful = message.delivery == Delivery.UNKNOWN.value
    if len(reason) > MAX_REASON or (is_doubtful and not reason):
        words = f"It may have arrived. Say why it should go again, in {MAX_REASON} characters."
        raise InvalidInput({"reason": words})
    return reason


def _wish_of(message: Message) -> Wish:
    if not message.is_unprompted:
        return ANSWER
    return Wish(
        purpose=Purpose(message.purpose),
        is_unprompted=True,
        useful_until=message.useful_until,
        flow=message.flow,
        # What fell to a call did not arrive before it: that it rings again is as allowed.
        has_failed=bool(message.instead_of_id)
        and message.delivery_reason != presend.Refusal.RESERVED,
    )


def _words_of(house: House, message: Message) -> SendText:
    stand_in = windowing.stand_in_of(house, message.id, bytes(message.stand_in_sealed))
    return SendText(
        text=house.keyset.unseal(message.body_sealed, f"message:{message.id}"),
        choices=tuple(Choice(key=one["key"], label=one["label"]) for one in message.choices),
        template=message.template or (stand_in.name if stand_in else ""),
        stand_ins={message.channel: stand_in} if stand_in else {},
    )


def _verdict_on(
    desk: Desk, message: Message, words: SendText, wish: Wish, window: Window | None
) -> Verdict:
    contact = desk.snapshot.contact
    if wish.is_unprompted:
        setting = standards_cache(desk.ledger.house).setting_of(contact.workspace_id)
        return permits.plan(
            desk.ledger,
            contact,
            desk.conversation,
            channel=message.channel,
            text=words.text,
            wish=wish,
            terms=speech.terms_of(setting),
            window=window,
        )
    sending = Sending(
        author=Author.AGENT,
        owner=Owner(desk.conversation.handled_by),
        is_opted_out=message.channel in contact.opted_out.split(","),
        is_suppressed=message.channel in desk.ledger.acquaintance.permit_of(contact.id).barred,
        window=window,
    )
    return presend.decide(sending, now=desk.ledger.now)


def _route_of(message: Message) -> Route:
    found = None
    if message.delivery_reason not in HARD:  # else there may be a newer address that works
        found = ways.find_way_to(message.contact_id, message.address_lane)
    if found is None:
        known = ways.list_ways([message.contact_id]).get(message.contact_id, {})
        found = known.get(message.channel)
    if found is None:
        words = "Its channel is not connected, or they have no address there. See Settings."
        raise Conflict(words)
    inbox_id, address_lane = found
    return Route(channel=message.channel, inbox_id=inbox_id, address_lane=address_lane)


NO = {
    presend.Refusal.OPTED_OUT: "They opted out of this channel: nothing goes there.",
    presend.Refusal.SUPPRESSED: "Their address on this channel is barred. Lift that first.",
    presend.Refusal.PERSON_OWNS: "The bot began it, and a person has the conversation now: "
    "write it yourself, or give the conversation back.",
    presend.Refusal.PAUSED: "Sending is paused. Resume it under Settings, Sending.",
    presend.Refusal.NO_CONSENT: "They have not agreed to messages of this kind there.",
    presend.Refusal.PROMOTIONAL_WORDS: "It sells, and they agreed to no promotions.",
    presend.Refusal.FREQUENCY_CAP: "They got as many messages as a day or a week allows.",
    presend.Refusal.TOO_LATE: "It would come too late: what it is about is over by then.",
    presend.Refusal.WINDOW_CLOSED: "They last wrote more than 24 hours ago: only an approved "
    "template may go. Reply with one.",
    presend.Refusal.TEMPLATE_UNAPPROVED: "Its template is not approved any more. Reply with "
    "another one.",
    presend.Refusal.DOES_NOT_FIT: "It is too long for this channel.",
    presend.Refusal.RESERVED: "The bot calls for high value alone, or where a message did not "
    "arrive: press Call and speak with them yourself.",
}
