"""Words that lie a slip or two of the keyboard apart: letters lost, added, changed or swapped.

Laid out as SymSpell lays them out (github.com/wolfgarbe/SymSpell): each word stands under
all that is left of its beginning when letters are taken away. Two words so close share
such a remainder, so a look-up takes a few of them and no walk through all words.
"""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

_PREFIX = 7  # letters in which words are told apart first; more make many remainders


class Slips:
    """Finds the words of a list that are near a word."""

    def __init__(self, words: Iterable[str], reach: int) -> None:
        """Lay words out, to be found from at most `reach` slips away."""
        self._reach = reach
        # Words in one text are a third of the memory of lists, of which there would be 200,000.
        self._standing: dict[str, str] = {}
        for word in words:
            for left in _remainders(word, reach):
                known = self._standing.get(left)
                self._standing[left] = f"{known} {word}" if known else word

    def near(self, word: str, reach: int) -> dict[str, int]:
        """Return the words at most `reach` slips away, the same word too, with their slips."""
        standing = self._standing
        found = [standing[left] for left in _remainders(word, reach) if left in standing]
        slips = {
            other: OSA.distance(word, other, score_cutoff=reach)
            for other in dict.fromkeys(" ".join(found).split())
        }
        return {other: count for other, count in slips.items() if count <= reach}


@lru_cache(maxsize=1_024)  # several lists are asked for the same word, one after the other
def _remainders(word: str, reach: int) -> tuple[str, ...]:
    """Return what is left of a word's beginning without up to `reach` of its letters."""
    latest = [(word[:_PREFIX], 0)]
    left = [word[:_PREFIX]]
    for _ in range(reach):
        # From the last gap on: which letter goes first makes no difference.
        latest = [
            (one[:place] + one[place + 1 :], place)
            for one, begin in latest
            for place in range(begin, len(one))
        ]
        left += [one for one, _ in latest]
    return tuple(dict.fromkeys(left))
