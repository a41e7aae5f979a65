"""Each trade's own questions, in words that no pack has seen, are understood by the plain reader.

The full reader understands more (docs/packs.md) and is a dear training for each pack; what is
proved here is that the examples of a pack tell its intents apart.
"""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from baton.nlu.reader import LocalReader
from baton.services.workspace import packs
from baton.services.writing import documents

FOLDER = Path(__file__).parent / "heldout_packs"
BASE = {"greeting", "thanks", "goodbye", "not_helpful", "solved", "ask_person", "ask_help"}
UNDERSTOOD = 0.82


class HeldOut(BaseModel):
    model_config = ConfigDict(extra="forbid")
    questions: dict[str, tuple[str, ...]]


def held_out(name: str) -> list[tuple[str, str]]:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    read = documents.parse(HeldOut, text, file=f"{name}.yaml")
    return [(one, intent) for intent, texts in read.questions.items() for one in texts]


@pytest.mark.req("IN3", "IN4", "IN5", "IN7", "FQ2")
@pytest.mark.parametrize("name", ["family_entertainment", "healthcare", "wellness"])
def test_a_trades_own_questions_are_understood(name: str) -> None:
    pack = packs.load_pack(name)
    asked = held_out(name)
    assert {intent for _, intent in asked} == {one.name for one in pack.intents} - BASE
    taught = {line.casefold() for one in pack.intents for line in one.examples}
    assert not [text for text, _ in asked if text.casefold() in taught]

    readings = LocalReader(pack, plain=True).read_many(tuple(text for text, _ in asked))

    meant = zip(readings, asked, strict=True)
    right = sum(r.best is not None and r.best.name == intent for r, (_, intent) in meant)
    assert right / len(asked) >= UNDERSTOOD
