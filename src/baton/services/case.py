"""One contact's facts of one batch, applied in order: decide, then write what follows.

A `Case` holds the contact, their conversation and its run as they change from
fact to fact; every change goes into the ledger, nothing is written here.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from baton.core import ownership, survey
from baton.core.hard_stops import HardStop
from baton.core.ownership import Move, Owner
from baton.core.pack import RequestType
from baton.core.presend import Notice
from baton.core.resolution import Closing, Thread
from baton.flows import document, signals
from baton.flows import turn as turns
from baton.flows.effects import (
    Answered,
    AskSurvey,
    CountFailure,
    Effect,
    RecordRating,
    RequestReview,
    Resolve,
    SetTimer,
)
from baton.flows.run import RunState
from baton.flows.scene import Said
from baton.flows.signals import Signals
from baton.flows.turn import Decision, HandoffPlan, Setting, Standing, Turn
from baton.services import contacts, handoffs, outgoing, runs
from baton.services.arrivals import ContactIdentified, MessageReceived, SilencePassed
from baton.services.handoffs import Occasion
from baton.services.ledger import Ledger
from baton.store.queries import surveys
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import (
    ContactRow,
    ConversationRow,
    MessageRow,
    ReviewRow,
    RunRow,
    SurveyRow,
    TurnRow,
)

_LOW_RATING = 2  # a rating of 1 or 2 is shown to people at once (E36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message of a turn: who sent it how, and the sender's own name for it."""

    message: MessageReceived
    client_id: str


