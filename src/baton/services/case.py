"""One contact's facts of one batch, applied in order: decide, then write what follows.

A `Case` holds the contact, their conversation and its run as they change from
fact to fact; every change goes into the ledger, nothing is written here.
"""

import dataclasses
from collections.abc import Sequence

from msgspec.structs import replace

from baton.core import routing
from baton.core.confidence import Bands
from baton.core.ownership import Owner
from baton.core.pack import RequestType
from baton.core.presend import Notice
from baton.core.resolution import Thread
from baton.flows import document, signals
from baton.flows import turn as turns
from baton.flows.effects import (
    Answered,
    AskSurvey,
    CountFailure,
    Effect,
    RecordRating,
    Resolve,
    SetTimer,
)
from baton.flows.run import RunState
from baton.flows.scene import Said
from baton.flows.signals import Signals
from baton.flows.turn import Decision, HandoffPlan, Setting, Standing, Turn
from baton.services import (
    article_uses,
    contacts,
    conversations,
    handoffs,
    outgoing,
    ratings,
    runs,
    scrutiny,
    supervision,
    turn_log,
)
from baton.services.arrivals import ContactIdentified, MessageReceived, SilencePassed
from baton.services.conversations import Heard
from baton.services.handoffs import Occasion
from baton.services.ledger import Ledger
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ContactRow, ConversationRow, RunRow


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
        self._said = Said(text="", readings=())
        self._is_watched = False

    def hear(self, heard: Sequence[Heard], said: Said) -> Turn:
        """Take the contact's messages as one turn, and answer."""
        first = heard[0].message
        self._said = said
        contact = self._known_contact(first.channel, first.inbox_id, first.address, first.name)
        last_type = self._conversation.request_type if self._conversation else ""
        read = signals.read(said, self._run_state(), last_type, self._setting.pack, self.bands)
        if contact.conversation_id is None:
            contacts.note_first_words(self._ledger, contact, first.channel)
        conversation = self._thread(contact, first, read)
        conversation = conversations.store_words(self._ledger, conversation, heard)
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
        self._conversation = conversations.marked(conversation, turn, read, self._setting.policy)
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
        known = self._known_contact(fact.channel, fact.inbox_id, fact.address, "")
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
        self._stop_run()
        standing = self._standing(contact, self._conversation or conversation)
        if standing.is_opted_out:
            return  # nothing may be asked
        follow_up = turns.begin(document.RESOLVED, standing, self._setting, now=self._ledger.now)
        if follow_up:
            self._carry_out(follow_up, standing, None, ())

    @property
    def setting(self) -> Setting:
        """The workspace as the next case of the batch finds it."""
        return self._setting

    @property
    def bands(self) -> Bands:
        """The thresholds of confidence that hold where the conversation stands."""
        return self._setting.bands_in(self._run.flow if self._run else "")

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
        self._stop_run()
        if known is not None and thread is Thread.REOPEN:
            article_uses.note_return(ledger, known)
            return conversations.reopen(ledger, known)
        conversation = conversations.begin(ledger, contact, message)
        self._keep_contact(replace(contact, conversation_id=conversation.id))
        return conversation

    def _standing(self, contact: ContactRow, conversation: ConversationRow) -> Standing:
        return conversations.standing_of(conversation, contact, self._run_state())

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
        turn_id = turn_log.note(self._ledger, conversation, turn, read)
        if turn.run is not standing.run:
            self._save_run(turn)
            conversation = self._conversation or conversation
        is_not_helpful = read is not None and read.means(signals.NOT_HELPFUL)
        conversation = article_uses.note_turn(
            self._ledger, conversation, turn, turn_id, is_not_helpful=is_not_helpful
        )
        if turn.handoff:
            if conversation.resolved_at is not None:
                # Whatever made it come after the close: it is open again, and people see it.
                conversation = conversations.reopen(self._ledger, conversation)
            conversation = self._offer(turn, conversation, read, words)
        elif read and read.stops:
            handoffs.log_triggers(self._ledger, conversation, read.stops)
        if turn.reply:
            conversation = self._say(turn, conversation)
        conversation = self._look_again(turn, turn_id, read, conversation)
        self._keep(conversation)
        for effect in turn.effects:
            self._apply(effect)
        self._ledger.ring(f"workspace:{self._workspace_id}", f"lane:{self._lane}")

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
        # Whoever is decided next in this batch finds this one waiting already.
        staffing = routing.joined(self._setting.staffing, turn.handoff.routing)
        self._setting = dataclasses.replace(self._setting, staffing=staffing)
        return handoffs.offer(self._ledger, conversation, occasion)

    def _apply(self, effect: Effect) -> None:
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
                if self._may_close(conversation, is_confirmed=effect.is_confirmed):
                    code = "confirmed" if effect.is_confirmed else "answered"
                    self.close(is_confirmed=effect.is_confirmed, actor="bot", code=code)
            case AskSurvey():
                ratings.ask(self._ledger, conversation, effect.kind)
            case RecordRating():
                self._keep(ratings.record(self._ledger, conversation, effect.rating))
            case _:
                pass  # SetTimer goes with the run

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
