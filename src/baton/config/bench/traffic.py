"""Messages as a front desk gets them, through ingress's own recording and a real worker."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from baton.config import wiring
from baton.config.bench.measured import Measured
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import MessageReceived
from baton.services.workspace import workspaces
from baton.services.workspace.workspaces import Place
from baton.store.crypto import Keyset, keyset_from

BATCH = 200  # as many as a worker takes at once by default
_CONTACTS_PER_MESSAGE = 0.5  # every contact writes twice on average
_TYPO_SHARE = 0.5
_START = datetime(2026, 3, 2, 10, tzinfo=UTC)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Traffic:
    """A workspace and people who write to it; the same random source, the same messages."""

    def __init__(self, source: random.Random, keyset: Keyset | None = None) -> None:
        self._random = source
        self._clock = VirtualClock(_START)
        self._house = wiring.build_house(keyset or keyset_from(b"bench"), self._clock)
        place = Place(
            name="Main",
            address="1 High Street",
            phone="555-0123",
            map_url="https://maps.example/1",
            timezone="UTC",
            week={},
        )
        self._workspace = workspaces.create(
            self._house, name="Bench", pack_name="fitness", place=place, is_supervised=False
        )
        for number in range(50):
            workspaces.create_user(
                self._house,
                self._workspace.id,
                email=f"{number}@{self._workspace.id}.example",
                name="Agent",
                role=Role.AGENT,
                password=None,
                skills=("billing", "retention", "clinical"),
            )
        self._worker = wiring.crew_of(self._house, owner="bench", batch=BATCH).worker
        self._sent = 0
        pack = wiring.pack_of("fitness")
        self._texts = [text for intent in pack.intents for text in intent.examples]
        wiring.reader_of("fitness")

    def run(self, messages: int, begin: Callable[[], None] = lambda: None) -> Measured:
        """Send messages in batches and have each decided; return what it took.

        `begin` is called before each transaction that writes.
        """
        batches = [
            [self._message() for _ in range(min(BATCH, messages - place))]
            for place in range(0, messages, BATCH)
        ]
        window = timedelta(seconds=3)
        took = []
        begun = time.perf_counter()
        for batch in batches:
            batch_begun = time.perf_counter()
            now = self._clock.now()
            begin()
            with self._house.engine.transaction():
                self._house.engine.inbox.append(
                    [self._arrival(address, text, now) for address, text in batch]
                )
            self._clock.advance(window)
            begin()
            while self._worker.run_once():
                pass
            took.append((time.perf_counter() - batch_begun) * 1000)
        return Measured(seconds=time.perf_counter() - begun, batches_ms=tuple(took))

    def _message(self) -> tuple[str, str]:
        contacts = int(10_000 * _CONTACTS_PER_MESSAGE)
        return f"v{self._random.randrange(contacts)}", self._misspelt(
            self._random.choice(self._texts)
        )

    def _misspelt(self, text: str) -> str:
        """Swap a letter in every other message, so that few texts are seen twice."""
        if self._random.random() > _TYPO_SHARE:
            return text
        place = self._random.randrange(len(text))
        return text[:place] + self._random.choice(_LETTERS) + text[place + 1 :]

    def _arrival(self, address: str, text: str, now: datetime) -> Arrival:
        self._sent += 1
        keyset = self._house.keyset
        return arrivals.arrival_of(
            MessageReceived(channel="webchat", inbox_id="bench", address=address, text=text),
            keyset,
            workspace_id=self._workspace.id,
            lane=arrivals.lane_of(keyset, self._workspace.id, "webchat", address),
            dedupe_key=f"chat:{address}:{self._sent}",
            received_at=now,
            delay=timedelta(seconds=2),
        )
