"""What every test of outside readers starts from."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from baton.core.reading import Entity, IntentScore, Reading, Term
from baton.nlu.outside import HttpSettings
from tests.nlu.outside.server import Server, running

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
TOKEN = "a-token-of-many-letters"
MAPPING = {"Hours": "opening_hours", "Price": "prices", "Pause it": "membership_pause"}


class Local:
    """A local reader whose every reading can be told from an outside one."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        self.read += texts
        return tuple(self._reading(text) for text in texts)

    def _reading(self, text: str) -> Reading:
        name = "refund_request" if "refund" in text else "greeting"
        place = text.find("48213")
        entity = Entity(kind="order", text="48213", start=place, end=place + 5, value="48213")
        return Reading(
            text=text,
            intents=(IntentScore(name=name, confidence=0.7),),
            terms=(Term(concept="refund", text="x", start=0, end=1),),
            sentiment=-0.5,
            entities=(entity,) if place >= 0 else (),
        )


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def new_id() -> Callable[[], str]:
    counter = itertools.count(1)
    return lambda: f"id-{next(counter)}"


def http_settings(url: str, /, **changes: object) -> HttpSettings:
    given: dict[str, object] = {
        "url": f"{url}/read",
        "auth": "bearer",
        "secret": TOKEN,
        "language": "en-GB",
        "mapping": MAPPING,
        "ask_seconds": 2.0,
    }
    return HttpSettings(**{**given, **changes})  # type: ignore[arg-type] # what a test changes
