"""A workspace with messages that wait to leave by SMS, as many as a measurement wants."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from msgspec.structs import replace

from baton.channels.sms.settings import TwilioSettings
from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.core.consent import Purpose
from baton.core.policy import Policy
from baton.flows.effects import Choice, SendText
from baton.runtime.sender import Sender
from baton.services import arrivals
from baton.services.conversation import conversations
from baton.services.delivery import outgoing
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts
from baton.services.people.consents import Said
from baton.services.people.permits import Wish
from baton.services.workspace import connections, inboxes, workspaces
from baton.services.workspace.inboxes import Wanted
from baton.services.workspace.workspaces import Place
from baton.store.crypto import keyset_from
from baton.store.models import Message
from baton.store.rows import ContactRow

_PLACE = Place(
    name="Mill Lane", address="1 Mill Lane", phone="", map_url="", timezone="UTC", week={}
)
_REMINDER = Wish(purpose=Purpose.TRANSACTIONAL, is_unprompted=True)
_CHOICES = (Choice(key="1", label="Yes"), Choice(key="2", label="No"))


class Queued:
    """Contacts, each with one message on its way out."""

    def __init__(self, start: datetime, settings: TwilioSettings, text: str) -> None:
        self._house = wiring.build_house(keyset_from(b"bench"), VirtualClock(start), seed=7)
        workspace = workspaces.create(
            self._house, name="Bench", pack_name="fitness", place=_PLACE, is_supervised=False
        )
        self._workspace_id = workspace.id
        wanted = Wanted(name="SMS", settings=settings)
        inbox = inboxes.connect(self._house, workspace.id, wanted, actor="system")
        self._inbox_id = inbox.id
        self._words = SendText(text=text, choices=_CHOICES)
        self.crew = wiring.crew_of(self._house, owner="bench")
        self._count = 0

    def fill(self, count: int, *, batch: int = 100) -> None:
        """Let so many messages wait, each to another number."""
        for first in range(0, count, batch):
            with self._house.engine.transaction():
                ledger = Ledger(self._house, self._house.clock.now())
                for _each in range(min(batch, count - first)):
                    self._write(ledger)
                ledger.flush()

    def send(self) -> int:
        """Send all that waits; return how many messages their provider took.

        With as many senders as a server on SQLite has, or a worker on PostgreSQL.
        """
        before = Message.objects.filter(delivery="sent").count()
        if self._house.engine.has_one_writer:
            self._empty(self.crew.sender)
        else:
            with ThreadPoolExecutor(1) as second:
                beside = second.submit(self._empty_beside)
                self._empty(self.crew.sender)
                beside.result()
        return Message.objects.filter(delivery="sent").count() - before

    def _empty_beside(self) -> None:
        try:
            self._empty(self.crew.second_sender)
        finally:
            self._house.engine.close()

    def _empty(self, sender: Sender) -> None:
        while sender.run_once():
            pass

    def _write(self, ledger: Ledger) -> None:
        self._count += 1
        address = f"+447{self._count:09d}"
        lane = arrivals.lane_of(self._house.keyset, self._workspace_id, connections.SMS, address)
        contact = ContactRow(
            id=ledger.next_id(), workspace_id=self._workspace_id, lane=lane, created_at=ledger.now
        )
        conversation = conversations.begin(
            ledger,
            contact,
            channel=connections.SMS,
            inbox_id=self._inbox_id,
            policy=Policy(),
            opened_by="bot",
        )
        contacts.welcome(
            ledger,
            replace(contact, conversation_id=conversation.id),
            channel=connections.SMS,
            inbox_id=self._inbox_id,
            address=address,
        )
        ledger.keep(conversation)
        agreed = Said(
            channel=connections.SMS,
            purpose=Purpose.TRANSACTIONAL.value,
            is_granted=True,
            source="sign-up form",
            at=ledger.now,
        )
        consents.record(ledger, contact, [agreed])
        outgoing.write(ledger, conversation, author="bot", words=self._words, wish=_REMINDER)
