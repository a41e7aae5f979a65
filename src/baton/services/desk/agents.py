"""What people do in the inbox: take, answer, note, resolve, give back (invariants 4, 5, 11).

Every act holds the contact's lane, so that no worker decides in the same
conversation meanwhile, and checks the state that it finds: of two agents who
reach for one conversation, the second is told who has it.
"""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from baton.core import card, files, mentions, routing, text
from baton.core.card import ContextCard
from baton.core.clocks import ALL, RESPONSES, Kind
from baton.core.errors import InvalidInput, NotFound
from baton.core.ownership import Move, Owner
from baton.core.presend import Author
from baton.core.roles import Action
from baton.services import arrivals, notices
from baton.services.conversation import (
    assignments,
    clocks,
    conversations,
    handoffs,
    intakes,
    invitations,
    leaving,
    owning,
    runs,
)
from baton.services.conversation.assignments import Ended
from baton.services.conversation.case import Case
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.desk import desks, guarding, handoff_marks, reply_ways, stepping_in
from baton.services.desk.desks import Desk
from baton.services.desk.reply_ways import Aim
from baton.services.facts import SnoozeOver
from baton.services.house import House
from baton.services.knowledge import article_uses
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Handoff, Intake, User
from baton.store.queries import clocks as kept

RESOLUTION_CODES = ("answered", "booked", "refunded", "cancelled", "retained", "no_action")


def accept(house: House, user: User, conversation_id: str) -> None:
    """Take a conversation: from the queue, from a promise, or from the bot mid-flow.

    Raises Conflict when somebody else has it.
    """
    with desks.at_desk(house, user, conversation_id) as desk:
        if desk.conversation.assignee_id == user.id:
            return
        desks.refuse_if_taken(desk)
        is_bots = desk.conversation.handled_by == Owner.BOT
        held = (
            stepping_in.hand_over(house, desk.ledger, desk.snapshot, user.id)
            if is_bots
            else desk.conversation
        )
        moved = owning.moved(desk.ledger, held, Move.ACCEPT)
        assignments.begin(desk.ledger, moved, user.id)
        _stop_run(desk)
        desks.keep(
            dataclasses.replace(desk, conversation=moved),
            assignee_id=user.id,
            status="open",
            run_id=None,
            snoozed_until=None,
        )
        clocks.forgive(desk.ledger, desk.conversation)
        invitations.end(desk.ledger, moved.id, taken_by=user.id)
        desks.move_handoff(
            desk, state="accepted", accepted_at=desk.ledger.now, accepted_by_id=user.id
        )
        desk.ledger.audit(user.workspace_id, desk.actor, "accepted", desk.subject)


def release(house: House, user: User, conversation_id: str) -> None:
    """Put an own conversation back into its queue, on a running clock."""
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        put_back(house, desk, desk.conversation.queue or routing.GENERAL)


def put_back(house: House, desk: Desk, queue: str) -> None:
    """Put a conversation into a queue, from whoever has it, on a running clock."""
    moved = replace(owning.moved(desk.ledger, desk.conversation, Move.RELEASE), queue=queue)
    _end_snooze(desk)
    _restart_clocks(house, dataclasses.replace(desk, conversation=moved))
    desks.keep(
        dataclasses.replace(desk, conversation=moved),
        assignee_id=None,
        status="open",
        snoozed_until=None,
    )
    assignments.end(desk.ledger, moved, Ended.RELEASED)
    invitations.invite_again(house, desk.ledger, moved, desk.snapshot.contact, asked=desk.user.id)
    desks.move_handoff(desk, state="offered", queue=queue, accepted_at=None, accepted_by_id=None)
    desk.ledger.audit(desk.user.workspace_id, desk.actor, "released", desk.subject, queue=queue)


def reply(  # noqa: PLR0913 - what is said to whom, and how it is to go
    house: House,
    user: User,
    conversation_id: str,
    words: str,
    uploads: Sequence[Upload] = (),
    *,
    aim: Aim = reply_ways.HERE,
    articles: Collection[str] = (),
) -> None:
    """Answer the contact, with files or without; the promise that ran for them is met.

    `articles` names those of the knowledge base whose text was put into the words. Raises
    InvalidInput for words or files that cannot be sent, Conflict unless it is one's own, and
    with what stands against it where the policy says no.
    """
    sent = attachments.check(house, user.workspace_id, uploads)
    if aim.version_id and uploads:
        raise InvalidInput({"files": "A template goes without files. Send them afterwards."})
    if not aim.version_id:
        kinds = [one.found.kind for _name, one in sent]
        words = files.stand_in(kinds) if kinds and not text.clean(words) else desks.checked(words)
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        contact = desk.snapshot.contact
        message = reply_ways.write(desk.ledger, user, contact, desk.conversation, words, aim=aim)
        attachments.attach(desk.ledger, desk.conversation, message.id, sent)
        article_uses.note_sent(desk.ledger, desk.conversation, articles)
        handoff_marks.note_reply(desk.ledger, desk.conversation, user.id)
        desks.keep(desk, waiting_since=None, last_message_at=desk.ledger.now)
        clocks.meet(desk.ledger, desk.conversation, RESPONSES)
        clocks.pause(desk.ledger, desk.conversation)  # now it is the contact's turn
        told = {"files": len(uploads)} if uploads else {}
        desk.ledger.audit(user.workspace_id, desk.actor, "replied", desk.subject, **told)


