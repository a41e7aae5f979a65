"""One contact's facts of one batch, applied in order: decide, then write what follows.

A `Case` takes facts; the contact's file (`case_file`) changes from fact to fact, and
`sequel` carries out what was decided. Nothing is written before the ledger is flushed.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from baton.core.confidence import Bands
from baton.core.delivery import Delivery
from baton.core.errors import InvalidInput
from baton.core.language import Teller
from baton.flows import signals, unprompted
from baton.flows.effects import SendText
from baton.flows.outreach import Underway
from baton.flows.scene import ActionEnded, Happened, Said, TimeUp
from baton.flows.standing import Setting
from baton.flows.trigger import LINK_OPENED, TriggerKind
from baton.flows.turn import Decision, Turn
from baton.services.bookings import members
from baton.services.conversation import (
    chronicle,
    clocks,
    confirming,
    conversations,
    digests,
    getting_known,
    orphans,
    runs,
    trying,
)
from baton.services.conversation.case_file import CaseFile
from baton.services.conversation.conversations import Heard
from baton.services.conversation.sequel import Sequel
from baton.services.delivery import deliveries, fallbacks
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.facts import (
    ActionReturned,
    AddressLeft,
    ChurnScored,
    ContactIdentified,
    DeliveryReported,
    DigestDue,
    EventRecalled,
    EventReported,
    LinkOpened,
    MembershipDue,
    OrphanFound,
    ProofDue,
    RestartAsked,
    RunsDue,
    SilencePassed,
    SnoozeOver,
    WayClosed,
)
from baton.services.ledger import Ledger
from baton.services.people import churn_marks, consents, languages, sensitive_marks
from baton.services.people.permits import Wish
from baton.store.queries import clocks as kept
from baton.store.queries import links as clicks
from baton.store.queries import people
from baton.store.queries import turns as turn_queries
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ConversationRow

CaseFact: TypeAlias = (
    ContactIdentified
    | EventReported
    | EventRecalled
    | ActionReturned
    | RestartAsked
    | RunsDue
    | ChurnScored
    | MembershipDue
    | DigestDue
    | DeliveryReported
    | WayClosed
    | ProofDue
    | LinkOpened
    | OrphanFound
    | AddressLeft
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
        self._file = CaseFile(
            ledger, setting, workspace_id=workspace_id, lane=lane, snapshot=snapshot
        )
        self._sequel = Sequel(self._file)

    def hear(self, heard: Sequence[Heard], said: Said) -> Turn:
        """Take the contact's messages as one turn, and answer."""
        file = self._file
        first = heard[0].message
        last_type = file.conversation.request_type if file.conversation else ""
        said = signals.in_context(said, last_type, file.setting.pack)
        self._sequel.said = said
        contact = file.known_contact(first, first.name, is_verified=first.channel != OWN_CHANNEL)
        file.at = file.addressed(said)
        read = signals.read(said, file.run_state(), last_type, file.setting.pack, self.bands)
        if file.conversation is None:
            consents.note_first_words(file.ledger, contact, first.channel)
        elif first.channel != OWN_CHANNEL and file.is_first_heard_of_there:
            people.note_verified(file.workspace_id, file.address_lane, file.ledger.now)
        deliveries.note_sign_of_life(file.ledger, contact, first.channel)
        conversation = file.thread(contact, first, read)
        was_answered = conversation.waiting_since is None
        conversation = conversations.store_words(
            file.ledger, conversation, heard, file.address_lane, file.setting.policy
        )
        clocks.hear(file.ledger, file.setting, conversation, is_first=was_answered)
        standing = file.standing(contact, conversation)
        turn = confirming.hear(file, contact, standing, said.text) or trying.decide(
            file, contact, said, read, standing
        )
        if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
            # A first word may be STOP: `thread` has just noted the conversation with the contact.
            contact = consents.change(
                file.ledger,
                file.contact or contact,
                first.channel,
                is_granted=turn.decision is Decision.OPTED_IN,
            )
            file.keep_contact(contact)
        file.conversation = conversations.marked(conversation, turn, read, file.setting.policy)
        if read.stops:
            file.end_promotions()
        self._sequel.carry_out(turn, standing, read, tuple(h.message.text for h in heard))
        return turn

    def note_automatic(self, heard: Heard) -> None:
        """Keep what a machine sent where the contact's matter is; nothing follows from it."""
        file, message = self._file, heard.message
        contact = file.known_contact(message, message.name, is_verified=False)
        conversation = file.conversation
        if conversation is None:
            conversation = conversations.begin(
                file.ledger,
                contact,
                channel=message.channel,
                inbox_id=message.inbox_id,
                policy=file.setting.policy,
                address_lane=file.address_lane,
            )
            file.keep_contact(replace(contact, conversation_id=conversation.id))
        file.keep(
            conversations.store_automatic(file.ledger, conversation, heard, file.address_lane)
        )
        file.ledger.ring(f"workspace:{file.workspace_id}", f"lane:{file.lane}")

    def take(self, fact: CaseFact) -> None:
        """Let a fact that is no message have its effect."""
        match fact:
            case ContactIdentified() | AddressLeft():
                self._take_who(fact)
            case EventReported():
                self.report(fact)
            case EventRecalled() | ActionReturned() | RestartAsked():
                self._take_for_run(fact)
            case RunsDue() | DigestDue() | OrphanFound() | ChurnScored() | MembershipDue():
                self._take_due(fact)
            case LinkOpened():
                self.note_click(fact)
            case DeliveryReported() | WayClosed() | ProofDue():
                self.note_delivery(fact)

    def _take_due(
        self, fact: RunsDue | DigestDue | OrphanFound | ChurnScored | MembershipDue
    ) -> None:
        match fact:
            case RunsDue():
                self.start_due(fact)
            case DigestDue():
                self.send_digest(fact)
            case OrphanFound():
                self.take_orphan(fact)
            case ChurnScored():
                getting_known.take_score(self._file, self._sequel, fact)
            case MembershipDue():
                self.take_membership(fact)

    def _take_who(self, fact: ContactIdentified | AddressLeft) -> None:
        match fact:
            case ContactIdentified():
                getting_known.identify(self._file, self._sequel, fact)
            case AddressLeft():
                getting_known.note_left(self._file, fact)

    def _take_for_run(self, fact: EventRecalled | ActionReturned | RestartAsked) -> None:
        match fact:
            case EventRecalled():
                self.recall(fact)
            case ActionReturned():
                self.take_back(fact)
            case RestartAsked():
                self.restart(fact)

    def wake(self, fact: SilencePassed) -> None:
        """Let a silence have its effect, unless the run has moved on since."""
        file = self._file
        row = file.runs.find(fact.run_id)
        if row is None or fact.stamp != runs.stamp(row) or file.holds(row, fact):
            return
        file.turn_to_run(row)
        if row.is_proactive or row.is_shadow:
            self._sequel.go_on(row, TimeUp())
        elif file.conversation and file.contact:
            file.at = row
            standing = file.standing(file.contact, file.conversation)
            turn = unprompted.wake(standing, file.setting, now=file.ledger.now)
            self._sequel.carry_out(turn, standing, None, ())

    def report(self, fact: EventReported) -> None:
        """Let what happened move the runs that wait for it, and start those that it starts."""
        file = self._file
        file.known_contact(fact, fact.name, is_verified=False)
        file.entrance = (fact.channel, fact.inbox_id)
        if fact.language and file.contact:
            file.keep_contact(
                languages.take(file.ledger, file.contact, fact.language, Teller.SYSTEM)
            )
        if fact.event in (consents.GIVEN, consents.WITHDRAWN):
            self._take_consent(fact)
        file.note_event(fact.event)
        if file.contact:
            churn_marks.note_sign(file.ledger, file.contact, fact.event)
            file.keep_contact(sensitive_marks.take(file.ledger, file.contact, fact.event))
            chronicle.note(file.ledger, file.contact, fact, file.address_lane)
        given = Happened(event=fact.event, facts=fact.facts)
        taken = self._tell_runs(given)
        self._sequel.start_all(TriggerKind.EVENT, given, taken)

    def _tell_runs(self, given: Happened) -> list[Underway]:
        """Let waiting runs take what happened; return those that did."""
        file, taken = self._file, []
        for row in file.runs.waiting_for(given.event):
            told = EventRecalled(run_id=row.id, event=given.event, facts=dict(given.facts))
            if not file.holds(row, told) and self._sequel.go_on(row, given):
                taken.append(Underway(flow=row.flow, subject=row.subject))
        return taken

    def recall(self, fact: EventRecalled) -> None:
        """Let what happened while a run's flow was paused move that run now."""
        row = self._file.runs.find(fact.run_id)
        if row is not None and not self._file.holds(row, fact):
            self._file.turn_to_run(row)
            self._sequel.go_on(row, Happened(event=fact.event, facts=fact.facts))

    def restart(self, fact: RestartAsked) -> None:
        """Let a waiting run begin anew with the facts that it began with."""
        row = self._file.runs.find(fact.run_id)
        if row is not None and row.flow not in self._file.setting.library.paused:
            self._file.turn_to_run(row)
            self._sequel.start_over(row)

    def _take_consent(self, fact: EventReported) -> None:
        file = self._file
        contact = file.contact
        if contact is None:
            return
        try:
            confirming.take(file, self._sequel, contact, fact)
        except InvalidInput as error:
            file.note("", "event_refused", problems=", ".join(sorted(error.fields)))

    def start_due(self, fact: RunsDue) -> None:
        """Start a flow whose schedule came round, or whose segment the contact became one of."""
        self._sequel.start_all(TriggerKind(fact.kind), Happened(event=fact.flow))

    def take_back(self, fact: ActionReturned) -> None:
        """Hand a run what came of the action that it waits for."""
        file = self._file
        row = file.runs.find(fact.run_id)
        if row is None:
            file.note("", "action_ended_unheard", run=fact.run_id, problem=fact.problem)
            return
        if file.holds(row, fact):
            return
        file.turn_to_run(row)
        ended = ActionEnded(number=fact.number, result=fact.result, problem=fact.problem)
        state = file.runs.state_of(row)
        self._sequel.is_owed = state is not None and state.is_owed
        self._sequel.go_on(row, ended)
        self._sequel.is_owed = False

    def send_digest(self, fact: DigestDue) -> None:
        """Say all the lines that were kept for a digest in one message (C20)."""
        file = self._file
        contact = file.contact
        if contact is None:
            return
        for purpose, text in digests.take(file.ledger, contact.id, fact.digest):
            conversation = file.open_for_words(contact)
            self._sequel.write(
                conversation, SendText(text=text), Wish(purpose=purpose, is_unprompted=True)
            )
            file.keep(conversation)
            file.ledger.ring(f"workspace:{file.workspace_id}", f"lane:{file.address_lane}")

    def take_membership(self, fact: MembershipDue) -> None:
        """Let a day have its effect on a membership."""
        file = self._file
        if file.contact is not None:
            file.keep_contact(members.day_came(file.ledger, file.contact, fact))

    def take_orphan(self, fact: OrphanFound) -> None:
        """Note a conversation that was forgotten, also one that is not the contact's newest."""
        file = self._file
        known = file.conversation
        if known is not None and known.id == fact.conversation_id:
            file.keep_changed(orphans.take(file.ledger, file.setting, known, fact))
        elif (found := turn_queries.find_conversation(fact.conversation_id)) and found.conversation:
            file.ledger.keep(orphans.take(file.ledger, file.setting, found.conversation, fact))

    def end_snooze(self, fact: SnoozeOver) -> None:
        """Bring a snoozed conversation back, unless it was opened or snoozed anew since."""
        file = self._file
        known, subject = file.conversation, f"conversation:{fact.conversation_id}"
        if known is not None and known.id == fact.conversation_id:
            if known.status != "snoozed" or known.snoozed_until != fact.until:
                return
            file.keep(replace(known, status="open", snoozed_until=None))
        elif not kept.wake_snoozed(fact.conversation_id, fact.until):
            return  # an older conversation of the contact, and changed since
        clocks.resume(file.ledger, file.setting, fact.conversation_id, file.lane)
        file.ledger.audit(file.workspace_id, "system", "snooze_over", subject)
        file.ledger.ring(f"workspace:{file.workspace_id}")

    def note_click(self, fact: LinkOpened) -> None:
        """Count that a link was opened: its message was read, and runs that wait for it go on."""
        file = self._file
        clicks.count(fact.link_id, file.workspace_id, file.ledger.now)
        self.note_delivery(
            DeliveryReported(
                message_id=fact.message_id,
                receipt="",
                state=Delivery.READ.value,
                channel=fact.channel,
            )
        )
        self._tell_runs(Happened(event=LINK_OPENED, facts={"flow": fact.flow}))

    def note_delivery(self, fact: DeliveryReported | WayClosed | ProofDue) -> None:
        """Let a receipt have its effect; who unsubscribed at the provider has opted out here.

        What certainly did not arrive goes on by its next way, and so does what is not known
        to have arrived in its time.
        """
        file, reported = self._file, fact.message_id
        if isinstance(fact, DeliveryReported):
            reported = deliveries.report(file.ledger, file.workspace_id, fact)
            if reported and file.contact and fact.fault:
                file.keep_contact(deliveries.learn(file.ledger, file.contact, fact))
        if reported and file.contact:
            is_overdue = isinstance(fact, ProofDue)
            fallbacks.pass_on(
                file.ledger, file.setting, file.contact, reported, is_overdue=is_overdue
            )

    def close(self, *, is_confirmed: bool, actor: str, code: str) -> None:
        """Resolve the conversation and start what follows a resolution (FQ5).

        `actor` is "bot" or "user:<id>".
        """
        self._sequel.close(is_confirmed=is_confirmed, actor=actor, code=code)

    @property
    def setting(self) -> Setting:
        """The workspace as the next case of the batch finds it."""
        return self._file.setting

    @property
    def bands(self) -> Bands:
        """The thresholds of confidence that hold where the conversation stands."""
        at = self._file.at
        return self._file.setting.bands_in(at.flow if at else "")

    @property
    def conversation(self) -> ConversationRow | None:
        """The conversation as it stands now."""
        return self._file.conversation
