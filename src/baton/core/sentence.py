"""A message cut into sentences, and what stands next to what inside one.

Rules that read meaning from neighbouring words work on one sentence at a time, so that
nothing said in another sentence changes what this one says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baton.core.reading import Reading, Term

_SENTENCE_END = re.compile(r"[!?;\n\u2026\u3002\u061f]+|\.+(?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_LONGEST_SENTENCE = 400  # characters; bounds the work on a wall of words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A stretch of a message that is judged by itself, with the terms inside it."""

    text: str
    start: int
    end: int
    terms: tuple[Term, ...]

    def of(self, *concepts: str) -> tuple[Term, ...]:
        """Return the terms of some concepts, in order."""
        return tuple(term for term in self.terms if term.concept in concepts)

    def gap(self, first: Term, second: Term) -> tuple[str, ...] | None:
        """Return the words between two terms, or None when the second is not after the first."""
        if second.start < first.end:
            return None
        return words_of(self.text[first.end : second.start])

    def follows(self, term: Term, *concepts: str, within: int) -> bool:
        """Tell whether one of the concepts stands at most so many words behind a term."""
        gaps = (self.gap(term, other) for other in self.of(*concepts))
        return any(gap is not None and len(gap) <= within for gap in gaps)

    def precedes(self, term: Term, *concepts: str, within: int) -> bool:
        """Tell whether one of the concepts stands at most so many words before a term."""
        gaps = (self.gap(other, term) for other in self.of(*concepts))
        return any(gap is not None and len(gap) <= within for gap in gaps)

    def covered(self, term: Term, *concepts: str) -> bool:
        """Tell whether a term lies inside a longer one of the concepts."""
        return any(o.start <= term.start and term.end <= o.end for o in self.of(*concepts))

    def before(self, term: Term) -> tuple[str, ...]:
        """Return the words of the sentence before a term."""
        return words_of(self.text[self.start : term.start])

    def after(self, term: Term) -> tuple[str, ...]:
        """Return the words of the sentence behind a term."""
        return words_of(self.text[term.end : self.end])


def sentences_of(reading: Reading) -> tuple[Sentence, ...]:
    """Return the sentences of a message in order, each with the terms that begin in it."""
    remaining = iter((*reading.terms, None))
    term = next(remaining)
    sentences: list[Sentence] = []
    for start, end in _stretches(reading.text):
        inside: list[Term] = []
        # A term that runs over a border belongs to the sentence in which it begins.
        while term is not None and term.start < end:
            inside.append(term)
            term = next(remaining)
        if start < end:
            sentences.append(Sentence(text=reading.text, start=start, end=end, terms=tuple(inside)))
    return tuple(sentences)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences; one without any end is cut at a gap."""
    start = 0
    for border in (*_SENTENCE_END.finditer(text), None):
        end = len(text) if border is None else border.start()
        while end - start > _LONGEST_SENTENCE:
            gap = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
            cut = gap if gap > start else start + _LONGEST_SENTENCE
            yield start, cut
            start = cut
        yield start, end
        start = end if border is None else border.end()


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without apostrophes."""
    return tuple(
        word.casefold().replace("'", "").replace("\u2019", "") for word in _WORD.findall(text)
    )
