"""Words that sell are found by a glance and a pattern as by the pattern alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import selling

WORDS = st.sampled_from(
    [
        "Special offer", "limited-time", "PROMO code", "20 % off", "15 percent discount",
        "10 por ciento de descuento", "discounted", "coupons", "Voucher", "great deal", "on sale",
        "sale ends", "Upgrade now", "buy one", "dont miss out", "last chance", "oferta especial",
        "rebajas", "cupon", "ultima oportunidad", "promoción", "PROMOCIÓN", "wholesale", "cup",
    ]
)  # fmt: skip


@pytest.mark.req("P16")
@given(st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=5).map(" ".join))
def test_a_glance_lets_nothing_through_that_the_pattern_would_find(text: str) -> None:
    found, sought = selling.find(text), selling._SELLING.search(text)
    assert (found and found[0]) == (sought and sought[0])