class Case:
    """A contact on the way through a batch."""

    def __init__(
        self,
        ledger: Ledger,
        setting: Setting,
        *,
        workspace_id: str,
        lane: str,
        snapshot: LaneSnapshot | None,
    ) -> None:
        self._ledger = ledger
        self._setting = setting
        self._workspace_id = workspace_id
        self._lane = lane
        self._contact = snapshot.contact if snapshot else None
        self._conversation = snapshot.conversation if snapshot else None
        self._run = snapshot.run if snapshot else None
        self._opened: tuple[RunRow, RunState] | None = None

    def hear(self, heard: Sequence[Heard], said: Said) -> Turn:
        """Take the contact's messages as one turn, and answer."""
        first = heard[0].message
        contact = self._known_contact(first.channel, first.inbox_id, first.address, first.name)
        last_type = self._conversation.request_type if self._conversation else ""
        read = signals.read(
            said, self._run_state(), last_type, self._setting.pack, self._setting.policy
        )
        if contact.conversation_id is None:
            contacts.note_first_words(self._ledger, contact, first.channel)
        conversation = self._thread(contact, first, read)
        conversation = self._store_words(conversation, heard)
        standing = self._standing(contact, conversation)
        turn = turns.decide(said, read, standing, self._setting, now=self._ledger.now)
        if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
            # A first word may be STOP: `_thread` has just noted the conversation with the contact.
            contact = contacts.change_consent(
                self._ledger,
                self._contact or contact,
                first.channel,
                is_granted=turn.decision is Decision.OPTED_IN,
            )
            self._keep_contact(contact)
        self._conversation = self._after_words(conversation, turn, read)
        self._carry_out(turn, standing, read, tuple(h.message.text for h in heard))
        return turn

    def wake(self, fact: SilencePassed) -> Turn | None:
        """Let a silence have its effect, unless the run has moved on since."""
        if self._run is None or self._conversation is None or self._contact is None:
            return None
        if fact.run_id != self._run.id or fact.stamp != runs.stamp(self._run):
            return None
        standing = self._standing(self._contact, self._conversation)
        turn = turns.wake(standing, self._setting, now=self._ledger.now)
        self._carry_out(turn, standing, None, ())
        return turn

    def identify(self, fact: ContactIdentified) -> None:
        """Take over what the business's own site vouched for."""
        contact = self._known_contact(fact.channel, fact.inbox_id, fact.address, fact.name)
        keyset = self._ledger.house.keyset
        self._keep_contact(
            replace(
                contact,
                is_identified=True,
                external_id=keyset.fingerprint(f"external:{self._workspace_id}", fact.external_id),
                membership=fact.membership,  # as vouched for now, also when it has lapsed
            )
        )
        self._ledger.audit(
            self._workspace_id, f"contact:{contact.id}", "identified", f"contact:{contact.id}"
        )

    def close(self, *, is_confirmed: bool, actor: str, code: str) -> None:
        """Resolve the conversation and start what follows a resolution (FQ5).

        `actor` is "bot" or "user:<id>".
        """
        conversation, contact = self._conversation, self._contact
        if conversation is None or contact is None:
            return
        if conversation.resolved_at is not None:
            self._keep(
                replace(conversation, is_confirmed=conversation.is_confirmed or is_confirmed)
            )
            return
        self._keep(
            replace(
                conversation,
                status="resolved",
                handled_by=ownership.next_owner(Owner(conversation.handled_by), Move.RESOLVE).value,
                assignee_id=None,
                snoozed_until=None,
                resolved_at=self._ledger.now,
                resolved_by="bot" if actor == "bot" else "agent",
                resolution_code=code,
                is_confirmed=is_confirmed,
                waiting_since=None,
                is_flagged=False,
            )
        )
        self._ledger.audit(
            self._workspace_id,
            actor,
            "resolved",
            f"conversation:{conversation.id}",
            code=code,
            confirmed=is_confirmed,
        )
        self._stop_run()
        standing = self._standing(contact, self._conversation or conversation)
        if standing.is_opted_out:
            return  # nothing may be asked
        follow_up = turns.begin(document.RESOLVED, standing, self._setting, now=self._ledger.now)
        if follow_up:
            self._carry_out(follow_up, standing, None, ())

    @property
    def conversation(self) -> ConversationRow | None:
        """The conversation as it stands now."""
        return self._conversation

    # -- the contact -------------------------------------------------------------------

    def _known_contact(self, channel: str, inbox_id: str, address: str, name: str) -> ContactRow:
        ledger, contact = self._ledger, self._contact
        if contact is None:
            contact = ContactRow(
                id=ledger.next_id(),
                workspace_id=self._workspace_id,
                lane=self._lane,
                created_at=ledger.now,
            )
            contacts.welcome(ledger, contact, channel=channel, inbox_id=inbox_id, address=address)
        named = contacts.named(ledger, contact, name)
        if named is not contact:
            self._keep_contact(named)
        self._contact = named
        return named

    def _keep_contact(self, contact: ContactRow) -> None:
        self._contact = contact
        self._ledger.keep(contact)

    # -- the conversation --------------------------------------------------------------

    def _thread(
        self, contact: ContactRow, message: MessageReceived, read: Signals
    ) -> ConversationRow:
        """Continue, reopen or open a conversation (K3, U15)."""
        known = self._conversation
        closing = (
            Closing(
                resolved_at=known.resolved_at,
                is_confirmed=known.is_confirmed,
                request_type=known.request_type,
            )
            if known
            else None
        )
        thread = signals.thread_of(
            read, closing, self._run_state(), self._setting.policy, now=self._ledger.now
        )
        if known is None or thread is Thread.OPEN:
            self._stop_run()
            return self._open(contact, message)
        if thread is Thread.REOPEN:
            self._stop_run()
            return self._reopen(known)
        return known

    def _open(self, contact: ContactRow, message: MessageReceived) -> ConversationRow:
        ledger = self._ledger
        conversation = ConversationRow(
            id=ledger.next_id(),
            workspace_id=self._workspace_id,
            contact_id=contact.id,
            inbox_id=message.inbox_id,
            lane=self._lane,
            channel=message.channel,
            first_message_at=ledger.now,
            last_message_at=ledger.now,
        )
        self._keep_contact(replace(contact, conversation_id=conversation.id))
        return conversation

    def _reopen(self, known: ConversationRow) -> ConversationRow:
        self._ledger.audit(
            self._workspace_id,
            f"contact:{known.contact_id}",
            "reopened",
            f"conversation:{known.id}",
            recontacts=known.recontacts + 1,
        )
        gap = self._ledger.now - (known.resolved_at or self._ledger.now)
        earlier = sys.maxsize if known.recontacted_after is None else known.recontacted_after
        after = min(earlier, int(gap.total_seconds()))
        return replace(
            known,
            status="open",
            handled_by=Owner.BOT.value,
            assignee_id=None,
            resolved_at=None,
            resolved_by="",
            resolution_code="",
            is_confirmed=False,
            reopened_at=self._ledger.now,
            recontacts=known.recontacts + 1,
            recontacted_after=after,
            failed_attempts=0,
            bot_turns=0,
            is_answered=False,
            negative_turns=0,
            last_reply_hash="",
            run_id=None,
        )

    def _store_words(
        self, conversation: ConversationRow, heard: Sequence[Heard]
    ) -> ConversationRow:
        for one in heard:
            message_id = self._ledger.next_id()
            self._ledger.add(
                MessageRow(
                    id=message_id,
                    workspace_id=self._workspace_id,
                    conversation_id=conversation.id,
                    contact_id=conversation.contact_id,
                    author="contact",
                    client_id=one.client_id,
                    body_sealed=self._ledger.house.keyset.seal(
                        one.message.text, f"message:{message_id}"
                    ),
                    delivery="received",
                    created_at=self._ledger.now,
                )
            )
        if conversation.status == "snoozed":
            self._ledger.cancel_timer(self._workspace_id, f"snooze:{conversation.id}")
        return replace(
            conversation,
            last_message_at=self._ledger.now,
            waiting_since=conversation.waiting_since or self._ledger.now,
            # A snoozed conversation comes back when its contact writes.
            status="open" if conversation.status == "snoozed" else conversation.status,
            snoozed_until=None,
        )

    def _after_words(
        self, conversation: ConversationRow, turn: Turn, read: Signals
    ) -> ConversationRow:
        """Return the conversation with what the turn says about it: type, triage, counters."""
        policy = self._setting.policy
        is_negative = read.sentiment <= policy.mild_sentiment
        negative = conversation.negative_turns + 1 if is_negative else 0
        is_stop = any(stop.kind is not HardStop.PERSON for stop in read.stops)
        conversation = replace(
            conversation,
            negative_turns=negative,
            is_flagged=conversation.is_flagged or is_negative or is_stop,
        )
        if read.kind is not None and not read.means(*signals.SMALL_TALK, signals.NOT_HELPFUL):
            conversation = replace(conversation, request_type=read.kind.name)
        if turn.axes is not None and turn.outcome is not None:
            conversation = replace(
                conversation,
                complexity=turn.axes.complexity,
                emotion=turn.axes.emotion,
                frequency=turn.axes.frequency,
                value=turn.axes.value,
                triage=turn.outcome.value,
            )
        return conversation

    def _standing(self, contact: ContactRow, conversation: ConversationRow) -> Standing:
        return Standing(
            owner=Owner(conversation.handled_by),
            is_opted_out=conversation.channel in contact.opted_out.split(","),
            is_resolved=conversation.resolved_at is not None,
            request_type=conversation.request_type,
            failed_attempts=conversation.failed_attempts,
            negative_turns=conversation.negative_turns,
            bot_turns=conversation.bot_turns,
            is_answered=conversation.is_answered,
            recontacts=conversation.recontacts,
            last_reply_hash=conversation.last_reply_hash,
            run=self._run_state(),
        )

    def _keep(self, conversation: ConversationRow) -> None:
        self._conversation = conversation
        self._ledger.keep(conversation)

    # -- what follows from a turn ------------------------------------------------------

    def _carry_out(
        self, turn: Turn, standing: Standing, read: Signals | None, words: tuple[str, ...]
    ) -> None:
        conversation = self._conversation
        if conversation is None or self._contact is None:
            return
        turn_id = self._log(turn, conversation, read)
        if turn.run is not standing.run:
            self._save_run(turn)
            conversation = self._conversation or conversation
        if turn.handoff:
            if conversation.resolved_at is not None:
                # Whatever made it come after the close: it is open again, and people see it.
                conversation = self._reopen(conversation)
            conversation = self._offer(turn, conversation, read, words)
        elif read and read.stops:
            handoffs.log_triggers(self._ledger, conversation, read.stops)
        if turn.reply:
            conversation = self._say(turn, conversation)
        self._keep(conversation)
        for effect in turn.effects:
            self._apply(effect, turn_id)
        self._ledger.ring(f"workspace:{self._workspace_id}", f"lane:{self._lane}")

    def _log(self, turn: Turn, conversation: ConversationRow, read: Signals | None) -> str:
        turn_id = self._ledger.next_id()
        flow, _, step = turn.steps[-1].partition(".") if turn.steps else ("", "", "")
        best = read.best if read else None
        self._ledger.add(
            TurnRow(
                id=turn_id,
                workspace_id=self._workspace_id,
                conversation_id=conversation.id,
                at=self._ledger.now,
                intent=best.name if best else "",
                confidence=best.confidence if best else None,
                sentiment=read.sentiment if read else 0.0,
                decision=turn.decision.value,
                reason=turn.reason,
                action=turn.action[:200],
                flow=flow,
                step=step,
            )
        )
        # A handoff and a change of consent have entries of their own, that say more.
        if turn.handoff is None and turn.decision not in (Decision.OPTED_OUT, Decision.OPTED_IN):
            self._ledger.audit(
                self._workspace_id,
                "bot",
                turn.decision.value,
                f"conversation:{conversation.id}",
                reason=turn.reason,
                turn=turn_id,
            )
        return turn_id

    def _say(self, turn: Turn, conversation: ConversationRow) -> ConversationRow:
        if turn.reply is None:
            return conversation
        notice = _notice_of(turn)
        is_answered_here = turn.handoff is None and conversation.handled_by == Owner.BOT.value
        outgoing.write(self._ledger, conversation, author="bot", words=turn.reply, notice=notice)
        return replace(
            conversation,
            bot_turns=conversation.bot_turns + 1,
            last_reply_hash=turns.reply_hash(turn.reply.text),
            # Handed over, or with a person already, the contact still waits for an answer.
            waiting_since=None if is_answered_here else conversation.waiting_since,
        )

    def _offer(
        self,
        turn: Turn,
        conversation: ConversationRow,
        read: Signals | None,
        words: tuple[str, ...],
    ) -> ConversationRow:
        if turn.handoff is None or self._contact is None:
            return conversation
        known = self._setting.pack.request_type(conversation.request_type)
        kind = (read.kind if read else None) or known
        intent = self._setting.pack.intent(read.intent.name) if read and read.intent else None
        occasion = Occasion(
            contact=self._contact,
            plan=turn.handoff,
            policy=self._setting.policy,
            words=words,
            action=turn.action,
            stops=read.stops if read else (),
            wants=intent.wants if intent else "",
            is_first_turn=conversation.first_message_at == self._ledger.now,
            tags=_tags(kind, turn.handoff),
        )
        return handoffs.offer(self._ledger, conversation, occasion)

    def _apply(self, effect: Effect, turn_id: str) -> None:  # noqa: C901 - one case an effect
        conversation = self._conversation
        if conversation is None:
            return
        match effect:
            case CountFailure():
                failed = conversation.failed_attempts + 1
                self._keep(replace(conversation, failed_attempts=failed, is_answered=False))
            case Answered():
                self._keep(replace(conversation, is_answered=True))
            case RequestReview():
                self._request_review(conversation, effect, turn_id)
            case Resolve():
                # Under 80% nothing closes on silence alone: a person looks first (E25, FQ19).
                if effect.is_confirmed or not conversation.needs_review:
                    code = "confirmed" if effect.is_confirmed else "answered"
                    self.close(is_confirmed=effect.is_confirmed, actor="bot", code=code)
            case AskSurvey():
                self._ask_survey(conversation, effect)
            case RecordRating():
                self._record_rating(conversation, effect.rating)
            case _:
                pass  # SetTimer goes with the run

    def _request_review(
        self, conversation: ConversationRow, effect: RequestReview, turn_id: str
    ) -> None:
        self._keep(replace(conversation, needs_review=True))
        self._ledger.add(
            ReviewRow(
                id=self._ledger.next_id(),
                workspace_id=self._workspace_id,
                conversation_id=conversation.id,
                turn_id=turn_id,
                reason=effect.reason,
                at=self._ledger.now,
            )
        )

    def _ask_survey(self, conversation: ConversationRow, effect: AskSurvey) -> None:
        self._ledger.add(
            SurveyRow(
                id=self._ledger.next_id(),
                workspace_id=self._workspace_id,
                conversation_id=conversation.id,
                kind=effect.kind,
                asked_at=self._ledger.now,
            )
        )

    def _record_rating(self, conversation: ConversationRow, rating: int) -> None:
        surveys.record(
            conversation.id, rating=rating, score=survey.score(rating), now=self._ledger.now
        )
        if rating <= _LOW_RATING:
            self._keep(replace(conversation, is_flagged=True))

    # -- the run -----------------------------------------------------------------------

    def _run_state(self) -> RunState | None:
        """Return the waiting run's state, opened once however often it is asked for."""
        if self._run is None:
            return None
        if self._opened is None or self._opened[0] is not self._run:
            self._opened = (self._run, runs.open_state(self._ledger, self._run))
        return self._opened[1]

    def _save_run(self, turn: Turn) -> None:
        state = turn.run
        if state is None or self._conversation is None:
            self._stop_run()
            return
        is_same = self._run and (self._run.flow, self._run.version) == (state.flow, state.version)
        if not is_same:
            self._stop_run()
        self._run = runs.save(self._ledger, self._run, self._conversation, state)
        self._keep(replace(self._conversation, run_id=self._run.id))
        wake = next((e.after for e in turn.effects if isinstance(e, SetTimer)), None)
        runs.set_wake(self._ledger, self._run, self._lane, wake)

    def _stop_run(self) -> None:
        if self._run is None:
            return
        runs.end(self._ledger, self._run)
        self._run = None
        if self._conversation:
            self._keep(replace(self._conversation, run_id=None))


def _notice_of(turn: Turn) -> Notice | None:
    """Return which exemption the bot's words have when they are sent (`core.presend`)."""
    if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
        return Notice.CONSENT
    return Notice.HANDOVER if turn.handoff else None


def _tags(kind: RequestType | None, plan: HandoffPlan) -> tuple[str, ...]:
    """Suggest tags: the request type's, what was chosen from a menu, and the trigger (E39)."""
    of_kind = kind.tags if kind else ()
    return tuple(dict.fromkeys((*of_kind, *plan.tags, plan.escalate.trigger)))