def note(house: House, user: User, conversation_id: str, words: str) -> None:
    """Leave an internal note, never sent; anyone who may answer may note."""
    words = desks.checked(words)
    with desks.at_desk(house, user, conversation_id) as desk:
        conversations.add_note(
            desk.ledger, desk.conversation, words, author=Author.AGENT, user_id=user.id
        )
        _tell_mentioned(desk, words)
        desk.ledger.audit(user.workspace_id, desk.actor, "noted", desk.subject)


def resolve(house: House, user: User, conversation_id: str, code: str) -> None:
    """Close an own conversation with a code; the one question follows later (FQ5)."""
    if code not in RESOLUTION_CODES:
        raise InvalidInput({"code": f"choose one of {', '.join(RESOLUTION_CODES)}"})
    setting = standards_cache(house).setting_of(user.workspace_id)
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        leaving.refuse_to_lose_silently(setting.pack, desk.conversation, code)
        clocks.stop(desk.ledger, desk.conversation)
        clocks.meet(desk.ledger, desk.conversation, {Kind.RESOLUTION})
        clocks.forgive(desk.ledger, desk.conversation)
        _end_snooze(desk)
        handoff_marks.note_end(desk.ledger, desk.conversation)
        assignments.end(desk.ledger, desk.conversation, Ended.RESOLVED)
        desks.move_handoff(desk, state="resolved", ended_at=desk.ledger.now, outcome=code)
        conversation = replace(desk.conversation, run_id=None)
        case = Case(
            desk.ledger,
            setting,
            workspace_id=user.workspace_id,
            lane=conversation.lane,
            snapshot=replace(desk.snapshot, conversation=conversation),
        )
        case.close(is_confirmed=False, actor=desk.actor, code=code)


def return_to_bot(house: House, user: User, conversation_id: str) -> None:
    """Give a conversation back to the bot: the only way in which it may speak again."""
    with desks.at_desk(house, user, conversation_id) as desk:
        if desk.conversation.assignee_id not in (None, user.id):
            desks.refuse_if_taken(desk)
        moved = owning.moved(desk.ledger, desk.conversation, Move.RETURN)
        desks.keep(
            dataclasses.replace(desk, conversation=moved),
            assignee_id=None,
            status="open",
            snoozed_until=None,
            failed_attempts=0,
            bot_turns=0,
            negative_turns=0,
            last_reply_hash="",
            waiting_since=None,
            is_flagged=False,  # a person has had it: what is raised from now on is new
            flags="",
        )
        clocks.stop(desk.ledger, desk.conversation, ALL)
        clocks.forgive(desk.ledger, desk.conversation)
        _end_snooze(desk)
        handoff_marks.note_end(desk.ledger, desk.conversation)
        assignments.end(desk.ledger, desk.conversation, Ended.RETURNED)
        desks.move_handoff(desk, state="returned", ended_at=desk.ledger.now, outcome="returned")
        desk.ledger.audit(user.workspace_id, desk.actor, "returned_to_bot", desk.subject)


def snooze(house: House, user: User, conversation_id: str, until: datetime | None) -> None:
    """Set an own conversation aside until a moment, or until its contact writes.

    None waits for the contact alone.
    """
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        if until is not None and until <= desk.ledger.now:
            raise InvalidInput({"until": "choose a moment in the future"})
        desks.keep(desk, status="snoozed", snoozed_until=until)
        clocks.pause(desk.ledger, desk.conversation)
        key = f"snooze:{conversation_id}"
        if until is None:
            desk.ledger.cancel_timer(user.workspace_id, key)
        else:
            desk.ledger.set_timer(
                arrivals.timer_of(
                    SnoozeOver(conversation_id=conversation_id, until=until),
                    house.keyset,
                    workspace_id=user.workspace_id,
                    lane=desk.conversation.lane,
                    key=key,
                    due_at=until,
                )
            )
        desk.ledger.audit(
            user.workspace_id,
            desk.actor,
            "snoozed",
            desk.subject,
            until=until.isoformat() if until else "reply",
        )


