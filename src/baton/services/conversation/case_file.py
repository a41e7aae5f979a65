"""What is on file of one contact during a batch: they, their conversation and its runs.

Every change goes into the ledger, nothing is written here. Rules that need nothing but
the file stand here; what follows from a turn is in `sequel`.
"""

from msgspec.structs import replace

from baton.core.resolution import Thread
from baton.flows import signals
from baton.flows.effects import SetTimer
from baton.flows.run import RunState
from baton.flows.scene import Said
from baton.flows.signals import Signals
from baton.flows.standing import Setting, Standing
from baton.flows.turn import Turn
from baton.services import arrivals
from baton.services.conversation import conversations, held_facts, runs
from baton.services.conversation.runs import Runs
from baton.services.facts import Addressed, Fact, MessageReceived
from baton.services.knowledge import article_uses
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.store.queries import people, turns
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ContactRow, ConversationRow, ReportedEventRow, RunRow


class CaseFile:
    """A contact, their conversation and its runs, as they change from fact to fact.

    `setting` is the workspace as the next of the batch finds it, `at` the run that the fact
    at hand is for, `subject` what tells a run that starts now from others of its flow,
    `entrance` the channel and inbox at which the contact was heard of, and `address_lane`
    the address at which they are talked to.
    """

    def __init__(
        self,
        ledger: Ledger,
        setting: Setting,
        *,
        workspace_id: str,
        lane: str,
        snapshot: LaneSnapshot | None,
    ) -> None:
        self.ledger = ledger
        self.setting = setting
        self.workspace_id = workspace_id
        self.lane = lane
        self.contact = snapshot.contact if snapshot else None
        self.conversation = snapshot.conversation if snapshot else None
        self.runs = Runs(
            ledger,
            setting.library,
            snapshot.runs if snapshot else (),
            self.conversation.run_id if self.conversation else None,
        )
        self.at = self.runs.attached
        self.subject = ""
        self.entrances = setting.entrances
        self.entrance: tuple[str, str] | None = None
        self.address_lane = self.conversation.address_lane if self.conversation else lane
        self._beside: dict[str, ConversationRow] = {}  # at other addresses, in this batch
        self._written = self.conversation  # as the database, or the ledger, has it

    # -- the contact and the conversation ----------------------------------------------

    def known_contact(self, heard: Addressed, name: str, *, is_verified: bool) -> ContactRow:
        """Return the contact of an address, met now if nobody knew them; a name is learned.

        The address `is_verified` when the fact itself proves that it is theirs.
        """
        ledger, contact = self.ledger, self.contact
        self.turn_to(
            arrivals.lane_of(ledger.house.keyset, self.workspace_id, heard.channel, heard.address)
        )
        if contact is None:
            contact = contacts.meet(
                ledger,
                self.workspace_id,
                self.lane,
                heard,
                is_verified=is_verified,
                entrances=self.entrances,
            )
        named = contacts.named(ledger, contact, name)
        if named is not contact:
            self.keep_contact(named)
        self.contact = named
        return named

    def turn_to(self, address_lane: str) -> None:
        """Take up what is said at another of the contact's addresses, where they have several.

        Where nothing was, they go on there with what they spoke of elsewhere (X33).
        """
        self.address_lane = address_lane
        known = self.conversation
        if self.contact is None or not self.contact.is_joined or known is None:
            return
        self._beside[known.address_lane] = known
        found = self._beside.get(address_lane) or turns.newest_at(self.contact.id, address_lane)
        if found is None or found is known:
            return
        self.conversation = self._written = found
        self.runs.turn_to(found.run_id)
        self.at = self.runs.attached

    @property
    def is_first_heard_of_there(self) -> bool:
        """Whether the contact may not have written from the address at hand before."""
        known = self.conversation
        return known is None or known.opened_by == "bot" or known.address_lane != self.address_lane

    def turn_to_run(self, row: RunRow) -> None:
        """Take up what is said at the address at which a run was begun or last spoke."""
        if self.contact is not None and self.contact.is_joined:
            lane = people.address_lane_of(row.conversation_id)
            self.turn_to(lane or self.address_lane)

    def keep_contact(self, contact: ContactRow) -> None:
        """Take the contact as they are now, and write them."""
        self.contact = contact
        self.ledger.keep(contact)

    def thread(
        self, contact: ContactRow, message: MessageReceived, read: Signals
    ) -> ConversationRow:
        """Continue, reopen or open a conversation (K3, U15)."""
        ledger, known = self.ledger, self.conversation
        thread = conversations.thread_of(ledger, known, read, self.run_state(), self.setting.policy)
        if known is not None and thread is Thread.CONTINUE:
            return known
        self.detach()
        if known is not None and thread is Thread.REOPEN:
            article_uses.note_return(ledger, known)
            return conversations.reopen(ledger, known)
        conversation = conversations.begin(
            ledger,
            contact,
            channel=message.channel,
            inbox_id=message.inbox_id,
            policy=self.setting.policy,
            address_lane=self.address_lane,
        )
        self.keep_contact(replace(contact, conversation_id=conversation.id))
        return conversation

    def open_for_words(self, contact: ContactRow) -> ConversationRow:
        """Return the conversation in which the bot may write first: the open one, or a new one."""
        known = self.conversation
        if known is not None and known.resolved_at is None:
            return known
        channel, inbox_id, address_lane = self._entrance_of(contact)
        conversation = conversations.begin(
            self.ledger,
            contact,
            channel=channel,
            inbox_id=inbox_id,
            policy=self.setting.policy,
            address_lane=address_lane,
            opened_by="bot",
        )
        self.address_lane = address_lane
        self.keep_contact(replace(self.contact or contact, conversation_id=conversation.id))
        self.keep(conversation)
        return conversation

    def _entrance_of(self, contact: ContactRow) -> tuple[str, str, str]:
        if self.conversation is not None:
            known = self.conversation
            return known.channel, known.inbox_id, known.address_lane
        if self.entrance is not None:
            return *self.entrance, self.address_lane
        return people.entrance_of(contact.id)

    def standing(self, contact: ContactRow, conversation: ConversationRow) -> Standing:
        """Return the conversation as a turn for the run at hand finds it."""
        return conversations.standing_of(
            conversation,
            contact,
            self.run_state(),
            contacts.facts_of(self.ledger, contact, conversation.channel, self.setting.policy),
        )

    def keep(self, conversation: ConversationRow) -> None:
        """Take the conversation as it is now, and write it."""
        self.conversation = self._written = conversation
        self.ledger.keep(conversation)

    def keep_changed(self, conversation: ConversationRow) -> None:
        """Keep a conversation, unless it is as the database has it already."""
        if conversation is not self._written:
            self.keep(conversation)

    # -- the runs ----------------------------------------------------------------------

    def addressed(self, said: Said) -> RunRow | None:
        """Return the run that a turn is for: the newest whose question it answers (C18)."""
        attached, asked = self.runs.attached, self.runs.asked()
        if not asked:
            return attached
        last = self.runs.state_of(attached)
        chosen = signals.addressed(said, [state for _row, state in asked], last)
        return next((row for row, state in asked if state is chosen), attached)

    def run_state(self) -> RunState | None:
        """Return the state of the run at hand; None without one."""
        return self.runs.state_of(self.at)

    def save_run(self, turn: Turn) -> None:
        """Keep what a turn made of the run at hand: its new state, or its end."""
        state, conversation = turn.run, self.conversation
        if conversation is None:
            return
        if state is None:
            # A flow that began beside a waiting run and is over at once leaves that one alone.
            if self.at is not None and not turn.is_beside and not self._goes_on(turn, self.at):
                self.end(self.at)
            return
        known = None if turn.is_beside else self.at
        row = self.runs.keep(known, conversation, state, subject=self.subject)
        self.at, self.subject = row, ""
        if runs.takes_words(row) or not row.is_proactive:
            self.runs.attach(row)
            self.keep(replace(conversation, run_id=row.id))
        elif conversation.run_id == row.id:
            self.runs.attach(None)
            self.keep(replace(conversation, run_id=None))
        wake = next((e.after for e in turn.effects if isinstance(e, SetTimer)), None)
        runs.set_wake(self.ledger, row, self.lane, wake)

    def save_shadow(self, turn: Turn, known: RunRow | None) -> None:
        """Keep where a run in shadow stands, or end it; it takes no words, and speaks none."""
        if self.conversation is None or turn.run is None:
            if known is not None:
                self.runs.end(known)
            return
        row = self.runs.keep(
            known, self.conversation, turn.run, subject=self.subject, is_shadow=True
        )
        self.subject = ""
        wake = next((e.after for e in turn.effects if isinstance(e, SetTimer)), None)
        runs.set_wake(self.ledger, row, self.lane, wake)

    def _goes_on(self, turn: Turn, row: RunRow) -> bool:
        """Return whether a run survives that a person is called, for another reason than its own.

        Tomorrow's booking is still tomorrow, and what an action that it called comes to is
        still to be told; whoever complains is advertised nothing more.
        """
        return not turn.flow and runs.outlasts_talk(row) and self.runs.is_of_need(row)

    def holds(self, row: RunRow, fact: Fact) -> bool:
        """Return whether a run stays where it is, since its flow is paused; keep what came."""
        return held_facts.hold(self.ledger, self.setting, self.lane, row, fact)

    def end_promotions(self) -> None:
        """End what would go on advertising to somebody who has just raised an alarm (T10)."""
        for row in self.runs.waiting:
            if row.is_proactive and not self.runs.is_of_need(row):
                self.end(row)

    def end(self, row: RunRow) -> None:
        """End a run, and let go of it."""
        self.runs.end(row)
        self.at = None
        if self.conversation and self.conversation.run_id == row.id:
            self.keep(replace(self.conversation, run_id=None))

    def detach(self) -> None:
        """Let go of the run that spoke last: the matter that it spoke of is over."""
        attached = self.runs.attached
        self.runs.attach(None)
        if attached is not None and attached is self.at and not attached.is_proactive:
            self.at = None
        if self.conversation and self.conversation.run_id:
            self.keep(replace(self.conversation, run_id=None))

    def note_event(self, name: str) -> None:
        """Remember that an event of this name comes in here, for the check of flows."""
        if name in self.setting.reported:
            return
        row = ReportedEventRow(
            id=self.ledger.next_id(),
            workspace_id=self.workspace_id,
            name=name,
            first_at=self.ledger.now,
        )
        self.ledger.add(row)

    def note(self, flow: str, action: str, **details: str) -> None:
        """Write into the audit trail what came of something for this contact."""
        contact_id = self.contact.id if self.contact else ""
        self.ledger.audit(
            self.workspace_id, "bot", action, f"contact:{contact_id}", flow=flow, **details
        )
