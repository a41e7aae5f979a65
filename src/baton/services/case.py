"""One contact's facts of one batch, applied in order: decide, then write what follows.

A `Case` holds the contact, their conversation and its run as they change from
fact to fact; every change goes into the ledger, nothing is written here.
"""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from baton.core import routing
from baton.core.confidence import Bands
from baton.core.errors import InvalidInput
from baton.core.ownership import Owner
from baton.core.pack import RequestType
from baton.core.resolution import Thread
from baton.flows import outreach, signals, unprompted
from baton.flows import turn as turns
from baton.flows.document import Flow
from baton.flows.effects import (
    Answered,
    AskSurvey,
    CountFailure,
    Effect,
    RecordRating,
    Resolve,
    SendText,
    SetTimer,
)
from baton.flows.run import RunState
from baton.flows.scene import ActionEnded, Happened, Input, Said, TimeUp
from baton.flows.signals import Signals
from baton.flows.trigger import RESOLVED, TriggerKind
from baton.flows.turn import Decision, HandoffPlan, Setting, Standing, Turn
from baton.services import (
    article_uses,
    consents,
    contacts,
    conversations,
    deliveries,
    digests,
    handoffs,
    keepsakes,
    ratings,
    runs,
    schedules,
    scrutiny,
    speech,
    supervision,
    turn_log,
)
from baton.services.arrivals import (
    ActionReturned,
    ContactIdentified,
    DeliveryReported,
    DigestDue,
    EventReported,
    MessageReceived,
    RunsDue,
    SilencePassed,
    SnoozeOver,
)
from baton.services.conversations import Heard
from baton.services.handoffs import Occasion
from baton.services.keepsakes import By
from baton.services.ledger import Ledger
from baton.services.permits import Wish
from baton.services.runs import Runs
from baton.store.queries import clocks, people
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ContactRow, ConversationRow, MessageRow, RunRow

