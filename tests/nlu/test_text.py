"""Cleaning: one form of a text, nothing invisible, spans that stay true."""

from hypothesis import given
from hypothesis import strategies as st

from baton.nlu import text


def test_what_cannot_be_seen_is_gone_and_letters_stay() -> None:
    assert text.clean("  Re\u200bfund\u00ad   me\t now\r\n\u202eplease ") == "Refund me now\nplease"
    assert text.clean("\uff32\uff45\uff46\uff55\uff4e\uff44") == "Refund"
    assert text.clean("fine 👍") == "fine 👍"
    assert text.clean("a" * 30_000) == "a" * text.MAX_CHARACTERS


def test_words_are_compared_without_case_accents_apostrophes_and_stretching() -> None:
    assert [token.word for token in text.tokens("DON\u2019T Café pleeeease")] == [
        "dont",
        "cafe",
        "pleease",
    ]


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_and_spans_hold_their_words(raw: str) -> None:
    cleaned = text.clean(raw)
    assert text.clean(cleaned) == cleaned
    for token in text.tokens(cleaned):
        assert text.fold(cleaned[token.start : token.end]) == token.word
