"""Identifiers in free text: none is left, and ordinary numbers stay readable."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.core import privacy

TOKEN = re.compile(
    r"\[(email|patient|phone|card|account|date|number|plate|document|address|name):[0-9a-f]{8}\]"
)


def tokenise(kind: str, value: str) -> str:
    """Return a token as the vault's are: eight hexadecimal digits, here all decimal."""
    return f"[{kind}:{sum(map(ord, value)) % 10**8:08d}]"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("+447700900123", "…0123"),
        ("mia@example.org", "m…@example.org"),
        ("12345678", "…"),
        ("", "…"),
    ],
)
def test_of_an_address_only_as_much_is_shown_as_tells_it_from_others(
    address: str, shown: str
) -> None:
    assert privacy.hint_of(address) == shown


def masked(text: str) -> str:
    return privacy.mask(text, tokenise)


def kinds_in(text: str) -> list[str]:
    found: list[str] = []

    def note(kind: str, value: str) -> str:
        found.append(kind)
        return tokenise(kind, value)

    privacy.mask(text, note)
    return found


@pytest.mark.req("P5", "P9")
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to mia.okafor+gym@example.co.uk please", ["email"]),
        ("MIA@EXAMPLE.ORG", ["email"]),
        ("call +44 20 7946 0018", ["phone"]),
        ("call (020) 7946-0018 or 07700 900123", ["phone", "phone"]),
        ("tel02079460018", ["phone"]),
        ("02079460018please", ["phone"]),
        ("card 4111 1111 1111 1111", ["card"]),
        ("card 4111-1111-1111-1111", ["card"]),
        ("4111111111111111", ["card"]),
        ("my card4111111111111111", ["card"]),
        ("4111 1111 1111 1112", ["number"]),  # no card by its check digit, but long
        ("GB29 NWBK 6016 1331 9268 19", ["account"]),
        ("GB30 NWBK 6016 1331 9268 19", ["number"]),  # no account by its check digits, but long
        ("number plate is AB12 CDE", ["plate"]),
        ("my car is LK19FPX", ["plate"]),
        ("plate: M-XY 123", ["plate"]),
        ("passport no 123456789", ["document"]),
        ("national insurance number QQ 12 34 56 C", ["document"]),
        ("I live at 12b canal street", ["address"]),
        ("12 Mill Lane, SW1A 1AA", ["address", "address"]),
        ("Hauptstraße 12a", ["address"]),
        ("Calle Mayor 12", ["address"]),
        ("born on 3rd of March 1984, or March 3, 1984", ["date", "date"]),
        ("my name is mia", ["name"]),
        ("My name's Mia Zwick Okafor, hello", ["name"]),
        ("gb29nwbk60161331926819", ["account"]),
        ("DE89370400440532013000", ["account"]),
        ("born 10/12/1990", ["date"]),
        ("born 1990-12-10", ["date"]),
        ("my MRN: 448812 please", ["patient"]),
        ("patient no is KH-20417", ["patient"]),
        ("NHS number 943 476 5919", ["patient"]),
        ("mia@example.org, +1 212 555 0147, 4111111111111111", ["email", "phone", "card"]),
    ],
)
def test_identifiers_are_found(text: str, kinds: list[str]) -> None:
    assert kinds_in(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "we open 06:00-21:00",
        "on 10/12 at 6:00",
        "order #48213",
        "ORD-48213 was charged twice",
        "I paid 49.99 in 2024",
        "class at 18:30, room 12, 20 people",
        "555-0123",
        "@example on instagram",
        "version 1.2.3",
        "book 1 tennis court and 2 swim lanes",
        "10 minutes down the road, 3 days a week",
        "on 3 March 2026",
        "registration is open 24 hours",
        "my name is on the list",
        "I paid the reg 2024 fee",
    ],
)
def test_ordinary_numbers_stay_readable(text: str) -> None:
    assert masked(text) == text


