"""Spotting: word forms and near spellings are found, real words are not mistaken (U16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.reading import Vocabulary
from baton.nlu.spotter import Spotter
from baton.services.workspace import packs

SMALL = Spotter(
    Vocabulary(
        words={
            "cancel": ("cancel", "cxl"),
            "leave": ("quit",),
            "claim": ("claim",),
            "sue": ("sue",),
            "person": ("talk to person",),
            "hours": ("=open",),
            "ordinary": ("chairman", "count"),
            "law": ("court",),
        }
    )
)
FITNESS = Spotter(packs.load_pack("fitness").vocabulary)


def concepts(text: str, spotter: Spotter = SMALL) -> list[str]:
    return [term.concept for term in spotter.spot(text)]


@pytest.mark.req("U16", "FQ9")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I cancelled it", ["cancel"]),
        ("cancelling", ["cancel"]),
        ("canceled", ["cancel"]),
        ("quitting and suing", ["leave", "sue"]),
        ("cxl pls", ["cancel"]),
        ("cancle", ["cancel"]),
        ("canccel", ["cancel"]),
        ("CANCEL", ["cancel"]),
        ("canceeeel", ["cancel"]),
        ("clam", []),  # four letters are never taken as a slip
        ("suee", []),
        ("chairman", []),
        ("count", []),
        ("court", ["law"]),
        ("courrt", ["law"]),
        ("opens", []),
        ("open", ["hours"]),
        ("talk to a real person", ["person"]),
        ("talk to please a person", ["person"]),
        ("I talk. To person it may concern", []),
        ("talk to my very old person", []),
        ("", []),
    ],
)
def test_forms_and_slips(text: str, expected: list[str]) -> None:
    assert concepts(text) == expected


def test_a_term_holds_the_letters_as_they_were_written() -> None:
    (term,) = SMALL.spot("pls CANCELLED now")
    assert (term.text, term.start, term.end) == ("CANCELLED", 4, 13)


@pytest.mark.req("U16")
@pytest.mark.parametrize("name", ["Planet Fitness", "planet fitnes", "Gold's Gym", "PureGym"])
def test_competitors_of_the_pack_are_known(name: str) -> None:
    assert "competitor" in concepts(f"moving to {name}", FITNESS)


@pytest.mark.req("U16")
@pytest.mark.parametrize(
    "text", ["my lawn", "the chairman", "change the charger", "annual pass", "the clam bake"]
)
def test_ordinary_words_are_no_slips(text: str) -> None:
    assert not {"legal", "claim", "charge", "cancel"} & set(concepts(text, FITNESS))


@given(
    word=st.sampled_from(["cancellation", "refund", "attorney", "membership", "lawsuit"]),
    slip=st.sampled_from("asdfghjkl"),
    place=st.integers(1, 20),
)
def test_one_letter_too_many_is_seen_through(word: str, slip: str, place: int) -> None:
    place = min(place, len(word))
    slipped = word[:place] + slip + word[place:]
    assert set(concepts(word, FITNESS)) <= set(concepts(slipped, FITNESS))


@given(st.text(max_size=200))
def test_terms_are_in_order_and_hold_their_text(text: str) -> None:
    terms = FITNESS.spot(text)
    assert [t.start for t in terms] == sorted(t.start for t in terms)
    assert all(text[t.start : t.end] == t.text and t.text for t in terms)