CaseFact: TypeAlias = (
    ContactIdentified
    | SilencePassed
    | EventReported
    | ActionReturned
    | RunsDue
    | DigestDue
    | DeliveryReported
)


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
        self._runs = Runs(
            ledger,
            setting.library,
            snapshot.runs if snapshot else (),
            self._conversation.run_id if self._conversation else None,
        )
        self._at = self._runs.attached  # the run that the fact at hand is for
        self._said = Said(text="", readings=())
        self._is_watched = False
        self._is_owed = False  # what is decided answers words of before
        self._entrance: tuple[str, str] | None = None
        self._subject = ""
        self._written = self._conversation  # as the database, or the ledger, has it

    def hear(self, heard: Sequence[Heard], said: Said) -> Turn:
        """Take the contact's messages as one turn, and answer."""
        first = heard[0].message
        self._said = said
        contact = self._known_contact(first.channel, first.inbox_id, first.address, first.name)
        last_type = self._conversation.request_type if self._conversation else ""
        self._at = self._addressed(said)
        read = signals.read(said, self._run_state(), last_type, self._setting.pack, self.bands)
        if contact.conversation_id is None:
            consents.note_first_words(self._ledger, contact, first.channel)
        deliveries.note_sign_of_life(self._ledger, contact, first.channel)
        conversation = self._thread(contact, first, read)
        conversation = conversations.store_words(self._ledger, conversation, heard)
        standing = self._standing(contact, conversation)
        turn = turns.decide(said, read, standing, self._setting, now=self._ledger.now)
        if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
            # A first word may be STOP: `_thread` has just noted the conversation with the contact.
            contact = consents.change(
                self._ledger,
                self._contact or contact,
                first.channel,
                is_granted=turn.decision is Decision.OPTED_IN,
            )
            self._keep_contact(contact)
        self._conversation = conversations.marked(conversation, turn, read, self._setting.policy)
        if read.stops:
            self._end_promotions()
        self._carry_out(turn, standing, read, tuple(h.message.text for h in heard))
        return turn

    def take(self, fact: CaseFact) -> None:
        """Let a fact that is no message have its effect."""
        match fact:
            case ContactIdentified():
                self.identify(fact)
            case SilencePassed():
                self.wake(fact)
            case EventReported():
                self.report(fact)
            case ActionReturned():
                self.take_back(fact)
            case RunsDue():
                self.start_due(fact)
            case DigestDue():
                self.send_digest(fact)
            case DeliveryReported():
                self.note_delivery(fact)

    def wake(self, fact: SilencePassed) -> None:
        """Let a silence have its effect, unless the run has moved on since."""
        row = self._runs.find(fact.run_id)
        if row is None or fact.stamp != runs.stamp(row):
            return
        if row.is_proactive:
            self._go_on(row, TimeUp())
        elif self._conversation and self._contact:
            self._at = row
            standing = self._standing(self._contact, self._conversation)
            turn = unprompted.wake(standing, self._setting, now=self._ledger.now)
            self._carry_out(turn, standing, None, ())

    def report(self, fact: EventReported) -> None:
        """Let what happened move the runs that wait for it, and start those that it starts."""
        self._known_contact(fact.channel, fact.inbox_id, fact.address, fact.name)
        self._entrance = (fact.channel, fact.inbox_id)
        if fact.event in (consents.GIVEN, consents.WITHDRAWN):
            self._take_consent(fact)
        given = Happened(event=fact.event, facts=fact.facts)
        for row in self._runs.waiting_for(fact.event):
            self._go_on(row, given)
        self._start_all(TriggerKind.EVENT, given)

    def _take_consent(self, fact: EventReported) -> None:
        contact = self._contact
        if contact is None:
            return
        try:
            self._keep_contact(consents.take(self._ledger, contact, fact))
        except InvalidInput as error:
            self._note("", "event_refused", problems=", ".join(sorted(error.fields)))

    def start_due(self, fact: RunsDue) -> None:
        """Start a flow whose schedule came round, or whose segment the contact became one of."""
        self._start_all(TriggerKind(fact.kind), Happened(event=fact.flow))

    def take_back(self, fact: ActionReturned) -> None:
        """Hand a run what came of the action that it waits for."""
        row = self._runs.find(fact.run_id)
        if row is None:
            self._note("", "action_ended_unheard", run=fact.run_id, problem=fact.problem)
            return
        ended = ActionEnded(number=fact.number, result=fact.result, problem=fact.problem)
        state = self._runs.state_of(row)
        self._is_owed = state is not None and state.is_owed
        self._go_on(row, ended)
        self._is_owed = False

    def send_digest(self, fact: DigestDue) -> None:
        """Say all the lines that were kept for a digest in one message (C20)."""
        contact = self._contact
        if contact is None:
            return
        for purpose, text in digests.take(self._ledger, contact.id, fact.digest):
            conversation = self._open_for_words(contact)
            self._write(
                conversation, SendText(text=text), Wish(purpose=purpose, is_unprompted=True)
            )
            self._keep(conversation)
            self._ledger.ring(f"workspace:{self._workspace_id}", f"lane:{self._lane}")

    def end_snooze(self, fact: SnoozeOver) -> None:
        """Bring a snoozed conversation back, unless it was opened or snoozed anew since."""
        known, subject = self._conversation, f"conversation:{fact.conversation_id}"
        if known is not None and known.id == fact.conversation_id:
            if known.status != "snoozed" or known.snoozed_until != fact.until:
                return
            self._keep(replace(known, status="open", snoozed_until=None))
        elif not clocks.wake_snoozed(fact.conversation_id, fact.until):
            return  # an older conversation of the contact, and changed since
        self._ledger.audit(self._workspace_id, "system", "snooze_over", subject)
        self._ledger.ring(f"workspace:{self._workspace_id}")

    def note_delivery(self, fact: DeliveryReported) -> None:
        """Let a receipt have its effect; who unsubscribed at the provider has opted out here."""
        reported = deliveries.report(self._ledger, self._workspace_id, fact)
        if reported and self._contact and fact.fault:
            self._keep_contact(deliveries.learn(self._ledger, self._contact, fact))

    def identify(self, fact: ContactIdentified) -> None:
        """Take over what the business's own site vouched for."""
        known = self._known_contact(fact.channel, fact.inbox_id, fact.address, "")
        self._entrance = (fact.channel, fact.inbox_id)
        contact = contacts.renamed(self._ledger, known, fact.name)
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
        self._enter_segments(known, self._contact or contact, fact.channel)

    def _enter_segments(self, before: ContactRow, now: ContactRow, channel: str) -> None:
        """Start the flows of the segments that a contact has just become one of."""
        for flow, _version in self._setting.library.started_by(TriggerKind.SEGMENT):
            was, is_now = (
                schedules.belongs(self._ledger, contact, channel, flow, self._setting)
                for contact in (before, now)
            )
            if is_now and not was:
                self._start_all(TriggerKind.SEGMENT, Happened(event=flow.name))

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
            conversations.resolve(
                self._ledger, conversation, is_confirmed=is_confirmed, actor=actor, code=code
            )
        )
        self._detach()
        # Nothing follows what only the bot spoke in: a farewell would follow the farewell.
        is_talk = conversation.opened_by == "contact"
        standing = self._standing(contact, self._conversation or conversation)
        if is_talk and not standing.is_opted_out:
            self._start_all(TriggerKind.EVENT, Happened(event=RESOLVED))

    @property
    def setting(self) -> Setting:
        """The workspace as the next case of the batch finds it."""
        return self._setting

    @property
    def bands(self) -> Bands:
        """The thresholds of confidence that hold where the conversation stands."""
        return self._setting.bands_in(self._at.flow if self._at else "")

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
        ledger, known = self._ledger, self._conversation
        thread = conversations.thread_of(
            ledger, known, read, self._run_state(), self._setting.policy
        )
        if known is not None and thread is Thread.CONTINUE:
            return known
        self._detach()
        if known is not None and thread is Thread.REOPEN:
            article_uses.note_return(ledger, known)
            return conversations.reopen(ledger, known)
        conversation = conversations.begin(
            ledger, contact, channel=message.channel, inbox_id=message.inbox_id
        )
        self._keep_contact(replace(contact, conversation_id=conversation.id))
        return conversation

    def _open_for_words(self, contact: ContactRow) -> ConversationRow:
        """Return the conversation in which the bot may write first: the open one, or a new one."""
        known = self._conversation
        if known is not None and known.resolved_at is None:
            return known
        channel, inbox_id = (known.channel, known.inbox_id) if known else self._entrance_of(contact)
        conversation = conversations.begin(
            self._ledger, contact, channel=channel, inbox_id=inbox_id, opened_by="bot"
        )
        self._keep_contact(replace(self._contact or contact, conversation_id=conversation.id))
        self._keep(conversation)
        return conversation

    def _entrance_of(self, contact: ContactRow) -> tuple[str, str]:
        return self._entrance or people.entrance_of(contact.id)

    def _standing(self, contact: ContactRow, conversation: ConversationRow) -> Standing:
        return conversations.standing_of(
            conversation,
            contact,
            self._run_state(),
            contacts.facts_of(self._ledger, contact, conversation.channel),
        )

    def _keep(self, conversation: ConversationRow) -> None:
        self._conversation = self._written = conversation
        self._ledger.keep(conversation)

    def _keep_changed(self, conversation: ConversationRow) -> None:
        """Keep a conversation, unless it is as the database has it already."""
        if conversation is not self._written:
            self._keep(conversation)

    # -- what follows from a turn ------------------------------------------------------

    def _carry_out(
        self, turn: Turn, standing: Standing, read: Signals | None, words: tuple[str, ...]
    ) -> None:
        conversation = self._conversation
        if conversation is None or self._contact is None:
            return
        at = self._at  # the run that speaks, also if it is over with these words
        turn_id = turn_log.note(self._ledger, conversation, turn, read)
        if turn.run is not standing.run or turn.is_beside:
            self._save_run(turn)
            conversation = self._conversation or conversation
        is_not_helpful = read is not None and read.means(signals.NOT_HELPFUL)
        conversation = article_uses.note_turn(
            self._ledger, conversation, turn, turn_id, is_not_helpful=is_not_helpful
        )
        if turn.handoff:
            conversation = self._offer(turn, conversation, read, words)
        elif read and read.stops:
            handoffs.log_triggers(self._ledger, conversation, read.stops)
            conversation = conversations.raised(conversation, turns.urgency_of(read, standing))
        is_heard = read is not None or self._is_owed
        said = self._say(turn, conversation, at, is_heard=is_heard)
        if said and self._is_prompted(read) and not speech.was_refused(said):
            conversation = self._answered(turn, conversation)
        conversation = self._look_again(turn, turn_id, read, conversation)
        self._keep_changed(conversation)
        for effect in speech.left_of(turn, said):
            self._apply(effect, turn)
        self._ledger.ring(f"workspace:{self._workspace_id}", f"lane:{self._lane}")

    def _is_prompted(self, read: Signals | None) -> bool:
        """Return whether the bot's words answer the contact, if only their silence."""
        return read is not None or self._at is None or not self._at.is_proactive

    def _say(
        self, turn: Turn, conversation: ConversationRow, at: RunRow | None, *, is_heard: bool
    ) -> MessageRow | None:
        if turn.reply is None:
            return None
        library = self._setting.library
        wish = speech.wish_of(turn, turn.reply, at, library, is_heard=is_heard)
        return self._write(conversation, turn.reply, wish)

    def _write(self, conversation: ConversationRow, words: SendText, wish: Wish) -> MessageRow:
        return speech.say(
            self._ledger, self._setting, self._contact, conversation, words=words, wish=wish
        )

    def _answered(self, turn: Turn, conversation: ConversationRow) -> ConversationRow:
        """Count an answer as a round of the talk; a reminder answers nothing, and is none."""
        is_answered_here = turn.handoff is None and conversation.handled_by == Owner.BOT.value
        return replace(
            conversation,
            bot_turns=conversation.bot_turns + 1,
            last_reply_hash=turns.reply_hash(turn.reply.text if turn.reply else ""),
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
        if conversation.resolved_at is not None:
            # Whatever made it come after the close: it is open again, and people see it.
            conversation = conversations.reopen(self._ledger, conversation)
        if conversation.handled_by != Owner.BOT.value:
            handoffs.withdraw(self._ledger, conversation)
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
        # Whoever is decided next in this batch finds this one waiting already.
        staffing = routing.joined(self._setting.staffing, turn.handoff.routing)
        self._setting = dataclasses.replace(self._setting, staffing=staffing)
        return handoffs.offer(self._ledger, conversation, occasion)

    def _apply(self, effect: Effect, turn: Turn) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        match effect:
            case CountFailure():
                failed = conversation.failed_attempts + 1
                self._keep(replace(conversation, failed_attempts=failed, is_answered=False))
            case Answered():
                self._keep(replace(conversation, is_answered=True))
            case Resolve():
                # Under 80% nothing closes on silence alone: a person looks first (E25, FQ19).
                # And what waits for a person, or is with one, is not the bot's to close.
                if conversation.handled_by == Owner.BOT.value and self._may_close(
                    conversation, is_confirmed=effect.is_confirmed
                ):
                    code = "confirmed" if effect.is_confirmed else "answered"
                    self.close(is_confirmed=effect.is_confirmed, actor="bot", code=code)
            case AskSurvey():
                ratings.ask(self._ledger, conversation, effect.kind)
            case RecordRating():
                self._keep(ratings.record(self._ledger, conversation, effect))
            case _:
                self._leave(effect, turn, conversation)

    def _leave(self, effect: Effect, turn: Turn, conversation: ConversationRow) -> None:
        """Keep what a flow leaves with the contact, whatever becomes of the conversation."""
        if self._contact is not None:
            by = By(flow=turn.flow, version=turn.version, row=self._at)
            self._contact = keepsakes.keep(self._ledger, self._contact, conversation, by, effect)

    def _look_again(
        self, turn: Turn, turn_id: str, read: Signals | None, conversation: ConversationRow
    ) -> ConversationRow:
        """Note that a person should look at the turn, if one should."""
        if read is None:
            return conversation
        seen = scrutiny.Seen(turn=turn, said=self._said, read=read)
        review = scrutiny.review_of(
            self._ledger, conversation, turn_id, seen, self._setting.supervision
        )
        if review is None:
            return conversation
        self._ledger.add(review)
        self._is_watched = self._is_watched or review.reason == supervision.SUPERVISED
        is_held = conversation.needs_review or scrutiny.holds(review.reason)
        return replace(conversation, needs_review=is_held)

    def _may_close(self, conversation: ConversationRow, *, is_confirmed: bool) -> bool:
        # A review that this very batch asks for is not in the database yet.
        return not self._is_watched and scrutiny.may_close(
            conversation, self._setting.supervision, is_confirmed=is_confirmed
        )

    # -- the runs ----------------------------------------------------------------------

    def _addressed(self, said: Said) -> RunRow | None:
        """Return the run that a turn is for: the newest whose question it answers (C18)."""
        attached, asked = self._runs.attached, self._runs.asked()
        if not asked:
            return attached
        last = self._runs.state_of(attached)
        chosen = signals.addressed(said, [state for _row, state in asked], last)
        return next((row for row, state in asked if state is chosen), attached)

    def _run_state(self) -> RunState | None:
        return self._runs.state_of(self._at)

    def _go_on(self, row: RunRow, given: Input) -> None:
        """Let a waiting run take something that nobody said."""
        contact = self._contact
        if contact is None:
            return
        self._at = row
        conversation = self._conversation or self._open_for_words(contact)
        standing = self._standing(contact, conversation)
        turn = unprompted.go_on(given, standing, self._setting, now=self._ledger.now)
        if turn is not None:
            self._speak_first(turn, standing, contact)

    def _start_all(self, kind: TriggerKind, given: Happened) -> None:
        """Start every live flow that something which happened starts."""
        contact = self._contact
        if contact is None:
            return
        conversation = self._conversation or self._open_for_words(contact)
        self._at = None
        standing = self._standing(contact, conversation)
        scene = turns.scene_of(standing, self._setting, self._ledger.now)
        for flow, version in outreach.starting(self._setting.library, kind, given, scene):
            self._start(flow, version, given)

    def _start(self, flow: Flow, version: int, given: Happened) -> None:
        contact, conversation = self._contact, self._conversation
        if contact is None or conversation is None:
            return
        try:
            facts = outreach.facts_of(flow, given.facts)
        except InvalidInput as error:
            self._note(flow.name, "event_refused", problems=", ".join(sorted(error.fields)))
            return
        subject = outreach.subject_of(flow, facts)
        key = runs.subject_key(self._ledger, self._workspace_id, subject)
        if not outreach.may_start(flow, key, self._runs.underway):
            self._note(flow.name, "run_not_started", reason="enough_runs")
            return
        self._at, self._subject = None, subject
        standing = self._standing(contact, conversation)
        turn = unprompted.begin(flow, version, given, standing, self._setting, now=self._ledger.now)
        self._speak_first(turn, standing, contact)

    def _speak_first(self, turn: Turn, standing: Standing, contact: ContactRow) -> None:
        """Carry out a turn that nobody asked for, in a conversation that is open for it."""
        if turn.reply or turn.handoff:
            self._open_for_words(contact)
        self._carry_out(turn, standing, None, ())

    def _note(self, flow: str, action: str, **details: str) -> None:
        contact_id = self._contact.id if self._contact else ""
        self._ledger.audit(
            self._workspace_id, "bot", action, f"contact:{contact_id}", flow=flow, **details
        )

    def _save_run(self, turn: Turn) -> None:
        state, conversation = turn.run, self._conversation
        if conversation is None:
            return
        if state is None:
            # A flow that began beside a waiting run and is over at once leaves that one alone.
            if self._at is not None and not turn.is_beside and not self._goes_on(turn, self._at):
                self._end(self._at)
            return
        known = None if turn.is_beside else self._at
        row = self._runs.keep(known, conversation, state, subject=self._subject)
        self._at, self._subject = row, ""
        if runs.takes_words(row) or not row.is_proactive:
            self._runs.attach(row)
            self._keep(replace(conversation, run_id=row.id))
        elif conversation.run_id == row.id:
            self._runs.attach(None)
            self._keep(replace(conversation, run_id=None))
        wake = next((e.after for e in turn.effects if isinstance(e, SetTimer)), None)
        runs.set_wake(self._ledger, row, self._lane, wake)

    def _goes_on(self, turn: Turn, row: RunRow) -> bool:
        """Return whether a run survives that a person is called, for another reason than its own.

        Tomorrow's booking is still tomorrow, and what an action that it called comes to is
        still to be told; whoever complains is advertised nothing more.
        """
        return not turn.flow and runs.outlasts_talk(row) and self._runs.is_of_need(row)

    def _end_promotions(self) -> None:
        """End what would go on advertising to somebody who has just raised an alarm (T10)."""
        for row in self._runs.waiting:
            if row.is_proactive and not self._runs.is_of_need(row):
                self._end(row)

    def _end(self, row: RunRow) -> None:
        self._runs.end(row)
        self._at = None
        if self._conversation and self._conversation.run_id == row.id:
            self._keep(replace(self._conversation, run_id=None))

    def _detach(self) -> None:
        """Let go of the run that spoke last: the matter that it spoke of is over."""
        attached = self._runs.attached
        self._runs.attach(None)
        if attached is not None and attached is self._at and not attached.is_proactive:
            self._at = None
        if self._conversation and self._conversation.run_id:
            self._keep(replace(self._conversation, run_id=None))


def _tags(kind: RequestType | None, plan: HandoffPlan) -> tuple[str, ...]:
    """Suggest tags: the request type's, what was chosen from a menu, and the trigger (E39)."""
    of_kind = kind.tags if kind else ()
    return tuple(dict.fromkeys((*of_kind, *plan.tags, plan.escalate.trigger)))
