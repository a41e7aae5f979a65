"""The encoder: near for near meanings, the same numbers in any company, absent without harm."""

from pathlib import Path

import numpy as np
import pytest

from baton.nlu.encoder import WIDTH, Encoder, find_encoder
from baton.nlu.reader import LocalReader
from baton.nlu.shelf import Shelf
from baton.services.workspace import packs


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = find_encoder()
    assert found is not None
    return found


def likeness(encoder: Encoder, one: str, other: str) -> float:
    return float(encoder.encode(one)[-WIDTH:] @ encoder.encode(other)[-WIDTH:])


def test_near_meanings_lie_near(encoder: Encoder) -> None:
    near = likeness(encoder, "what time do you close", "how late are you open")
    assert near > likeness(encoder, "what time do you close", "my card was charged twice") + 0.3


def test_a_text_s_numbers_do_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    texts = [
        "where do i leave my tractor",
        "a much longer question about the price of a day pass for two",
    ]
    together = encoder.corpus(texts)
    alone = np.stack([encoder.encode(text) for text in texts])
    # Kept meanings hold half precision.
    assert np.abs(together - alone).max() < 1e-3


@pytest.mark.parametrize("text", ["", " ", "\ud800", "營業時間", "😀" * 500, "word " * 4_000])
def test_any_text_has_numbers(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode(text.encode("utf-8", "replace").decode())).all()


def test_a_spoiled_cache_is_made_anew(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "meanings.sqlite3"
    monkeypatch.setattr(encoder, "_shelf", Shelf(kept, "first"))
    texts = ["hello there", "good bye", "hello there"]
    first = encoder.corpus(texts)
    kept.write_bytes(b"spoiled" * 100)
    assert (encoder.corpus(texts) == first).all()
    assert set(Shelf(kept, "first").find([*texts, "not yet"])) == set(texts)
    assert not Shelf(kept, "another model").find(texts)


@pytest.mark.req("FQ2")
def test_the_plain_reader_serves_without_the_encoder() -> None:
    reader = LocalReader(packs.load_pack("fitness"), plain=True)
    hours, cancel = reader.read_many(("what time do you open", "i want to quit my contract"))
    assert hours.best is not None
    assert hours.best.name == "opening_hours"
    assert cancel.alarm is not None
    assert cancel.alarm > 0.5
