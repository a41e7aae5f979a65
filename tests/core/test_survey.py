"""Ratings: a whole message that is one, and never a number inside a sentence."""

from datetime import UTC, datetime, timedelta

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


@pytest.mark.req("NP1")
@pytest.mark.parametrize(
    ("message", "mark"),
    [
        ("0", 0), ("10", 10), ("7", 7), ("8/10", 8), ("10 out of 10", 10), ("zero", 0),
        ("ten!", 10), ("👍", 10), ("👎", 0), ("I'd give it a 9", 9),
        ("11", None), ("4/5", None), ("⭐⭐⭐", None), ("at 10", None), ("8,5", None),
    ],
)  # fmt: skip
def test_marks_from_0_to_10(message: str, mark: int | None) -> None:
    assert survey.parse_rating(message, survey.NPS) == mark


@pytest.mark.req("NP1", "U1")
@given(st.sampled_from(list(survey.SCALES.values())))
def test_every_mark_of_a_scale_is_one_and_scores_rise_from_0_to_100(scale: survey.Scale) -> None:
    marks = [survey.parse_rating(mark, scale) for mark in scale.marks]
    assert marks == list(range(scale.lowest, scale.highest + 1))
    assert [survey.parse_rating(f"{mark}/{scale.highest}", scale) for mark in marks] == marks
    scores = [survey.score(mark, scale) for mark in marks if mark is not None]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (0, 100)
    # Two questions on one scale cannot be told apart by their buttons, and need not be.
    assert survey.scale_of(len(marks)).marks == scale.marks


@pytest.mark.req("NP1")
def test_the_lowest_mark_is_a_rating_like_any_other() -> None:
    assert survey.rating_in(["hm", "0"], survey.NPS) == 0
    assert survey.ratings_of(["0"], survey.NPS) == {"0"}


@given(
    gaps=st.lists(st.integers(min_value=0, max_value=40), max_size=60),
    rest=st.integers(min_value=0, max_value=72),
    most=st.integers(min_value=0, max_value=5),
)
def test_however_often_flows_want_to_ask_nobody_is_asked_too_often(
    gaps: list[int], rest: int, most: int
) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    asked: list[datetime] = []
    span = timedelta(hours=rest)
    for gap in gaps:
        now += timedelta(hours=gap)
        if not survey.is_tired(asked, rest=span, most_a_month=most, now=now):
            asked.append(now)
    for place, at in enumerate(asked):
        assert sum(at - survey.MONTH < one <= at for one in asked[: place + 1]) <= most
        assert place == 0 or at - asked[place - 1] >= span
