"""What follows from a contact's turns: runs kept, words sent, people called, flows started.

A turn may start others, as a resolution starts the survey that follows it; all of it goes
into the ledger of the batch.
"""

from collections.abc import Collection

from msgspec.structs import replace

from baton.core import routing
from baton.core.errors import InvalidInput
from baton.core.ownership import Owner
from baton.core.pack import RequestType
from baton.core.policy import guards
from baton.core.rollout import Admission
from baton.flows import handoff, outreach, signals, unprompted
from baton.flows import turn as turns
from baton.flows.document import Flow
from baton.flows.effects import (
    Answered,
    AskSurvey,
    CountFailure,
    Effect,
    KeepWords,
    RecordRating,
    Resolve,
    SendText,
    SetTimer,
)
from baton.flows.handoff import HandoffPlan
from baton.flows.outreach import Underway
from baton.flows.scene import Happened, Input, Said, TimeUp
from baton.flows.signals import Signals
from baton.flows.standing import Standing, scene_of
from baton.flows.trigger import RESOLVED, TriggerKind
from baton.flows.turn import Turn
from baton.services.bookings import first_values
from baton.services.conversation import (
    conversations,
    flags,
    handoffs,
    keepsakes,
    ratings,
    runs,
    scrutiny,
    shadowing,
    turn_log,
)
from baton.services.conversation.case_file import CaseFile
from baton.services.conversation.handoffs import Occasion
from baton.services.conversation.keepsakes import By
from baton.services.delivery import speech
from baton.services.knowledge import article_uses
from baton.services.people.permits import Wish
from baton.services.workspace import supervision
from baton.store.rows import ContactRow, ConversationRow, MessageRow, RunRow

_NOTHING_SAID = Said(text="", readings=())


