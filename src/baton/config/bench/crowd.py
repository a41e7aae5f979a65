"""A workspace with many open conversations and a team at its consoles."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from baton.config import wiring
from baton.config.clock import SystemClock
from baton.core.clocks import Kind
from baton.core.roles import Role
from baton.services.desk import agents
from baton.services.ledger import Ledger
from baton.services.workspace import workspaces
from baton.services.workspace.workspaces import Place
from baton.store.crypto import keyset_from
from baton.store.models import Conversation, Inbox, User
from baton.store.rows import ContactRow, ConversationRow, SlaClockRow

_PLACE = Place(
    name="Mill Lane", address="1 Mill Lane", phone="", map_url="", timezone="UTC", week={}
)
_CHUNK = 2_000  # rows of so many conversations are written in one transaction
_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
# Of ten open conversations: who has them. Most wait, as on a bad day.
_OWNERS = ("queue",) * 6 + ("async",) * 2 + ("agent", "bot")
_WINDOW = timedelta(minutes=30)


class Crowd:
    """Contacts, each with one open conversation; and agents, each signed in."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.house = wiring.build_house(keyset_from(b"bench"), SystemClock(), seed=5)
        workspace = workspaces.create(
            self.house, name="Bench", pack_name="fitness", place=_PLACE, is_supervised=False
        )
        self.workspace_id = workspace.id
        self._inbox_id = Inbox.objects.get(workspace_id=workspace.id).id
        pack = self.house.pack_of("fitness")
        self._types = [kind.name for kind in pack.request_types]
        self._queues = [queue.name for queue in pack.queues]
        self.agents: list[User] = []

    def hire(self, count: int) -> None:
        """Hire so many agents who serve every queue."""
        self.agents += [
            workspaces.create_user(
                self.house,
                self.workspace_id,
                email=f"agent{number}@bench.example",
                name=f"Agent {number}",
                role=Role.AGENT,
                password=None,
                skills=tuple(self._queues),
            )
            for number in range(count)
        ]

    def fill(self, count: int) -> None:
        """Open so many conversations, most of which wait for a person, with their clocks."""
        for first in range(0, count, _CHUNK):
            with self.house.engine.transaction():
                ledger = Ledger(self.house, self.house.clock.now())
                for number in range(first, min(first + _CHUNK, count)):
                    self._open(ledger, number)
                ledger.flush()

    def sessions(self) -> Iterator[str]:
        """Return the key of a fresh session of each agent."""
        for agent in self.agents:
            session = SessionStore()
            session[SESSION_KEY] = agent.id
            session[BACKEND_SESSION_KEY] = _BACKEND
            session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
            session.create()
            yield session.session_key or ""

    def take_one(self) -> None:
        """Let an agent take the next conversation that waits."""
        waiting = Conversation.objects.filter(handled_by="queue", status="open").order_by("id")
        agents.accept(self.house, self.agents[0], waiting.values_list("id", flat=True)[0])

    def _open(self, ledger: Ledger, number: int) -> None:
        contact_id, conversation_id = ledger.next_id(), ledger.next_id()
        owner = _OWNERS[number % len(_OWNERS)]
        age = timedelta(seconds=self._chance.randrange(86_400))
        ledger.keep(
            ContactRow(
                id=contact_id,
                workspace_id=self.workspace_id,
                lane=contact_id,
                name_sealed=ledger.house.keyset.seal(
                    f"Person {number}", f"contact.name:{contact_id}"
                ),
                conversation_id=conversation_id,
                created_at=ledger.now - age,
            )
        )
        queue = self._chance.choice(self._queues)
        ledger.keep(
            ConversationRow(
                id=conversation_id,
                workspace_id=self.workspace_id,
                contact_id=contact_id,
                inbox_id=self._inbox_id,
                lane=contact_id,
                address_lane=contact_id,
                channel="webchat",
                handled_by=owner,
                assignee_id=self._chance.choice(self.agents).id if owner == "agent" else None,
                queue="" if owner == "bot" else queue,
                request_type=self._chance.choice(self._types),
                urgency=self._chance.randrange(90),
                urgency_cause="waiting",
                first_message_at=ledger.now - age,
                last_message_at=ledger.now - age,
            )
        )
        if owner in ("queue", "async"):
            ledger.add(self._clock(ledger, conversation_id, queue))

    def _clock(self, ledger: Ledger, conversation_id: str, queue: str) -> SlaClockRow:
        begun = ledger.now - _WINDOW * self._chance.random()
        return SlaClockRow(
            id=ledger.next_id(),
            workspace_id=self.workspace_id,
            conversation_id=conversation_id,
            kind=Kind.FIRST_RESPONSE.value,
            queue=queue,
            window_seconds=int(_WINDOW.total_seconds()),
            started_at=begun,
            due_at=begun + _WINDOW,
        )
