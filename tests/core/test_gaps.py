"""Questions that nobody could name are grouped by what they share (FQ8)."""

from hypothesis import given
from hypothesis import strategies as st

from baton.core import gaps


def test_shared_words_join_and_name_a_group() -> None:
    asked = [
        "do you have a sauna?",
        "is the sauna open on sundays",
        "where do I rent towels",
        "Saunas for women?",
        "can I rent a towel",
        "blorp",
    ]
    found = gaps.group(asked)
    assert [(one.words[0], one.places) for one in found] == [("sauna", (0, 1, 3)), ("rent", (2, 4))]
    assert found[1].words == ("rent", "towel")


def test_words_that_every_question_has_join_nothing() -> None:
    assert gaps.group(["what do you have", "what can you do", "hello there", "hello"]) == ()


def test_a_masked_identifier_is_no_word() -> None:
    assert gaps.group(["[email:abcd1234] lizard", "[email:abcd1234] parrot"]) == ()


@given(st.lists(st.text(max_size=60), max_size=30))
def test_each_question_stands_in_one_group_at_most_and_shares_its_word(asked: list[str]) -> None:
    found = gaps.group(asked)
    places = [place for one in found for place in one.places]
    assert len(places) == len(set(places))
    for one in found:
        assert len(one.places) >= gaps.MIN_SHARED
        assert all(one.words[0] in gaps.content_words(asked[place]) for place in one.places)
    assert found == gaps.group(asked)
