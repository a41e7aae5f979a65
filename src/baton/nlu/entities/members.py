"""Member ids and nicknames by near match (AP31, G46).

People type "m 1o482" for M-10482. What is compared is a key: no separators, O read as 0
and I or L as 1. A key may then differ by one slip (a character too many, too few or
another) or by two neighbours swapped. What fits two members fits none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from baton.core.reading import Entity
from baton.nlu.entities.page import Page

KIND = "member"

_ALIKE = str.maketrans("oil", "011")
_WORD = re.compile(r"[a-z0-9]+", re.ASCII)
_GAP = re.compile(r" ?[ ._/#:\u2013-]? ?")
_SLIPPERY = 5  # shorter keys are told exactly: one slip makes any of them another
_MIN_LED = 2
_MIN_ALONE = 4  # a shorter number may be anything
_MAX_PARTS = 3  # "MEM 10 482"
_LONGEST = 24
_SHORT_REPLY = 5  # words: in a reply this short a nickname needs no "my name is"
_LEAD = re.compile(
    r"(?:\b(?:i'?m|i am|this is|it'?s|name'?s? is|name'?s?|nick(?:name)? is|nick(?:name)?|"
    r"called|known as|call me|under|member|account|profile)\b"
    r"|[:\"'\u201c\u2018])[ :]{0,2}[\"'\u201c\u2018]?"
)
_BY_NICKNAME = 0.95  # a name is less sure than a number, even when it fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member that a text may mean; similarity 0 to 1, where 1 is the id to the letter."""

    member: str
    similarity: float
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReferences:
    """The members that a conversation may be about: nicknames by member id.

    Making one costs a few entries of an index a letter; keep it as long as it holds.
    """

    members: Mapping[str, tuple[str, ...]]
    _ids: dict[str, set[str]] = field(init=False, repr=False, compare=False)
    _names: dict[str, set[str]] = field(init=False, repr=False, compare=False)
    # Every key with one character left out: two keys that are one slip apart share one.
    _near: dict[str, set[str]] = field(init=False, repr=False, compare=False)
    _lengths: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the members once; a frozen value is filled in here."""
        ids: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        near: dict[str, set[str]] = {}
        for member, nicknames in self.members.items():
            ids.setdefault(_key(member), set()).add(member)
            for nickname in nicknames:
                names.setdefault(_key(nickname), set()).add(member)
        for key in ids.keys() | names.keys():
            if len(key) >= _SLIPPERY:
                for shorter in _shortened(key):
                    near.setdefault(shorter, set()).add(key)
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_near", near)
        told = {len(key) for key in ids.keys() | names.keys()}
        slipped = {length + by for length in told if length >= _SLIPPERY for by in (-1, 1)}
        object.__setattr__(self, "_lengths", frozenset(told | slipped))

    def like(self, key: str) -> Iterator[tuple[str, float, bool]]:
        """Yield members by key or near it, with how near, and whether by a nickname."""
        if len(key) not in self._lengths:
            return
        for known, similarity in self._keys_like(key):
            for member in self._ids.get(known, ()):
                yield member, similarity, False
            for member in self._names.get(known, ()):
                yield member, similarity * _BY_NICKNAME, True

    def _keys_like(self, key: str) -> Iterator[tuple[str, float]]:
        if key in self._ids or key in self._names:
            yield key, 1.0
        if len(key) < _SLIPPERY:
            return
        others = {known for shorter in _shortened(key) for known in self._near.get(shorter, ())}
        for known in others - {key}:
            distance = OSA.distance(key, known, score_cutoff=1)
            if distance == 1:
                yield known, 1 - distance / max(len(key), len(known))


def candidates(text: str, known: KnownReferences, *, limit: int = 5) -> tuple[Candidate, ...]:
    """Return the members that a cleaned text may mean, likeliest first, each once.

    For a reply to "what is your member id?": names count wherever they stand.
    """
    best: dict[str, Candidate] = {}
    lowered = text.lower()
    for one in _spans(lowered, list(_WORD.finditer(lowered)), known, may_name=True):
        if one.member not in best or one.similarity > best[one.member].similarity:
            best[one.member] = one
    ranked = sorted(best.values(), key=lambda one: (-one.similarity, one.start, one.member))
    return tuple(ranked[:limit])


def find(page: Page, known: KnownReferences, taken: bytearray) -> Iterator[Entity]:
    """Yield the members that a page names beyond doubt, outside the letters that are taken."""
    by_span: dict[tuple[int, int], dict[str, float]] = {}
    words = list(_WORD.finditer(page.lowered))
    free = [word for word in words if not taken[word.start()]]
    for one in _spans(page.lowered, free, known, may_name=len(words) <= _SHORT_REPLY):
        told = by_span.setdefault((one.start, one.end), {})
        told[one.member] = max(one.similarity, told.get(one.member, 0.0))
    # The nearest span first, so that "M 10482" wins over the "10482" within it.
    ordered = sorted(by_span.items(), key=lambda item: (-max(item[1].values()), item[0]))
    for (start, end), told in ordered:
        member = _only(told)
        if member:
            yield page.entity(KIND, start, end, member)


def _only(told: Mapping[str, float]) -> str | None:
    """Return the one member that fits best, or None when another fits as well."""
    best = max(told.values())
    fitting = [member for member, similarity in told.items() if similarity == best]
    return fitting[0] if len(fitting) == 1 else None


def _spans(
    lowered: str, words: list[re.Match[str]], known: KnownReferences, *, may_name: bool
) -> Iterator[Candidate]:
    led = set[int]() if may_name else {lead.end() for lead in _LEAD.finditer(lowered)}
    for place, first in enumerate(words):
        start = first.start()
        # "is it sunny?" asks for nobody of that name.
        is_led = may_name or start in led
        for end, key in _joined(lowered, words[place : place + _MAX_PARTS], is_led=is_led):
            for member, similarity, is_name in known.like(key):
                if is_led or not is_name:
                    yield Candidate(member=member, similarity=similarity, start=start, end=end)


def _joined(
    lowered: str, words: Iterable[re.Match[str]], *, is_led: bool
) -> Iterator[tuple[int, str]]:
    """Yield where words that stand side by side end, and their key together.

    Without a word that leads to a name, only what holds a figure can be an id.
    """
    key, end, may_be = "", 0, is_led
    for word in words:
        if key and not _GAP.fullmatch(lowered, end, word.start()):
            return
        key, end = key + word[0].translate(_ALIKE), word.end()
        may_be = may_be or not word[0].isalpha()
        if len(key) > _LONGEST:
            return
        if may_be and len(key) >= (_MIN_LED if is_led else _MIN_ALONE):
            yield end, key


def _key(written: str) -> str:
    return "".join(_WORD.findall(written.lower())).translate(_ALIKE)


def _shortened(key: str) -> set[str]:
    """Return the key and every form of it with one character left out."""
    return {key} | {key[:place] + key[place + 1 :] for place in range(len(key))}
