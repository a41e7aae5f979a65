"""A contact's language: how it is spelt, and whose word on it counts."""

import pytest

from baton.core import language
from baton.core.language import Teller


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("es", "es"),
        (" ES_mx ", "es-MX"),
        ("pt-br", "pt-BR"),
        ("fil", "fil"),
        ("", None),
        ("Spanish", None),
        ("es-419", None),
        ("es-MX-x", None),
        ("e\n", None),
    ],
)
def test_a_language_is_read_however_it_is_spelt(raw: str, read: str | None) -> None:
    assert language.parse(raw) == read


def test_what_a_system_or_a_file_tells_never_replaces_the_word_of_who_knows() -> None:
    sure, told = (Teller.CONTACT, Teller.PERSON), (Teller.SYSTEM, Teller.IMPORT)
    for teller in Teller:
        assert language.replaces(teller, "")
        assert all(language.replaces(teller, known) for known in told)
        assert all(language.replaces(teller, known) == (teller in sure) for known in sure)


def test_one_language_is_spoken_in_many_places() -> None:
    assert language.is_same("es-MX", "es_ES")
    assert not language.is_same("es", "en")
