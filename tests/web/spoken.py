"""A reader that takes each message at its word: "opening_hours 0.7" is that, that surely."""

import re
from dataclasses import replace

from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.core.reading import IntentScore, Reading, Term
from baton.services import house as houses
from baton.services.house import House
from baton.store.crypto import keyset_from

_SPOKEN = re.compile(r"(\w+) ([01](?:\.\d+)?)")


class SpokenReader:
    """Reads the intent and the confidence that a message names; "refund" is a demand for one."""

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        return tuple(map(_read, texts))


def _read(text: str) -> Reading:
    found = _SPOKEN.search(text)
    place = text.find("refund")
    return Reading(
        text=text,
        intents=(IntentScore(name=found[1], confidence=float(found[2])),) if found else (),
        terms=(Term(concept="refund", text="refund", start=place, end=place + 6),)
        if place >= 0
        else (),
    )


def a_house(clock: VirtualClock, *, seed: int | None = None) -> House:
    """Build a house whose readers take messages at their word, and install it."""
    built = wiring.build_house(keyset_from(b"tests"), clock, seed=seed)
    reader = SpokenReader()
    house = replace(built, reader_of=lambda _pack: reader)
    houses.install(house)
    return house
