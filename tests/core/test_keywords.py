"""Keywords: a whole message that is one, and never a word inside a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import keywords
from baton.core.keywords import Keyword


@pytest.mark.req("C24", "FQ16", "M4", "M21")
@pytest.mark.parametrize(
    ("message", "keyword"),
    [
        ("STOP", Keyword.STOP), ("Stop!", Keyword.STOP), (" stop. ", Keyword.STOP),
        ("stop all", Keyword.STOP), ("UNSUBSCRIBE", Keyword.STOP), ("opt out", Keyword.STOP),
        ("start", Keyword.START), ("HELP", Keyword.HELP), ("info", Keyword.HELP),
        ("AGENT", Keyword.AGENT), ("human", Keyword.AGENT), ("map", Keyword.MAP),
        ("cancel", None), ("end", None), ("quit", None),  # in a chat, the matter at hand
        ("please stop", None), ("don't stop", None), ("stop the music", None),
        ("help me", None), ("where is the map", None), ("", None), ("1", None),
    ],
)  # fmt: skip
def test_keywords(message: str, keyword: Keyword | None) -> None:
    assert keywords.find(message) is keyword


@pytest.mark.req("C24")
@pytest.mark.parametrize(
    ("message", "on_sms", "in_chat"),
    [
        ("END", Keyword.STOP, None), ("Quit.", Keyword.STOP, None), ("cancel", None, None),
        ("Arrêt", Keyword.STOP, Keyword.STOP), ("ARRET", Keyword.STOP, Keyword.STOP),
        ("stopp", Keyword.STOP, Keyword.STOP), ("revoke", Keyword.STOP, Keyword.STOP),
        ("the end", None, None), ("AIDE", Keyword.HELP, Keyword.HELP),
        ("\N{LEFT DOUBLE QUOTATION MARK}STOP", Keyword.STOP, Keyword.STOP),
        ("stop \N{PERSON WITH FOLDED HANDS}", Keyword.STOP, Keyword.STOP),
        ("OPT-OUT", Keyword.STOP, Keyword.STOP), ("opt-in", Keyword.START, Keyword.START),
    ],
)  # fmt: skip
def test_carriers_words_mean_stop_on_sms(
    message: str, on_sms: Keyword | None, in_chat: Keyword | None
) -> None:
    assert keywords.find(message, channel="sms") is on_sms
    assert keywords.find(message, channel="webchat") is in_chat


@pytest.mark.parametrize("keyword", Keyword)
def test_every_keyword_is_its_own_word(keyword: Keyword) -> None:
    assert keywords.find(keyword.value.upper()) is keyword


@given(st.sampled_from(["stop", "start", "help", "map", "agent"]), st.from_regex(r"\A[a-z]{2,8}\Z"))
def test_a_word_inside_a_sentence_is_no_keyword(word: str, other: str) -> None:
    # "stop all" is one; no other second word makes one.
    if (word, other) != ("stop", "all"):
        assert keywords.find(f"{word} {other}") is None
