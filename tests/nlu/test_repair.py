"""Spelling repair: slips and shorthand are mended, real words and the business's own are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.nlu.repair import Repairer
from baton.nlu.text import clean, tokens

REPAIRER = Repairer([["spinning", "wod", "burpees"]] * 2)


def mended(text: str) -> str:
    return REPAIRER.spell(text, tokens(text)).text


@pytest.mark.req("FQ9")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cxl my mbrshp", "cancel my membership"),
        ("wat time do u open tmrw", "what time do you open tomorrow"),
        ("where is my apointment", "where is my appointment"),
        ("spinnig on monday", "spinning on monday"),
        ("is the wod hard", "is the wod hard"),
        ("order 48213, BK7F2Q", "order 48213, BK7F2Q"),
        ("Kundalini at Zwickau", "kundalini at Zwickau"),
    ],
)
def test_what_was_meant_is_read(text: str, meant: str) -> None:
    assert mended(text).casefold() == meant.casefold()


def test_words_and_text_agree() -> None:
    text = "pls cxl, thx!"
    assert REPAIRER.spell(text, tokens(text)).words == ("please", "cancel", "thanks")
    assert mended(text) == "please cancel, thanks!"


@given(st.text(max_size=200))
def test_any_text_can_be_mended(text: str) -> None:
    cleaned = clean(text)
    assert isinstance(REPAIRER.spell(cleaned, tokens(cleaned)).text, str)


@pytest.mark.req("FQ9")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("i want to cansel my clas", "i want to cancel my class"),
        ("what tmie do yuo open", "what time do you open"),
        ("is hte clas today", "is the class today"),
        ("what form do i need", "what form do i need"),
        ("a glass of water", "a glass of water"),
    ],
)
def test_a_slip_is_mended_to_the_word_that_fits_there(text: str, meant: str) -> None:
    told = ["i want to cancel my class", "what time do you open", "is the class today"] * 3
    repairer = Repairer([one.split() for one in told])
    assert repairer.spell(text, tokens(text)).text == meant


@pytest.mark.req("FQ9")
def test_a_slip_made_on_purpose_twice_is_mended_where_lessons_hold_it() -> None:
    told = [*["end my membership now"] * 50, *["end my membrship now"] * 2, *["join bodypump"] * 2]
    lessons = [one.split() for one in told]
    wary, usual = Repairer(lessons, is_wary=True), Repairer(lessons)
    text = "pause my membrship"
    assert wary.spell(text, tokens(text)).text == "pause my membership"
    assert usual.spell(text, tokens(text)).text == text
    # A name that no list knows stays, for no other word is near it.
    assert wary.spell("join bodypump", tokens("join bodypump")).text == "join bodypump"
