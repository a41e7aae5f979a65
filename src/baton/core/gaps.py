"""Questions that nobody could name, grouped by the words they share."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIN_SHARED = 2
"""A word of one question alone groups nothing."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_TOKEN = re.compile(r"\[[a-z]+:[^\]]*\]")  # what `core.privacy` puts for an identifier
_MAX_LABEL_WORDS = 3
_COMMON = 0.6  # a word that most of a group share belongs to its name

# Words that questions have whatever they are about.
_EMPTY = """
about after again all also and any anybody anyone anything are ask because been before being
but came can cannot cant come could did didnt does doesnt doing done dont else even ever every
everything for from get gets getting give goes going gonna good got had has have having hello
help here hey him his how ill into isnt its ive just know let like long look make makes many
may maybe mean might more most much must need needs never not now off okay one only other our
out over please pls put question really right said same say see she should some somebody
someone something still sure tell than thank thanks that thats the their them then there
theres they thing things think this those time too trying use very wanna want wants was way
well were what whats when where which while who why will with wont work working would yes yet
you your youre
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together, by their places in what was given."""

    words: tuple[str, ...]
    places: tuple[int, ...]


def group(texts: Sequence[str]) -> tuple[Group, ...]:
    """Group texts by shared words, the largest group first; a text stands in one group.

    The word that most texts share takes them, then the next most frequent one of
    what is left. What shares no word stands alone and is left out.
    """
    left = {place: content_words(text) for place, text in enumerate(texts)}
    found: list[Group] = []
    while shared := _most_shared(left.values()):
        places = tuple(place for place, words in left.items() if shared in words)
        found.append(Group(words=_label(shared, [left[p] for p in places]), places=places))
        for place in places:
            del left[place]
    return tuple(sorted(found, key=lambda one: (-len(one.places), one.words)))


def content_words(text: str) -> frozenset[str]:
    """Return what a text is about: its words, without endings and those that all texts have."""
    plain = (
        _TOKEN.sub(" ", text.casefold())
        .replace("'", "")
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    return frozenset(_stem(word) for word in _WORD.findall(plain) if word not in _EMPTY_WORDS)


def _most_shared(texts: Iterable[frozenset[str]]) -> str:
    counts = Counter(word for words in texts for word in words)
    best = min(counts.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
    return best[0] if best[1] >= MIN_SHARED else ""


def _label(shared: str, texts: Sequence[frozenset[str]]) -> tuple[str, ...]:
    counts = Counter(word for words in texts for word in words if word != shared)
    beside = [w for w, n in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
              if n >= max(MIN_SHARED, _COMMON * len(texts))]  # fmt: skip
    return (shared, *beside[: _MAX_LABEL_WORDS - 1])


def _stem(word: str) -> str:
    """Cut a plural's ending: enough to join "towel" and "towels", and readable as a label."""
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural and len(word) > MIN_SHARED + 1 else word