def wake(house: House, user: User, conversation_id: str) -> None:
    """Take an own conversation up again that was set aside."""
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        end_snooze(house, desk)
        desks.keep(desk, status="open", snoozed_until=None)
        desk.ledger.audit(user.workspace_id, desk.actor, "woken", desk.subject)


def open_card(house: House, user: User, conversation_id: str) -> ContextCard | None:
    """Return the card of the newest handoff; that it was opened is logged (H12, P10)."""
    desks.require(user, Action.READ_INBOX)
    handoff = (
        Handoff.objects.filter(workspace_id=user.workspace_id, conversation_id=conversation_id)
        .order_by("-offered_at")
        .first()
    )
    if handoff is None:
        return None
    closed = standards_cache(house).last_of(user.workspace_id).policy.closed_queues
    if closed or user.locations:
        guarding.refuse_unless_open(house, user, conversation_id)
    _log_sight(house, user, "card_opened", f"handoff:{handoff.id}", conversation_id)
    return card.parse_json(house.keyset.unseal(handoff.card_sealed, f"card:{handoff.id}"))


def open_transcript(house: House, user: User, conversation_id: str) -> None:
    """Log that a transcript is opened.

    Raises Forbidden for a role that may not, Conflict where a queue guards its transcripts.
    """
    desks.require(user, Action.READ_TRANSCRIPT)
    guarding.refuse_unless_open(house, user, conversation_id)
    guarding.refuse_guarded(house, user.workspace_id, conversation_id)
    _log_sight(house, user, "transcript_opened", f"conversation:{conversation_id}", conversation_id)


def open_intake(house: House, user: User, conversation_id: str) -> tuple[tuple[str, str], ...]:
    """Return what was answered for an intake, by question; that it was opened is logged (H12).

    A guarded queue works from it, so that it opens there too. Raises Forbidden and NotFound.
    """
    desks.require(user, Action.READ_TRANSCRIPT)
    guarding.refuse_unless_open(house, user, conversation_id)
    rows = Intake.objects.filter(conversation_id=conversation_id, workspace_id=user.workspace_id)
    found = list(rows.order_by("id"))
    if not found:
        raise NotFound("intake", conversation_id)
    for row in found:
        _log_sight(house, user, "intake_opened", f"intake:{row.id}", conversation_id)
    return tuple(
        (question, words)
        for row in found
        for question, words in intakes.answers_of(house, row).items()
    )


def set_availability(house: House, user: User, *, is_available: bool) -> None:
    """Say whether a person takes new conversations; it decides offers and promises."""
    with house.engine.transaction():
        User.objects.filter(id=user.id).update(is_available=is_available, away_reason="")
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "availability_changed",
            f"user:{user.id}",
            is_available=is_available,
        )
        if is_available:
            invitations.free_room(ledger, user.workspace_id, user.id)
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def _tell_mentioned(desk: Desk, words: str) -> None:
    """Tell the colleagues whom a note names with an @."""
    if "@" not in words:
        return
    notices.tell(
        desk.ledger,
        desk.user.workspace_id,
        mentions.mentioned(words, notices.colleagues_of(desk.user)),
        notices.Kind.MENTIONED,
        details=desk.user.name,
        conversation_id=desk.conversation.id,
    )


def end_snooze(house: House, desk: Desk) -> None:
    """Bring a conversation back that is set aside, its clocks running again."""
    if desk.conversation.status == "snoozed":
        _end_snooze(desk)
        setting = standards_cache(house).setting_of(desk.user.workspace_id)
        clocks.resume(desk.ledger, setting, desk.conversation.id, desk.conversation.lane)


def _end_snooze(desk: Desk) -> None:
    if desk.conversation.status == "snoozed":
        desk.ledger.cancel_timer(desk.user.workspace_id, f"snooze:{desk.conversation.id}")


def _restart_clocks(house: House, desk: Desk) -> None:
    """Let whoever is put back wait on a clock for an answer, and the matter's go on."""
    setting = standards_cache(house).setting_of(desk.user.workspace_id)
    clocks.resume(desk.ledger, setting, desk.conversation.id, desk.conversation.lane)
    if kept.is_running(desk.conversation.id):
        return
    queue = setting.pack.queue(desk.conversation.queue or routing.GENERAL)
    routed = routing.decide(
        queue, setting.staffing, setting.hours, setting.policy, now=desk.ledger.now
    )
    clocks.start(desk.ledger, setting, desk.conversation, handoffs.response_of(routed))


def _stop_run(desk: Desk) -> None:
    attached = desk.snapshot.attached
    if attached is not None and not runs.outlasts_talk(attached):
        runs.end(desk.ledger, attached, runs.STOPPED)


def _log_sight(house: House, user: User, action: str, subject: str, conversation_id: str) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id, f"user:{user.id}", action, subject, conversation=conversation_id
        )
        ledger.flush()
