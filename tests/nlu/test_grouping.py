"""Groups by meaning: what lies together is one, whatever the order, and names tell them apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.nlu import grouping, naming
from baton.nlu.encoder import WIDTH


def _around(
    groups: int, each: int, seed: int, noise: float = 0.02
) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    middles = chance.normal(size=(groups, WIDTH))
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    rows = np.repeat(middles, each, axis=0) + chance.normal(
        scale=noise, size=(groups * each, WIDTH)
    )
    return np.tile(rows, 3).astype(np.float16), np.repeat(np.arange(groups), each)


@settings(max_examples=8, deadline=None)
@given(groups=st.integers(2, 8), each=st.integers(12, 30), seed=st.integers(0, 99))
def test_clear_groups_are_found_and_no_more(groups: int, each: int, seed: int) -> None:
    meanings, truth = _around(groups, each, seed)
    order = np.random.default_rng(seed).permutation(len(truth))
    found = grouping.group(meanings[order])
    pairs = set(zip(found.tolist(), truth[order].tolist(), strict=True))
    assert len(pairs) == groups == len(set(found.tolist()))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_handful_is_one_group(count: int) -> None:
    found = grouping.group(np.zeros((count, 3 * WIDTH), np.float16))
    assert found.tolist() == [0] * count


def test_the_same_text_again_and_again_is_no_trouble() -> None:
    assert len(grouping.group(np.ones((40, 3 * WIDTH), np.float16))) == 40


def test_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST", 10)
    with pytest.raises(ValueError, match="10 are the most"):
        grouping.group(np.zeros((11, 3 * WIDTH), np.float16))


def test_a_groups_name_is_what_others_do_not_say() -> None:
    messages = [
        *(("the", "card", "has", "not", "arrived", str(number)) for number in range(5)),
        *(("the", "app", "has", "not", "started", "a1b2") for _ in range(5)),
    ]
    cards, apps = naming.telling(messages, np.array([0] * 5 + [1] * 5), most=3)
    assert "card" in " ".join(cards)
    assert "app" in " ".join(apps)
    assert not any(letter.isdigit() for letter in "".join((*cards, *apps)))
    words = [word for phrase in cards for word in phrase.split()]
    assert len(words) == len(set(words))
