"""Consent by purpose: the newest word counts, in whatever order the words came to be known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import consent
from baton.core.consent import EVERY, Purpose, Word

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def word(minute: int, purpose: str, *, is_granted: bool) -> Word:
    return Word(purpose=purpose, is_granted=is_granted, at=START + timedelta(minutes=minute))


_WORDS = st.lists(
    st.builds(
        word,
        st.integers(0, 5),
        st.sampled_from([*Purpose, EVERY]),
        is_granted=st.booleans(),
    ),
    max_size=8,
)


@pytest.mark.req("P1", "Z11")
def test_a_permission_is_for_its_purpose_alone() -> None:
    words = [word(0, Purpose.SERVICE, is_granted=True)]
    assert consent.is_permitted(words, Purpose.SERVICE) is True
    assert consent.is_permitted(words, Purpose.PROMOTIONAL) is None


@pytest.mark.req("C24")
def test_stop_ends_every_purpose_and_each_comes_back_by_its_own_word() -> None:
    words = [word(0, Purpose.PROMOTIONAL, is_granted=True), word(1, EVERY, is_granted=False)]
    assert {consent.is_permitted(words, purpose) for purpose in Purpose} == {False}
    words.append(word(2, Purpose.SERVICE, is_granted=True))
    assert consent.is_permitted(words, Purpose.SERVICE) is True
    assert consent.is_permitted(words, Purpose.PROMOTIONAL) is False


@given(_WORDS, st.randoms())
def test_the_order_in_which_words_come_to_be_known_does_not_matter(
    words: list[Word], random: object
) -> None:
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis's random is a Random
    for purpose in Purpose:
        assert consent.is_permitted(shuffled, purpose) is consent.is_permitted(words, purpose)


@given(_WORDS)
def test_after_the_last_word_is_stop_nothing_is_permitted(words: list[Word]) -> None:
    stopped = [*words, word(5, EVERY, is_granted=False)]
    assert {consent.is_permitted(stopped, purpose) for purpose in Purpose} == {False}


def test_a_yes_is_listed_where_the_policy_says_so() -> None:
    listed = "sms:promotional, email:service"
    assert consent.is_listed(listed, "sms", Purpose.PROMOTIONAL)
    assert consent.is_listed(listed, "email", Purpose.SERVICE)
    assert not consent.is_listed(listed, "email", Purpose.PROMOTIONAL)
    assert not consent.is_listed("", "sms", Purpose.PROMOTIONAL)
