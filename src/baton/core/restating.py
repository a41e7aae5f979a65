"""Whether somebody had to say again what they had said before a handoff (H13, H19).

Told by words alone: most of what bears meaning in the later message stood in an earlier
one. Short words and greetings say nothing, and neither does a message of one word.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]{4,}|\d{3,}")
_LEAST_WORDS = 4
"""Words that bear meaning which a message must have to be judged: "thanks, great" is no repeat."""

_SHARE = 0.7
"""The share of them, 0 to 1, that were said before, from which it counts as said again."""

_SMALL = frozenset({
    "about", "again", "already", "also", "been", "could", "from", "have", "hello", "just",
    "like", "only", "please", "said", "should", "still", "than", "thank", "thanks", "that",
    "their", "them", "then", "there", "they", "this", "told", "were", "what", "when",
    "where", "which", "will", "with", "would", "your", "yours",
})  # fmt: skip


def restates(earlier: Iterable[str], later: str) -> bool:
    """Return whether a message says mostly what one of the earlier ones said."""
    words = _words_of(later)
    if len(words) < _LEAST_WORDS:
        return False
    return any(len(words & _words_of(one)) >= _SHARE * len(words) for one in earlier)


def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _SMALL
