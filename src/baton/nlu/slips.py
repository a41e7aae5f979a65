"""Words that lie a slip or two of the keyboard apart: letters lost, added, changed or swapped.

Laid out as SymSpell lays them out (github.com/wolfgarbe/SymSpell): each word stands under
all that is left of its beginning when letters are taken away. Two words so close share
such a remainder, so a look-up takes a few of them and no walk through all words.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zlib import crc32

from rapidfuzz.distance import OSA

_PREFIX = 7  # letters in which words are told apart first; more make many remainders
_PLACE = 32  # bits


class Slips:
    """Finds the words of a list that are near a word."""

    def __init__(self, words: Iterable[str], reach: int) -> None:
        """Lay words out, to be found from at most `reach` slips away."""
        self._words = list(words)
        # A sum of each remainder and its word's place in one number, in order: 200,000
        # remainders in 2 MB, where a mapping of texts took 19. Where two remainders have one
        # sum, a few words more are compared.
        self._standing = array(
            "Q",
            sorted(
                _sum(left) << _PLACE | place
                for place, word in enumerate(self._words)
                for left in _remainders(word, reach)
            ),
        )

    def near(self, word: str, reach: int) -> dict[str, int]:
        """Return the words at most `reach` slips away, the same word too, with their slips."""
        found = (other for left in _remainders(word, reach) for other in self._under(left))
        slips = {
            other: OSA.distance(word, other, score_cutoff=reach) for other in dict.fromkeys(found)
        }
        return {other: count for other, count in slips.items() if count <= reach}

    def _under(self, left: str) -> Iterator[str]:
        """Give the words of which this may be left."""
        standing, wanted = self._standing, _sum(left)
        for at in range(bisect_left(standing, wanted << _PLACE), len(standing)):
            found, place = divmod(standing[at], 1 << _PLACE)
            if found != wanted:
                return
            yield self._words[place]


def _sum(left: str) -> int:
    return crc32(left.encode("utf-8", "replace"))


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