@pytest.mark.req("H6")
def test_known_names_are_masked_and_words_that_are_spelled_like_them_are_not() -> None:
    text = "May here: may I come in may? Mia, mia OKAFOR. Mianese food"
    told = privacy.mask(
        text, lambda kind, value: f"<{kind}:{value}>", names=("May Li", "Mia Okafor")
    )
    assert told == (
        "<name:may li> here: may I come in may? <name:mia okafor>, <name:mia okafor>. Mianese food"
    )
    assert privacy.mask("Mia", tokenise, names=("", " ")) == "Mia"


def test_one_thing_is_one_token_however_it_is_written() -> None:
    told: set[str] = set()

    def note(_kind: str, value: str) -> str:
        told.add(value)
        return ""

    for text in ("plate AB12 CDE", "number plate is AB12CDE", "AB12CDE"):
        privacy.mask(text, note)
    assert told == {"AB12CDE"}


@pytest.mark.req("G17")
def test_patients_numbers_alone_leave_a_transcript_and_are_one_token_however_written() -> None:
    said = "I am patient no 44 88 12, call 07700 900123; it was patient number 448812"
    kept = privacy.mask_patients(said, tokenise)
    assert "07700 900123" in kept
    assert "88" not in TOKEN.sub("", kept)
    first, second = TOKEN.findall(kept)
    assert first == second
    patient = "the patient is 12 years old, a chart of 3 pages"
    assert privacy.mask_patients(patient, tokenise) == patient


def luhn_completed(digits: str) -> str:
    for last in "0123456789":
        if privacy._passes_luhn(digits + last):
            return digits + last
    raise AssertionError


def separated(digits: str, every: int, mark: str) -> str:
    return mark.join(digits[place : place + every] for place in range(0, len(digits), every))


DIGITS = st.text("0123456789")
IDENTIFIERS = st.one_of(
    st.from_regex(r"\A[a-z][a-z0-9.+_-]{0,20}[a-z0-9]@[a-z0-9-]{1,20}\.(com|org|co\.uk)\Z"),
    st.from_regex(r"\A\+[1-9][0-9]{1,2} [0-9]{3} [0-9]{3} [0-9]{3,4}\Z"),
    st.from_regex(r"\A0[1-9][0-9]{8,9}\Z"),
    st.builds(
        separated,
        st.from_regex(r"\A[3-6][0-9]{14}\Z").map(luhn_completed),
        st.just(4),
        st.sampled_from(["", " ", "-"]),
    ),
    st.from_regex(r"\A(DE|FR|NL)[0-9]{2} [0-9]{4} [0-9]{4} [0-9]{4} [0-9]{2,4}\Z"),
)
# What may stand right beside an identifier: whatever does not make another number of it.
BESIDE = st.text(max_size=20).filter(
    lambda text: not re.search(r"[\d@.+'\w/-]\Z|\A[\w@.\d'-]", text)
)


@pytest.mark.req("P5", "P9", "H6")
@given(BESIDE, IDENTIFIERS, BESIDE)
@example("", "+44 207 946 0018", "")
def test_no_identifier_is_left_in_any_text(before: str, identifier: str, after: str) -> None:
    assert identifier not in masked(f"{before}{identifier}{after}")


@given(st.lists(IDENTIFIERS, min_size=1, max_size=5))
def test_no_identifier_is_left_among_others(identifiers: list[str]) -> None:
    left = masked(" and ".join(identifiers))
    assert TOKEN.sub("", left).replace(" and ", "") == ""


@given(st.text(max_size=200))
def test_any_text_can_be_masked_and_a_token_is_never_masked_again(text: str) -> None:
    seen: list[str] = []

    def note(kind: str, value: str) -> str:
        seen.append(value)
        return tokenise(kind, value)

    once = privacy.mask(text, note)
    assert all(value and "[" not in value for value in seen)
    assert once == privacy.mask(text, tokenise)


def test_the_same_thing_has_the_same_token_however_it_is_written() -> None:
    assert masked("07700 900123") == masked("07700-900123") == masked("07700900123")
    assert masked("Mia@Example.org") == masked("mia@example.org")
    assert masked("de89370400440532013000") == masked("DE89 3704 0044 0532 0130 00")
