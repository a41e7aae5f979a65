"""What people teach a workspace's reader, and when it may not close by itself (FQ10, FL5).

A lesson is a set of examples and of the workspace's own intents. Laid over a pack it
gives the pack that a reader is trained on: the same lesson, the same reader.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from baton.core import text as texts
from baton.core.pack import Intent, Pack

MIN_EXAMPLES = 5
"""An own intent with fewer examples waits: a reader would learn one person's words."""

MAX_EXAMPLE_CHARACTERS = 400
NONE_OF_THESE = ""
"""The intent of an example that means nothing that the workspace knows."""

SUGGESTED_SUPERVISION = (timedelta(weeks=4), timedelta(weeks=6))
"""How long a new set of intents should be watched, at least and at most (FQ10)."""


class Provenance(StrEnum):
    """Where an example comes from."""

    REVIEW = "review"
    BY_HAND = "by_hand"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtText:
    """A text and the intent that a person gave it; `id` names its row."""

    id: str
    text: str
    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """An intent that the pack does not have; `wants` as in `core.pack.Intent`."""

    name: str
    request_type: str
    wants: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """All that one reader is taught beyond its pack."""

    texts: tuple[TaughtText, ...] = ()
    own_intents: tuple[NewIntent, ...] = ()

    def without(self, left_out: Iterable[str]) -> "Lesson":
        """Return the lesson without some texts, by their ids."""
        gone = frozenset(left_out)
        return replace(self, texts=tuple(one for one in self.texts if one.id not in gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """What is watched: everything, or some intents; nothing of it closes without a person."""

    is_whole: bool = False
    intents: frozenset[str] = frozenset()

    def covers(self, intent: str) -> bool:
        """Return whether what was read as an intent ("" for nothing) is watched."""
        return self.is_whole or intent in self.intents


def teachable(lesson: Lesson, pack: Pack) -> Lesson:
    """Return what of a lesson a reader can learn now.

    An own intent waits with its examples until it has `MIN_EXAMPLES` of them, and an
    example of an intent that no longer exists is left out.
    """
    counts: dict[str, int] = {}
    for one in lesson.texts:
        counts[one.intent] = counts.get(one.intent, 0) + 1
    ready = tuple(own for own in lesson.own_intents if counts.get(own.name, 0) >= MIN_EXAMPLES)
    known = {NONE_OF_THESE, *(own.name for own in ready), *(one.name for one in pack.intents)}
    return Lesson(
        texts=tuple(one for one in lesson.texts if one.intent in known), own_intents=ready
    )


def taught_pack(pack: Pack, lesson: Lesson, *, left_out: frozenset[str] = frozenset()) -> Pack:
    """Return the pack with what was taught; `left_out` are texts (bare) to be kept unseen.

    What a person said about a text wins: the pack's own example of the very same
    words is dropped where it stands under another intent.
    """
    said = {texts.bare(one.text): one for one in lesson.texts}
    known = {intent.name for intent in pack.intents}
    own = [
        Intent(name=new.name, request_type=new.request_type, wants=new.wants, examples=())
        for new in lesson.own_intents
        if new.name not in known
    ]
    intents = (
        replace(intent, examples=_examples(intent, said, left_out))
        for intent in (*pack.intents, *own)
    )
    return replace(pack, intents=tuple(intent for intent in intents if intent.examples))


def _examples(
    intent: Intent, said: dict[str, TaughtText], left_out: frozenset[str]
) -> tuple[str, ...]:
    own = [text for text in intent.examples if texts.bare(text) not in said]
    added = [one.text for one in said.values() if one.intent == intent.name]
    return tuple(text for text in (*own, *added) if texts.bare(text) not in left_out)


def key_of(text: str) -> str:
    """Return a stable name of a text's words, whatever their case and edges."""
    return hashlib.sha256(texts.bare(text).encode()).hexdigest()
