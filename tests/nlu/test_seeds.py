"""Meanings that come with Baton: near the encoder's own, known by text, absent without harm."""

from pathlib import Path

import numpy as np
import pytest

from baton.nlu.encoder import SEEDS, WIDTH, Encoder, find_encoder, form
from baton.nlu.seeds import Seeds
from baton.services.workspace import packs

CHANCE = np.random.default_rng(9)
LAYERS = 3


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = find_encoder()
    assert found is not None
    return found


def meaning() -> np.ndarray:
    layers = CHANCE.normal(size=(LAYERS, WIDTH))
    layers /= np.linalg.norm(layers, axis=1, keepdims=True)
    return layers.ravel().astype(np.float16)


def test_what_is_written_is_found_by_text_and_form(tmp_path: Path) -> None:
    path = tmp_path / "some.xz"
    known = {f"text {number}": meaning() for number in range(60)}
    Seeds(path, "one", WIDTH).write(known)
    found = Seeds(path, "one", WIDTH).find(["text 7", "never written", "text 59"])
    assert set(found) == {"text 7", "text 59"}
    for text, numbers in found.items():
        # Chance has no main directions: a real meaning comes back nearer.
        assert numbers @ known[text].astype(np.float32) / LAYERS > 0.95
    assert not Seeds(path, "another", WIDTH).find(["text 7"])
    assert not Seeds(path, "one", WIDTH).find([])


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    assert not Seeds(tmp_path / "none.xz", "one", WIDTH).find(["text"])


def test_the_shipped_meanings_are_the_encoder_s(encoder: Encoder) -> None:
    texts = [one.text for one in packs.load_pack("fitness").stop_examples][::400]
    found = Seeds(SEEDS, form(), WIDTH).find(texts)
    assert len(found) > len(texts) / 2
    for text, numbers in found.items():
        assert numbers.astype(np.float32) @ encoder.encode(text) / LAYERS > 0.97


def test_most_of_what_the_packs_teach_comes_with_baton() -> None:
    """A first start of many new lessons is slow: `python -m tests.nlu.seeding` is due then."""
    for name in packs.list_packs():
        pack = packs.load_pack(name)
        taught = [one.text for one in pack.stop_examples]
        taught += [text for intent in pack.intents for text in intent.examples]
        # Lessons are encoded as they are mended, so what slips on purpose has another text.
        known = Seeds(SEEDS, form(), WIDTH).find(taught)
        assert len(known) > 0.7 * len(set(taught)), name
