"""Ratings: a whole message that is one, and never a number inside a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import survey


@pytest.mark.req("C18", "FQ5", "M5")
@pytest.mark.parametrize(
    ("message", "rating"),
    [
        ("1", 1), ("5", 5), (" 4 ", 4), ("3.", 3), ("5!", 5), ("*4*", 4),
        ("4/5", 4), ("4 / 5", 4), ("4 out of 5", 4), ("5 stars", 5), ("1 star", 1),
        ("five", 5), ("One", 1), ("👍", 5), ("👎", 1), ("⭐⭐⭐", 3), ("★★", 2), ("⭐️⭐️", 2),
        ("I give it a 4", 4), ("i'd give you 5", 5), ("I'd say 3", 3), ("give it 2", 2),
        ("0", None), ("6", None), ("10", None), ("55", None), ("", None),
        ("I came at 5", None), ("5 people", None), ("at 5 stars we met", None),
        ("4 or 5", None), ("1-5", None), ("4.5", None), ("1\n2", None), ("⭐⭐⭐⭐⭐⭐", None),
    ],
)  # fmt: skip
def test_ratings(message: str, rating: int | None) -> None:
    assert survey.parse_rating(message) == rating


WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).filter(
        lambda word: word not in {"stars", "star", "out", "of", "give", "say", "it", "you", "a"}
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.req("C18")
@given(WORDS, st.integers(0, 99), WORDS)
def test_a_number_inside_a_sentence_is_never_a_rating(
    before: list[str], number: int, after: list[str]
) -> None:
    for words in (before, [], before), ([], after, after), (before, after, before):
        sentence = " ".join([*words[0], str(number), *words[1]])
        assert survey.parse_rating(sentence) is None


@given(st.text(max_size=50))
def test_any_text_is_a_rating_from_one_to_five_or_none(text: str) -> None:
    rating = survey.parse_rating(text)
    assert rating is None or survey.CSAT.lowest <= rating <= survey.CSAT.highest


@pytest.mark.req("U1", "K2")
def test_scores_span_the_whole_scale() -> None:
    assert [survey.score(n) for n in range(1, 6)] == [0, 25, 50, 75, 100]
