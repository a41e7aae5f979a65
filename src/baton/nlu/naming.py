"""Names groups of messages by their own words: those that are in them and seldom elsewhere."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

from baton.nlu.grouping import Labels

_SMALL = frozenset((files("baton.nlu") / "data" / "small_words.txt").read_text("utf-8").split())
"""English words that hold a sentence together and say nothing of what it is about."""

_DIGIT = re.compile(r"\d")
_LEAST = 2  # messages of a group that hold a word
_PAIRED = 1.5  # two words say more than one
_SHORTEST = 2


def telling(
    messages: Sequence[Sequence[str]], labels: Labels, *, most: int
) -> list[tuple[str, ...]]:
    """Return each group's most telling words and pairs of words, the best first.

    Args:
        messages: folded words, one message each.
        labels: each message's group, from 0 on.
        most: how many are told of a group.
    """
    groups = int(labels.max(initial=-1)) + 1
    held = [Counter[str]() for _ in range(groups)]
    for words, label in zip(messages, labels.tolist(), strict=True):
        held[label].update(_phrases(words))
    everywhere: Counter[str] = Counter()
    for counted in held:
        everywhere.update(counted)
    sizes = Counter(labels.tolist())
    return [
        _best(counted, everywhere, sizes[label], len(messages), most)
        for label, counted in enumerate(held)
    ]


def _phrases(words: Sequence[str]) -> set[str]:
    single = {word for word in words if len(word) > _SHORTEST and word not in _SMALL}
    pairs = {f"{one} {other}" for one, other in pairwise(words) if not {one, other} & _SMALL}
    # A number tells one message from another, and no group from another.
    return {phrase for phrase in single | pairs if not _DIGIT.search(phrase)}


def _best(
    counted: Counter[str], everywhere: Counter[str], size: int, whole: int, most: int
) -> tuple[str, ...]:
    """Return phrases by how much more often they are in a group than anywhere (in bits)."""

    def weight(phrase: str) -> float:
        own, all_of = counted[phrase] / size, everywhere[phrase] / whole
        paired = _PAIRED if " " in phrase else 1.0
        return paired * own * math.log2(own / all_of) if own > all_of else 0.0

    least = min(_LEAST, size)
    known = sorted(
        (phrase for phrase, count in counted.items() if count >= least),
        key=lambda phrase: (-weight(phrase), phrase),
    )
    chosen: list[str] = []
    for phrase in known:
        said = {word for one in chosen for word in one.split()}
        if not said & set(phrase.split()):
            chosen.append(phrase)
        if len(chosen) == most:
            break
    return tuple(chosen)
