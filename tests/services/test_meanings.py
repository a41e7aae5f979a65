"""What a system of fixed meaning tells is shown as its README says it."""

import pytest

from baton.services.systems import kinds, meanings

FIXED = [
    name
    for name, kind in kinds.KINDS.items()
    if kind.has_hooks and not kind.is_mapped and name != "stripe"
]


@pytest.mark.parametrize("kind", FIXED)
def test_every_kind_of_fixed_meaning_says_what_its_words_become(kind: str) -> None:
    found = meanings.fixed_for(kind)
    assert len(found) >= 3
    assert all(one.told and one.becomes for one in found)


def test_names_are_told_apart_from_words_and_the_table_ends_where_it_ends() -> None:
    first = meanings.fixed_for("hubspot")[0]
    assert first.told == ((True, "contact.creation"),)
    assert first.becomes[0][0] is False
    assert len(meanings.fixed_for("hubspot")) == 3
    assert meanings.fixed_for("webhook") == meanings.fixed_for("nothing") == ()
