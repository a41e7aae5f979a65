"""A message's fate, told by many in any order, comes out the same and never goes back."""

from functools import reduce
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.delivery import Delivery, further

FATES = st.sampled_from(list(Delivery))


@pytest.mark.req("DI12")
@given(st.lists(FATES, min_size=1), st.randoms())
def test_the_order_in_which_it_is_told_does_not_matter(
    told: list[Delivery], random: Random
) -> None:
    shuffled = [*told, *told]  # and twice
    random.shuffle(shuffled)
    assert reduce(further, shuffled) is reduce(further, told)


@given(FATES, FATES)
def test_no_word_leads_backwards(known: Delivery, told: Delivery) -> None:
    order = list(Delivery)
    assert order.index(further(known, told)) >= order.index(known)


def test_an_arrival_wins_over_everything() -> None:
    for fate in Delivery:
        assert further(Delivery.READ, fate) is Delivery.READ
        assert further(fate, Delivery.DELIVERED) in {Delivery.DELIVERED, Delivery.READ}
