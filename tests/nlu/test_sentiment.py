"""Sentiment: the sign is right, and loudness, negation and degree matter (U3, X34)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.policy import Policy
from baton.nlu import sentiment

MILD, STRONG = Policy().mild_sentiment, Policy().strong_sentiment


@pytest.mark.req("U3", "X34")
@pytest.mark.parametrize(
    "text",
    [
        "this is the worst gym ever, I am furious",
        "absolutely disgusting changing rooms, shame on you",
        "I WANT MY MONEY BACK THIS IS A SCAM",
        "useless and rude staff!!!",
        "terrible service, terrible gym",
        "🤬🤬 you are liars",
    ],
)
def test_anger_is_strong(text: str) -> None:
    assert sentiment.score(text) <= STRONG


@pytest.mark.req("U3", "X34")
@pytest.mark.parametrize(
    "text",
    ["I'm disappointed with the class", "this is quite annoying", "that's really bad", "👎"],
)
def test_displeasure_is_mild(text: str) -> None:
    assert STRONG < sentiment.score(text) <= MILD


@pytest.mark.parametrize(
    "text",
    [
        "what time do you open",
        "cancel my class tomorrow",
        "how much is a membership",
        "I lost my keys, did anyone find them?",
        "can't come tonight",
        "",
        "1",
        "BOXING ON FRIDAY PLEASE",
        "no problem",
    ],
)
def test_plain_business_is_not_flagged(text: str) -> None:
    assert sentiment.score(text) > MILD


@pytest.mark.parametrize(
    "text", ["love it, amazing class", "great, thanks!", "not bad at all", "😍"]
)
def test_praise_is_positive(text: str) -> None:
    assert sentiment.score(text) > 0


def test_shouting_and_degree_make_it_stronger_and_not_turns_it() -> None:
    plain = sentiment.score("the service is bad today")
    assert sentiment.score("the service is very bad today") < plain
    assert sentiment.score("the service is bad today!!!") < plain
    assert sentiment.score("THE SERVICE IS BAD TODAY") < plain
    assert sentiment.score("the service is slightly bad today") > plain
    assert sentiment.score("the service is not good today") < 0


@given(st.text(max_size=300))
def test_any_text_has_a_sentiment_in_bounds(text: str) -> None:
    assert -1.0 <= sentiment.score(text) <= 1.0
