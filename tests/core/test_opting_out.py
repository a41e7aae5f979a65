"""An opt-out in plain words: a whole sentence that asks for no messages, and nothing like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import opting_out


@pytest.mark.req("C24", "P18")
@pytest.mark.parametrize(
    "sentence",
    [
        "please stop texting me", "Stop messaging me!", "stop the texts pls",
        "no more emails please",
        "Don't text me again", "don\N{RIGHT SINGLE QUOTATION MARK}t ever contact me again",
        "do not send me any more messages", "can you stop sending me these messages please",
        "I don't want any more texts from you", "unsubscribe me", "I'd like to opt out",
        "take me off your mailing list", "remove my number from your list",
        "OK, stop all messages now", "stop please", "Please STOP now",
    ],
)  # fmt: skip
def test_these_ask_for_no_messages(sentence: str) -> None:
    assert opting_out.is_asked(sentence)
    assert opting_out.may_be_asked(f"Hi. {sentence}. Bye")


@given(st.from_regex(opting_out._WHOLE, fullmatch=True), st.sampled_from(" ,;\n"))
def test_a_glance_lets_nothing_through_that_asks(sentence: str, between: str) -> None:
    assert opting_out.may_be_asked(sentence.replace(" ", between).upper())


@pytest.mark.req("C24")
@pytest.mark.parametrize(
    "sentence",
    [
        "stop sending me razors",
        "stop sending me promo texts",
        "please don't text me at home",
        "don't stop sending me messages",
        "how do I stop your messages",
        "i've asked him to stop messaging me",
        "unsubscribe me from the monthly box",
        "take me off the waiting list for boxing",
        "take me off the 7am list",
        "stop sending the leaflets by post",
        "stop charging me",
        "I don't want to cancel",
        "I don't get your messages",
        "why did you stop texting me",
        "no more classes",
        "",
    ],
)
def test_these_are_about_something_else(sentence: str) -> None:
    assert not opting_out.is_asked(sentence)


@given(st.text(max_size=300))
def test_no_text_takes_long_or_breaks_it(words: str) -> None:
    assert isinstance(opting_out.is_asked(f"stop all the all these {words}"), bool)
