"""Those who buy of the demo's business: reached by SMS, visiting, and saying what they think."""

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from baton.services.facts import ContactIdentified, EventReported, MessageReceived
from baton.services.house import House
from baton.services.people import meeting
from baton.store.models import SurveyResponse

CHANNEL = "sms"
_ANSWERS = 0.8
_AGAIN = 0.3  # of the sales, to somebody who has bought before
_RATINGS = {"visit": (2, 3, 4, 4, 5, 5, 5), "nps": (3, 6, 7, 8, 9, 9, 10, 10)}
_UNHAPPY = {"visit": 2, "nps": 6}

Heard: TypeAlias = MessageReceived | ContactIdentified | EventReported
"""What comes in from an address."""

Record: TypeAlias = Callable[[str, Heard], None]
"""Lets a fact of an address come in, and be decided."""


class Buyers:
    """Contacts whom the business may write to; they tell it what they thought of it."""

    def __init__(  # noqa: PLR0913 - where they are met, and what they are called and say
        self,
        house: House,
        workspace_id: str,
        inbox_id: str,
        *,
        names: Sequence[str],
        said: Sequence[str],
        record: Record,
        source: random.Random,
    ) -> None:
        self._house = house
        self._workspace_id = workspace_id
        self._inbox_id = inbox_id
        self._names = names
        self._said = said
        self._record = record
        self._random = source
        self._address_of: dict[str, str] = {}
        self._considered: set[str] = set()

    def any_buyer(self) -> str:
        """Return somebody who buys: at times one who has bought before."""
        known = list(self._address_of)
        if known and self._random.random() < _AGAIN:
            return self._random.choice(known)
        number = len(known)
        address, name = f"+1500555{number + 100:04d}", self._names[number % len(self._names)]
        contact_id = meeting.meet(
            self._house,
            self._workspace_id,
            channel=CHANNEL,
            inbox_id=self._inbox_id,
            address=address,
            name=name,
            actor="system",
        )
        self._address_of[contact_id] = address
        for purpose in ("transactional", "service"):
            self._happens(address, "consent_given", purpose=purpose, source="checkout")
        return contact_id

    def visit(self, contact_id: str, *, number: int) -> None:
        """Let somebody have been there, for the time of that number."""
        self._happens(
            self._address_of[contact_id], "visit_ended", visit_number=number,
            review_url="https://reviews.example/write",
        )  # fmt: skip

    def answer(self) -> None:
        """Let those who were asked something answer, most of them, and each once."""
        asked = SurveyResponse.objects.filter(
            contact_id__in=self._address_of, kind__in=_RATINGS, answered_at=None
        ).exclude(id__in=self._considered)
        for survey in asked.order_by("id"):
            self._considered.add(survey.id)
            if self._random.random() < _ANSWERS:
                rating = self._random.choice(_RATINGS[survey.kind])
                self._says(self._address_of[survey.contact_id], str(rating))
                if rating <= _UNHAPPY[survey.kind]:
                    words = self._random.choice(self._said)
                    self._says(self._address_of[survey.contact_id], words)

    def _happens(self, address: str, event: str, **facts: str | int) -> None:
        fact = EventReported(
            event=event, facts=dict(facts), channel=CHANNEL, inbox_id=self._inbox_id,
            address=address,
        )  # fmt: skip
        self._record(address, fact)

    def _says(self, address: str, words: str) -> None:
        fact = MessageReceived(
            channel=CHANNEL, inbox_id=self._inbox_id, address=address, text=words
        )
        self._record(address, fact)