class Sequel:
    """Carries out turns on a contact's file.

    `said` is what the contact said last in the batch; with `is_owed`, what is decided
    answers words of before.
    """

    def __init__(self, file: CaseFile) -> None:
        self.said = _NOTHING_SAID
        self.is_owed = False
        self._file = file
        self._is_watched = False

    def carry_out(
        self, turn: Turn, standing: Standing, read: Signals | None, words: tuple[str, ...]
    ) -> None:
        """Do all that a turn decided; `words` are what the contact said in it."""
        file = self._file
        conversation = file.conversation
        if conversation is None or file.contact is None:
            return
        at = file.at  # the run that speaks, also if it is over with these words
        turn_id = turn_log.note(file.ledger, conversation, turn, read)
        shadowing.keep(file.ledger, conversation, turn.drafts)
        if turn.run is not standing.run or turn.is_beside:
            file.save_run(turn)
            conversation = file.conversation or conversation
        is_not_helpful = read is not None and read.means(signals.NOT_HELPFUL)
        conversation = article_uses.note_turn(
            file.ledger, conversation, turn, turn_id, is_not_helpful=is_not_helpful
        )
        if turn.handoff:
            conversation = self._offer(turn, conversation, read, words)
        elif read and read.stops:
            is_guarded = guards(file.setting.policy, conversation.queue)
            handoffs.log_triggers(file.ledger, conversation, read.stops, is_guarded=is_guarded)
            conversation = conversations.raised(conversation, handoff.urgency_of(read, standing))
        conversation = flags.note(file.ledger, conversation, turn.fired)
        is_heard = read is not None or self.is_owed
        said = self._say(turn, conversation, at, is_heard=is_heard)
        if said and self._is_prompted(read) and not speech.was_refused(said):
            conversation = self._answered(turn, conversation)
        conversation = self._look_again(turn, turn_id, read, conversation)
        file.keep_changed(conversation)
        for effect in speech.left_of(turn, said):
            self._apply(effect, turn)
        file.ledger.ring(f"workspace:{file.workspace_id}", f"lane:{file.address_lane}")

    def _is_prompted(self, read: Signals | None) -> bool:
        """Return whether the bot's words answer the contact, if only their silence."""
        return read is not None or self._file.at is None or not self._file.at.is_proactive

    def _say(
        self, turn: Turn, conversation: ConversationRow, at: RunRow | None, *, is_heard: bool
    ) -> MessageRow | None:
        if turn.reply is None:
            return None
        library = self._file.setting.library
        wish = speech.wish_of(turn, turn.reply, at, library, is_heard=is_heard)
        return self.write(conversation, turn.reply, wish)

    def write(self, conversation: ConversationRow, words: SendText, wish: Wish) -> MessageRow:
        """Write the words of the bot into a conversation, if they may be sent."""
        file = self._file
        return speech.say(
            file.ledger, file.setting, file.contact, conversation, words=words, wish=wish
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
        file = self._file
        if turn.handoff is None or file.contact is None:
            return conversation
        if conversation.resolved_at is not None:
            # Whatever made it come after the close: it is open again, and people see it.
            conversation = conversations.reopen(file.ledger, conversation)
        if conversation.handled_by != Owner.BOT.value:
            handoffs.withdraw(file.ledger, conversation)
        known = file.setting.pack.request_type(conversation.request_type)
        kind = (read.kind if read else None) or known
        intent = file.setting.pack.intent(read.intent.name) if read and read.intent else None
        occasion = Occasion(
            contact=file.contact,
            plan=turn.handoff,
            setting=file.setting,
            words=words,
            action=turn.action,
            stops=read.stops if read else (),
            wants=intent.wants if intent else "",
            is_first_turn=conversation.first_message_at == file.ledger.now,
            tags=_tags(kind, turn.handoff),
        )
        # Whoever is decided next in this batch finds this one waiting already.
        staffing = routing.joined(file.setting.staffing, turn.handoff.routing)
        file.setting = replace(file.setting, staffing=staffing)
        return handoffs.offer(file.ledger, conversation, occasion)

    def _apply(self, effect: Effect, turn: Turn) -> None:
        file = self._file
        conversation = file.conversation
        if conversation is None:
            return
        match effect:
            case SetTimer():
                pass  # as the run was saved
            case CountFailure():
                failed = conversation.failed_attempts + 1
                file.keep(replace(conversation, failed_attempts=failed, is_answered=False))
            case Answered():
                file.keep(replace(conversation, is_answered=True))
            case Resolve():
                # Under 80% nothing closes on silence alone: a person looks first (E25, FQ19).
                # And what waits for a person, or is with one, is not the bot's to close.
                if conversation.handled_by == Owner.BOT.value and self._may_close(
                    conversation, is_confirmed=effect.is_confirmed
                ):
                    code = "confirmed" if effect.is_confirmed else "answered"
                    self.close(is_confirmed=effect.is_confirmed, actor="bot", code=code)
            case AskSurvey() | RecordRating() | KeepWords():
                file.keep(ratings.apply(file.ledger, conversation, effect, flow=turn.flow))
                self._leave(effect, turn, conversation)
            case _:
                self._leave(effect, turn, conversation)

    def _leave(self, effect: Effect, turn: Turn, conversation: ConversationRow) -> None:
        """Keep what a flow leaves with the contact, whatever becomes of the conversation."""
        file = self._file
        if file.contact is not None:
            by = By(flow=turn.flow, version=turn.version, row=file.at)
            file.contact = keepsakes.keep(file.ledger, file.contact, conversation, by, effect)

    def _look_again(
        self, turn: Turn, turn_id: str, read: Signals | None, conversation: ConversationRow
    ) -> ConversationRow:
        """Note that a person should look at the turn, if one should."""
        file = self._file
        if read is None:
            return conversation
        seen = scrutiny.Seen(turn=turn, said=self.said, read=read)
        review = scrutiny.review_of(
            file.ledger, conversation, turn_id, seen, file.setting.supervision
        )
        if review is None:
            return conversation
        file.ledger.add(review)
        self._is_watched = self._is_watched or review.reason == supervision.SUPERVISED
        is_held = conversation.needs_review or scrutiny.holds(review.reason)
        return replace(conversation, needs_review=is_held)

    def _may_close(self, conversation: ConversationRow, *, is_confirmed: bool) -> bool:
        # A review that this very batch asks for is not in the database yet.
        return not self._is_watched and scrutiny.may_close(
            conversation, self._file.setting.supervision, is_confirmed=is_confirmed
        )

    # -- what nobody said ----------------------------------------------------------------

    def close(self, *, is_confirmed: bool, actor: str, code: str) -> None:
        """Resolve the conversation and start what follows a resolution (FQ5).

        `actor` is "bot" or "user:<id>".
        """
        file = self._file
        conversation, contact = file.conversation, file.contact
        if conversation is None or contact is None:
            return
        if conversation.resolved_at is not None:
            file.keep(replace(conversation, is_confirmed=conversation.is_confirmed or is_confirmed))
            return
        file.keep(
            conversations.resolve(
                file.ledger, conversation, is_confirmed=is_confirmed, actor=actor, code=code
            )
        )
        file.detach()
        # Nothing follows what only the bot spoke in: a farewell would follow the farewell.
        is_talk = conversation.opened_by == "contact"
        standing = file.standing(contact, file.conversation or conversation)
        if is_talk and not standing.is_opted_out:
            self.start_all(TriggerKind.EVENT, Happened(event=RESOLVED))

    def go_on(self, row: RunRow, given: Input) -> bool:
        """Let a waiting run take something that nobody said; return whether it did."""
        file = self._file
        contact = file.contact
        if contact is None:
            return False
        file.at = row
        conversation = file.conversation or file.open_for_words(contact)
        standing = file.standing(contact, conversation)
        now = file.ledger.now
        if file.setting.library.gives_up(row.flow):
            self._give_up(row, standing)
            return True
        if row.is_shadow:
            turn = unprompted.go_on_in_shadow(given, standing, file.setting, now=now)
            self._keep_shadow(turn, row)
            return turn is not None
        if isinstance(given, TimeUp):
            turn = unprompted.let_time_pass(
                standing, file.setting, now=now, alike=file.ledger.alike
            )
        else:
            turn = unprompted.go_on(given, standing, file.setting, now=now)
        if turn is not None:
            self._speak_first(turn, standing, contact)
        return turn is not None

    def _give_up(self, row: RunRow, standing: Standing) -> None:
        """End a run of a flow that was taken back; a person goes on where an answer is owed."""
        file = self._file
        state = standing.run
        if state is not None and state.is_owed:
            offered = unprompted.given_up(standing, file.setting, now=file.ledger.now)
            self.carry_out(offered, standing, None, ())
        if kept := file.runs.find(row.id):
            file.end(kept)

    def start_all(
        self, kind: TriggerKind, given: Happened, taken: Collection[Underway] = ()
    ) -> None:
        """Start every live flow that something which happened starts.

        Runs that have `taken` it, and may have ended by it, begin for the same subject no anew.
        """
        file = self._file
        contact = file.contact
        if contact is None:
            return
        conversation = file.conversation or file.open_for_words(contact)
        file.at = None
        standing = file.standing(contact, conversation)
        scene = scene_of(standing, file.setting, file.ledger.now)
        library = file.setting.library
        if kind is TriggerKind.EVENT:
            first_values.note(file.ledger, contact, given, library, scene)
        for flow, version in outreach.starting(library, kind, given, scene):
            self._start(flow, version, given, taken)
        in_shadow = Admission.SHADOWED
        for flow, version in outreach.starting(library, kind, given, scene, admitted=in_shadow):
            self._start(flow, version, given, taken, is_shadow=True)

    def start_over(self, row: RunRow) -> None:
        """End a run, and begin one of the version in force with the facts that it began with."""
        library = self._file.setting.library
        version = library.live.get(row.flow, 0)
        flow, state = library.at(row.flow, version), self._file.runs.state_of(row)
        contact = self._file.contact
        if flow is None or state is None or contact is None:
            return
        facts = {name: state.variables[name] for name in flow.facts if name in state.variables}
        self._file.end(row)
        self._file.open_for_words(contact)
        given = Happened(event=flow.trigger.event, facts=facts)
        self._start(flow, version, given, is_shadow=row.is_shadow)

    def _start(
        self,
        flow: Flow,
        version: int,
        given: Happened,
        taken: Collection[Underway] = (),
        *,
        is_shadow: bool = False,
    ) -> None:
        file = self._file
        contact, conversation = file.contact, file.conversation
        if contact is None or conversation is None:
            return
        try:
            facts = outreach.facts_of(flow, given.facts)
        except InvalidInput as error:
            file.note(flow.name, "event_refused", problems=", ".join(sorted(error.fields)))
            return
        subject = outreach.subject_of(flow, facts)
        key = runs.subject_key(file.ledger, file.workspace_id, subject)
        if subject and Underway(flow=flow.name, subject=key) in taken:
            return
        if not outreach.may_start(flow, key, file.runs.underway):
            file.note(flow.name, "run_not_started", reason="enough_runs")
            return
        file.at, file.subject = None, subject
        standing = file.standing(contact, conversation)
        begin = unprompted.begin_in_shadow if is_shadow else unprompted.begin
        turn = begin(flow, version, given, standing, file.setting, now=file.ledger.now)
        if is_shadow:
            self._keep_shadow(turn, None)
        else:
            self._speak_first(turn, standing, contact)

    def _keep_shadow(self, turn: Turn | None, row: RunRow | None) -> None:
        """Keep what a run in shadow would have done, and where it stands; say nothing."""
        file = self._file
        if turn is not None and file.conversation is not None:
            file.save_shadow(turn, row)
            shadowing.keep(file.ledger, file.conversation, turn.drafts)
        file.at = None

    def _speak_first(self, turn: Turn, standing: Standing, contact: ContactRow) -> None:
        """Carry out a turn that nobody asked for, in a conversation that is open for it."""
        if turn.reply or turn.handoff:
            self._file.open_for_words(contact)
        self.carry_out(turn, standing, None, ())


def _tags(kind: RequestType | None, plan: HandoffPlan) -> tuple[str, ...]:
    """Suggest tags: the request type's, what was chosen from a menu, and the trigger (E39)."""
    of_kind = kind.tags if kind else ()
    return tuple(dict.fromkeys((*of_kind, *plan.tags, plan.escalate.trigger)))
