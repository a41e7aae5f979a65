"""The audit chain: an intact one verifies, and any single change is found where it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import audit
from baton.core.audit import Deed, Link
from baton.core.json import Json

WORDS = st.text(max_size=20)
DEEDS = st.lists(
    st.builds(
        Deed,
        at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made aware
            lambda moment: moment.replace(tzinfo=UTC)
        ),
        actor=WORDS,
        action=WORDS,
        subject=WORDS,
        details=st.dictionaries(WORDS, WORDS | st.integers() | st.booleans(), max_size=3),
    ),
    min_size=1,
    max_size=8,
)
CHANGES: list[Callable[[Link], Link]] = [
    lambda link: replace(link, at=link.at + timedelta(microseconds=1)),
    lambda link: replace(link, actor=f"{link.actor}x"),
    lambda link: replace(link, action=f"x{link.action}"),
    lambda link: replace(link, subject=f"{link.subject} "),
    lambda link: replace(link, details=link.details.replace("}", " }")),
    lambda link: replace(link, seq=link.seq + 1),
    lambda link: replace(link, hash=link.hash[::-1] + "0"),
    lambda link: replace(link, previous_hash=f"{link.previous_hash}0"),
    # A word moved from one field to the next must not hash the same.
    lambda link: replace(link, actor=f"{link.actor}{link.action}x", action=""),
]


@pytest.mark.req("P10", "H12")
@given(DEEDS, st.integers(0, 100), st.text(max_size=64))
def test_an_intact_chain_verifies(deeds: list[Deed], seq: int, head: str) -> None:
    links = audit.chain(deeds, seq=seq, head=head)
    assert audit.first_break(links, seq=seq, head=head) is None
    assert [link.seq for link in links] == list(range(seq + 1, seq + 1 + len(deeds)))


@given(DEEDS, DEEDS)
def test_a_chain_can_be_made_in_parts(first: list[Deed], second: list[Deed]) -> None:
    whole = audit.chain([*first, *second], seq=0, head="")
    start = audit.chain(first, seq=0, head="")
    rest = audit.chain(second, seq=start[-1].seq, head=start[-1].hash)
    assert whole == (*start, *rest)


@pytest.mark.req("P10")
@given(DEEDS, st.data())
def test_any_single_change_is_found_where_it_is(deeds: list[Deed], data: st.DataObject) -> None:
    links = list(audit.chain(deeds, seq=0, head=""))
    place = data.draw(st.integers(0, len(links) - 1))
    change = data.draw(st.sampled_from(CHANGES))
    links[place] = change(links[place])
    assert audit.first_break(links) == place + 1


@given(DEEDS.filter(lambda deeds: len(deeds) > 1), st.data())
def test_an_entry_taken_out_or_moved_is_found(deeds: list[Deed], data: st.DataObject) -> None:
    links = list(audit.chain(deeds, seq=0, head=""))
    place = data.draw(st.integers(0, len(links) - 2))
    assert audit.first_break(links[:place] + links[place + 1 :]) == place + 1
    links[place], links[place + 1] = links[place + 1], links[place]
    assert audit.first_break(links) == place + 1


@given(DEEDS)
def test_an_entry_written_anew_breaks_the_next(deeds: list[Deed]) -> None:
    links = audit.chain([*deeds, deeds[0]], seq=0, head="")
    forged = audit.chain([replace(deeds[0], actor="nobody")], seq=0, head="")
    assert audit.first_break([*forged, *links[1:]]) == 2


def test_the_same_details_are_the_same_text() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    said: tuple[dict[str, Json], ...] = ({"x": 1, "y": 2}, {"y": 2, "x": 1})
    deeds = [Deed(at=at, actor="bot", action="a", subject="s", details=words) for words in said]
    first, second = (audit.chain([deed], seq=0, head="") for deed in deeds)
    assert first == second


def tokenise(kind: str, _value: str) -> str:
    return f"[{kind}:00ff00ff00ff00ff]"


@pytest.mark.req("P5", "P10")
@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ({"reason": "Anna (anna@example.org)"}, {"reason": "Anna ([email:00ff00ff00ff00ff])"}),
        ({"note": "call +44 7700 900123"}, {"note": "call [phone:00ff00ff00ff00ff]"}),
        ({"reason": "2001-02-03"}, {"reason": "[date:00ff00ff00ff00ff]"}),
        ({"problems": ["a@b.example"]}, {"problems": ["[email:00ff00ff00ff00ff]"]}),
        (
            {"mapping": {"wait": "a@b.example"}},
            {"mapping": {"wait": "[email:00ff00ff00ff00ff]"}},
        ),
    ],
)
def test_texts_are_kept_without_identifiers(given_: dict[str, Json], kept: dict[str, Json]) -> None:
    assert audit.masked(given_, tokenise) == kept


@pytest.mark.parametrize(
    "details",
    [
        {"turn": "01910000123456780000123456780000", "hash": "12345678" * 8},
        {"before": "contact:019cadfd890077979cf4bb99f4bea975"},
        {"until": "2026-05-01T18:00:00.123456+02:00", "ends_at": "2026-05-01T18:00:00Z"},
        {"review_on": "2026-05-01", "week": "2026-W10"},
        {"count": 20791234567, "promised": True, "share": 0.5, "old": None},
        {"kind": "message_received", "queue": "billing_disputes"},
        {"reason": "written to [email:3f9a2c8112345678] twice"},
    ],
)
def test_what_the_program_itself_writes_stays_as_it_is(details: dict[str, Json]) -> None:
    assert audit.masked(details, tokenise) == details


@given(st.text(max_size=60))
def test_what_is_masked_stays_so(text: str) -> None:
    once = audit.masked({"reason": text}, tokenise)
    assert audit.masked(once, tokenise) == once
