"""Texts: safe to store and show, refused when nobody could read them, cut into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import text

UNSAFE = "\x00\x07\x1b\x7f\x85\u202e\u2066\u2069\ufeff"


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("  hi  ", "hi"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        (f"a{UNSAFE}b", "ab"),
        ("e\u0301", "é"),
        ("tab\tstays", "tab\tstays"),
        ("\u200fשלם\u200f", "\u200fשלם\u200f"),  # marks that right-to-left writing needs
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),  # joiners that emoji need
        ("\u202egnp.exe", "gnp.exe"),  # shown reversed, it would say something else
    ],
)
def test_cleaning(given_text: str, cleaned: str) -> None:
    assert text.clean(given_text) == cleaned


@given(st.text(max_size=300))
def test_cleaning_is_done_after_one_time_and_leaves_nothing_unsafe(raw: str) -> None:
    once = text.clean(raw)
    assert not set(once) & set(UNSAFE)
    assert "\n\n\n" not in once
    assert once == once.strip()
    assert text.clean(once) == once


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("hi", None),
        ("", "is empty"),
        ("x" * 4_000, None),
        ("x" * 4_001, "is too long"),
        ("x\n" * 199, None),
        ("x\n" * 200, "too many lines"),
    ],
)
def test_what_nobody_could_read_is_refused_in_words(message: str, problem: str | None) -> None:
    told = text.problem_with(message)
    assert (told is None) if problem is None else (problem in (told or ""))


@pytest.mark.parametrize(
    ("message", "key"),
    [("Billing!", "billing"), (" 1. ", "1"), ('"YES"', "yes"), ("(2)", "2"), ("***", "")],
)
def test_bare_replies(message: str, key: str) -> None:
    assert text.bare(message) == key


@pytest.mark.req("T20")
@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("One thing.", ("One thing.",)),
        ("Where? And when?", ("Where?", "And when?")),
        ("a\nb", ("a", "b")),
        ("a.\n b\n\nc", ("a.", "b", "c")),
        ("at 5.30 p.m. sharp", ("at 5.30 p.m.", "sharp")),
        ("...", ()),
        ("", ()),
    ],
)
def test_sentences(message: str, parts: tuple[str, ...]) -> None:
    assert text.sentences(message) == parts


@given(st.text(max_size=200))
def test_sentences_lose_no_word(message: str) -> None:
    def letters(of: str) -> str:
        return "".join(letter for letter in of if letter.isalnum())

    assert letters("".join(text.sentences(message))) == letters(message)


def test_signs_stacked_without_end_are_cut_before_they_are_put_in_order() -> None:
    stacked = text.clean(
        "a" + "\u0301" * 200_000 + "\u0327" * 200_000 + "b"
    )  # in order by the square
    assert (stacked[0], stacked[-1]) == ("á", "b")
    assert len(stacked) <= 32
    assert text.clean("e\u0327\u0301") == "ȩ\u0301"
