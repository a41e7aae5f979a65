"""Near words: found by remainders exactly as a walk through the whole list would find them."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from baton.nlu.slips import Slips

WORDS = st.text("abc", min_size=1, max_size=11)


@given(st.sets(WORDS, max_size=12), WORDS, st.integers(1, 2))
def test_all_words_within_reach_are_found_and_no_other(
    listed: set[str], word: str, reach: int
) -> None:
    slips = {other: OSA.distance(word, other) for other in listed}
    near = {other: count for other, count in slips.items() if count <= reach}
    assert Slips(sorted(listed), 2).near(word, reach) == near
