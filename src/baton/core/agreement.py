"""Whether two answers to the same question say the same, as far as words tell (PL5).

A first look, to be corrected by people: most of the words that bear meaning are shared, and no
number, price or time in the one is missing in the other.
"""

import re

_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMBER = re.compile(r"\d+(?:[.:,]\d+)*")
ALIKE = 0.5
"""The share of words, 0 to 1, that both must have in common; ours."""


def likeness(draft: str, answer: str) -> float:
    """Return how much two texts share, 0 to 1; 0 where their numbers contradict."""
    numbers = set(_NUMBER.findall(draft)), set(_NUMBER.findall(answer))
    if all(numbers) and numbers[0].isdisjoint(numbers[1]):
        return 0.0
    ours, theirs = (set(_WORD.findall(text.casefold())) for text in (draft, answer))
    if not ours or not theirs:
        return float(draft.strip().casefold() == answer.strip().casefold())
    # By the shorter one: whoever adds a greeting, or leaves one out, says the same.
    return len(ours & theirs) / min(len(ours), len(theirs))


def are_alike(draft: str, answer: str) -> bool:
    """Return whether two answers say the same, as far as words tell."""
    return likeness(draft, answer) >= ALIKE
