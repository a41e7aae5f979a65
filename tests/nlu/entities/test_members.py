"""Member ids and nicknames by near match: what people type finds them, doubt finds nobody."""

import time
import timeit
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.nlu.entities import KnownReferences, candidates, find

KNOWN = KnownReferences(
    members={
        "M-10482": ("Big Mike", "mikey b"),
        "M-20517": ("Sunny",),
        "FIT-88301": ("Jo",),
        "FIT-88310": ("Jo", "Tall Jo"),
        "NB-77Q2": (),
    }
)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def member_of(text: str, known: KnownReferences = KNOWN) -> str | None:
    found = [one for one in find(text, now=NOW, known=known) if one.kind == "member"]
    assert len(found) <= 1
    return found[0].value if found else None


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("M-10482", "M-10482"),
        ("m 10482", "M-10482"),
        ("m10482", "M-10482"),
        ("M_10482", "M-10482"),
        ("M/10482", "M-10482"),
        ("M.10482", "M-10482"),
        ("M - 10482", "M-10482"),
        ("M-1O482", "M-10482"),
        ("M-l0482", "M-10482"),
        ("m-i0482", "M-10482"),
        ("M-10428", "M-10482"),  # swapped
        ("M-01482", "M-10482"),
        ("M-1048", "M-10482"),  # one missing
        ("M-104822", "M-10482"),  # one too many
        ("M-10582", "M-10482"),  # another one
        ("N-10482", "M-10482"),
        ("10482", "M-10482"),
        ("my member number is m 1o482, pause it please", "M-10482"),
        ("pause my membership FIT88301", "FIT-88301"),
        ("fit 883 01", "FIT-88301"),
        ("nb77q2", "NB-77Q2"),
        ("NB-77O2", "NB-77Q2"),
        ("big mike", "M-10482"),
        ("Bigmike", "M-10482"),
        ("big mikee", "M-10482"),
        ("my nickname is Mikey B and I want a pause", "M-10482"),
        ("I'm sunny, please pause my membership for a month", "M-20517"),
        ("tall jo", "FIT-88310"),
    ],
)
def test_what_people_type_finds_the_member(text: str, member: str) -> None:
    assert member_of(text) == member


@pytest.mark.parametrize(
    "text",
    [
        "FIT-88311",  # one slip from either of two
        "jo",  # two people are called so
        "M-10999",
        "M-01428",  # two slips
        "is it sunny at your place in the summer months?",
        "is it sunny on tuesday at 6pm",
        "I like big mike's class because it is at seven",
        "1048",
        "room 482",
        "",
    ],
)
def test_doubt_finds_nobody(text: str) -> None:
    assert member_of(text) is None


def test_candidates_come_with_how_near_they_are() -> None:
    near = candidates("FIT-88311", KNOWN)
    assert {one.member for one in near} == {"FIT-88301", "FIT-88310"}
    assert all(0.8 < one.similarity < 1 for one in near)
    (exact,) = candidates("it is M-10482", KNOWN)
    assert (exact.member, exact.similarity) == ("M-10482", 1.0)
    assert {one.member for one in candidates("jo", KNOWN, limit=1)} <= {"FIT-88301", "FIT-88310"}
    assert len(candidates("jo", KNOWN, limit=1)) == 1


def test_a_day_a_sum_or_an_order_is_no_member() -> None:
    known = KnownReferences(members={"121026": (), "48213": (), "1830": ()})
    for text in ("12/10/26", "order 48213", "18:30", "$1830"):
        assert member_of(text, known) is None
    assert member_of("48213", known) == "48213"


@given(st.integers(10_000, 99_999), st.integers(0, 4))
def test_swapped_neighbours_are_forgiven(number: int, place: int) -> None:
    letters = list(f"M{number}")
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    assert (
        member_of("".join(letters), KnownReferences(members={f"M-{number}": ()})) == f"M-{number}"
    )


def test_ten_thousand_members_are_as_quick_as_ten() -> None:
    def seconds(count: int) -> float:
        known = KnownReferences(
            members={f"M-{number:06}": () for number in range(0, 97 * count, 97)}
        )
        text = "please pause my membership, I am M-0O9710 and I leave on friday"
        run = timeit.Timer(lambda: find(text, now=NOW, known=known), timer=time.thread_time)
        return min(run.repeat(5, 20))

    assert seconds(10_000) < 10 * seconds(10)
